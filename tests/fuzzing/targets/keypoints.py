"""Keypoint files of every detector."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator

import numpy as np
import scipy.io
from support.keypoints import (
    detector_files,
    garbage_files,
    pose2sim_files,
    ultralytics_files,
)
from support.keypoints.detector_files import SIZE, landmarks, walk

from dgnet_tf.keypoints import keypoint_files
from fuzzing import bomb_damage, byte_damage, content_damage, json_damage, text_damage
from fuzzing.target import Target

_MOST_FRAMES = 2_000_000  # of all people; few bytes may name late frames


def targets() -> Iterator[Target]:
    """Yields them."""
    for name, (layout, write) in _JSON.items():
        yield _target(name, layout, write, (json_damage.of_json,))
    zip_ = bomb_damage.rarely(bomb_damage.of_zip, byte_damage.of_zip)
    mat = bomb_damage.of_mat("x", "y", "visibility", "dimensions", "nframes", "action")
    for name, own in {
        "npy": (),
        "npz": (zip_,),
        "detectron": (zip_,),
        "penn action": (bomb_damage.rarely(mat, byte_damage.of_bytes),),
    }.items():
        layout, *_ = garbage_files.KINDS[name]
        contents = content_damage.writer(*_CONTENTS[name])
        title = f"keypoints-{name}".replace(" ", "-")
        damages = (byte_damage.of_bytes, contents, *own)
        yield _target(title, layout, _kind(name), damages)
    for name, (layout, write) in _TEXT.items():
        damages = text_damage.of_text, byte_damage.of_bytes
        yield _target(name, layout, write, damages)
    contents = content_damage.writer(_saved_content, _npz)
    damages = (byte_damage.of_bytes, contents, zip_)
    yield _target("keypoints-video", "coco_17", _saved, damages)
    for name, form in (("wide", _wide), ("long", _long)):
        write = functools.partial(_mediapipe_csv, form)
        damages = text_damage.of_text, byte_damage.of_bytes
        yield _target(f"mediapipe-csv-{name}", "mediapipe_33", write, damages)


def _target(name, layout, write, damages):
    def make(folder):
        folder.mkdir()
        return write(folder)

    return Target(name, make, functools.partial(_read, layout=layout), damages)


def _read(path, layout):
    # A frame of a folder stands for its folder.
    source = path.parent if path.parent.name == "frames" else path
    found = keypoint_files.read(source, layout, SIZE)
    assert found.people
    for person in found.people:
        frames, joints, _ = person.keypoints.shape
        assert person.confidence.shape == (frames, joints)
        seen = person.confidence > 0
        assert (person.confidence <= 1).all() and seen.any()
        assert np.isfinite(person.keypoints[seen]).all()
        assert np.isnan(person.keypoints[~seen]).all()
        assert person.first_frame >= 0
        assert person.person.isprintable() and person.person
    assert sum(len(person.keypoints) for person in found.people) <= _MOST_FRAMES
    assert found.image_size is None or min(found.image_size) > 0
    assert len({person.person for person in found.people}) == len(found.people)


def _two(layout, *names):
    first, second = names or (None, None)
    return [*walk(layout, 3, first), *walk(layout, 3, second, x=400.0)]


def _coco(folder):
    return detector_files.coco(folder / "coco.json", _two("coco_17", 1, 2))


def _coco_untracked(folder):
    return detector_files.coco(folder / "coco.json", _two("coco_17"))


def _alphapose(folder):
    return detector_files.alphapose(folder / "alphapose.json", _two("halpe_26", 1, 2))


def _mmpose_demo(folder):
    return detector_files.mmpose(folder / "mmpose.json", _two("coco_17", 0, 1))


def _mmpose_bare(folder):
    return detector_files.mmpose(folder / "mmpose.json", walk("coco_17", 3), False)


def _mediapipe(folder):
    sightings = walk("mediapipe_33", 3)
    return detector_files.mediapipe(folder / "m.json", sightings, 4)


def _mediapipe_bare(folder):
    bare = [landmarks(rows) for *_, rows in walk("mediapipe_33", 2)]
    return detector_files.write_json(folder / "n.json", bare)


def _openpose_file(folder):
    return garbage_files.openpose_frame(folder / "one.json", walk("openpose_25b", 1))


def _openpose_folder(folder):
    sightings = walk("openpose_25", 3, person=5)
    frames = detector_files.openpose(folder / "frames", sightings)
    return sorted(frames.iterdir())[1]


def _ultralytics(folder):
    path = folder / "results.json"
    return ultralytics_files.results(path, _two("coco_17", 1, 2), 4)


def _ultralytics_texts(folder):
    path = folder / "results.json"
    return ultralytics_files.results(path, walk("coco_17", 2), 2, texts=True)


def _pose2sim(folder):
    people = [walk("halpe_26", 1)[0][2], None]
    return pose2sim_files.openpose_frame(folder / "frames" / "cam_000000.json", people)


def _labels(folder):
    sightings = _two("coco_17", 1, 2)
    frames = ultralytics_files.labels(folder / "frames", sightings, scores=True)
    return sorted(frames.iterdir())[1]


def _sports2d(folder):
    markers = list(pose2sim_files.HALPE_MARKERS)
    places = np.zeros((3, len(markers), 3))
    places[..., :2] = np.stack([rows for *_, rows in walk("halpe_26", 3)])[:, :22, :2]
    return pose2sim_files.trc(folder / "demo_px_person00.trc", markers, places)


_TEXT = {
    "yolo-labels": ("coco_17", _labels),
    "sports2d": ("halpe_26", _sports2d),
}
_JSON = {
    "coco": ("coco_17", _coco),
    "coco-untracked": ("coco_17", _coco_untracked),
    "alphapose": ("halpe_26", _alphapose),
    "mmpose-demo": ("coco_17", _mmpose_demo),
    "mmpose-bare": ("coco_17", _mmpose_bare),
    "mediapipe": ("mediapipe_33", _mediapipe),
    "mediapipe-bare": ("mediapipe_33", _mediapipe_bare),
    "openpose-file": ("openpose_25b", _openpose_file),
    "openpose-folder": ("openpose_25", _openpose_folder),
    "pose2sim-folder": ("halpe_26", _pose2sim),
    "ultralytics": ("coco_17", _ultralytics),
    "ultralytics-texts": ("coco_17", _ultralytics_texts),
}


def _kind(name):
    return lambda folder: garbage_files.write(folder, name)[1]


def _rows(layout):
    return np.stack([rows for *_, rows in walk(layout, 4)])


def _npz_content():
    rows = _rows("coco_17")
    return {"keypoints": rows[..., :2], "confidence": rows[..., 2]}


def _saved_content():
    rows = _rows("coco_17")
    return {
        "layout": "coco_17",
        "image_size": np.array(SIZE),
        "times": np.arange(6) / 25,
        "first_frame": np.int64(2),
        "fps": np.float64(25),
        "people": np.array(["1", "2"]),
        "keypoints": rows[..., :2],
        "confidence": rows[..., 2],
        "start": np.int64(2),
        "keypoints/2": rows[1:, :, :2] + 50,
        "confidence/2": rows[1:, :, 2],
        "start/2": np.int64(5),
    }


def _saved(folder):
    path = folder / "saved.npz"
    path.write_bytes(_npz(_saved_content()))
    return path


def _npz(content) -> bytes:
    found = io.BytesIO()
    np.savez(found, **content)
    return found.getvalue()


def _npy(content) -> bytes:
    found = io.BytesIO()
    np.save(found, content[0])
    return found.getvalue()


def _mat(content) -> bytes:
    found = io.BytesIO()
    scipy.io.savemat(found, content)
    return found.getvalue()


def _penn_action_content():
    rows = _rows("penn_action_13")
    return {
        "action": "baseball_pitch",
        "x": rows[..., 0],
        "y": rows[..., 1],
        "visibility": np.ones((4, 13)),
        "dimensions": np.array([[SIZE[1], SIZE[0], 4]], float),
        "nframes": np.array([[4.0]]),
    }


def _detectron_content():
    people = [
        np.stack([rows[:, 0], rows[:, 1], 0 * rows[:, 2], rows[:, 2]]).astype("f4")
        for *_, rows in walk("coco_17", 4)
    ]
    keypoints = np.empty((5, 2), object)
    for frame, person in enumerate([*people, None]):
        keypoints[frame, 0] = []
        keypoints[frame, 1] = [] if person is None else person[None]
    boxes = np.empty((5, 2), object)
    boxes[:] = [[[], []]]
    return {
        "boxes": boxes,
        "keypoints": keypoints,
        "metadata": {"w": SIZE[0], "h": SIZE[1]},
    }


_CONTENTS = {
    "npz": (_npz_content, _npz),
    "npy": (lambda: [_rows("coco_17")], _npy),
    "penn action": (_penn_action_content, _mat),
    "detectron": (_detectron_content, _npz),
}


def _mediapipe_csv(form, folder):
    path = folder / "mediapipe.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in form()))
    return path


def _wide():
    yield ["frame", *(f"{axis}{i}" for i in range(33) for axis in "xyv")]
    for frame, _, rows in walk("mediapipe_33", 3):
        yield [frame, *(rows / [*SIZE, 1]).ravel().tolist()]


def _long():
    yield ["frame", "landmark", "x", "y", "visibility"]
    for frame, _, rows in walk("mediapipe_33", 2):
        for index, row in enumerate((rows / [*SIZE, 1]).tolist()):
            yield [frame, index, *row]
