"""Writes a clip as one HTML file that plays it in any browser, offline."""

from __future__ import annotations

import pathlib

from dgnet_tf.drawing.clip import Clip
from dgnet_tf.files.atomic import write_text
from dgnet_tf.pages import clip_json, web_page


def write(clip: Clip, path: str | pathlib.Path) -> None:
    """Writes a clip's page, whole or not at all.

    The page holds its scripts and its data and forbids itself any request. A frame of
    a person of 17 joints takes 230 bytes, its ground truth 140, its affinities 390 and
    its uncertainty 45 more; see `clip_json.pack` for what that costs in precision.
    `#frame=120&person=2` behind its address opens that frame with that person alone.

    Args:
        clip: what to show. People whose roots all stay at 0 stand side by side.
        path: the `.html` file.
    """
    joints, people = len(clip.skeleton.joints), len(clip.people)
    frames = clip.last_frame - clip.first_frame + 1
    facts = (
        f"{people} {'person' if people == 1 else 'people'}, {frames} frames at "
        f"{clip.fps:g} a second, {joints} joints ({clip.skeleton.name})."
    )
    page = web_page.render(
        "viewer.html",
        title=clip.title,
        facts=facts,
        data=web_page.script_json(clip_json.encode(clip)),
    )
    write_text(path, page)
