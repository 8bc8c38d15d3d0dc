"""Clips as JSON for the playback in a browser (`clip_data.js`)."""

from __future__ import annotations

from dgnet_tf.drawing import clip as clips
from dgnet_tf.drawing import figures
from dgnet_tf.pages.packed_arrays import pack, pack_weights


def encode(clip: clips.Clip) -> dict:
    """Returns a clip as what `json.dumps` takes; arrays are packed to 16 bits."""
    skeleton = clip.skeleton
    places = clips.side_by_side(clip)
    return {
        "title": clip.title,
        "fps": float(clip.fps),
        "image_size": list(clip.image_size),
        "joints": list(skeleton.joints),
        "root": skeleton.root,
        "bones": [[j, p, figures.side(skeleton, j)] for j, p in skeleton.edges],
        "first_frame": int(clip.first_frame),
        "frames": int(clip.last_frame - clip.first_frame + 1),
        "people": [
            _encode_person(person, place)
            for person, place in zip(clip.people, places, strict=True)
        ],
    }


def _encode_person(person, place):
    found = {
        "name": person.name,
        "first_frame": int(person.first_frame),
        "place": place.tolist(),
        "keypoints": pack(person.keypoints),
        "positions": pack(person.positions),
        "target": None,
        "affinity": None,
    }
    if person.target is not None:
        found["target"] = pack(person.target)
    if person.affinity is not None:
        found["affinity"] = pack_weights(person.affinity)
    return found
