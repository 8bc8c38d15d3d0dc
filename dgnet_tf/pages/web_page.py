"""Self-contained HTML pages from the package's templates."""

from __future__ import annotations

import importlib.resources
import json
import re

# The order in which a page with playback loads them.
PLAYER_SCRIPTS = ("clip_data.js", "clip_figures.js", "clip_scene.js", "clip_player.js")


def text(name: str) -> str:
    """Returns a template, script or style sheet of the package."""
    file = importlib.resources.files("dgnet_tf.pages") / "templates" / name
    return file.read_text(encoding="utf-8")


def fill(template: str, parts: dict[str, str]) -> str:
    """Returns a page: parts in place of the `{{name}}` of its body and of its head.

    What the parts hold is not looked at: HTML, CSS, scripts, or the results of
    `tables.escaped` and `script_json`. `web_page.html` goes around the template.

    Raises:
        KeyError: if the template names a part that is not given.
    """
    body = _filled(template, parts).removesuffix("\n")
    return _filled("web_page.html", {**parts, "body": body})


def _filled(template, parts):
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text(template))


def player_parts() -> dict[str, str]:
    """Returns the parts that a page with playback is made of."""
    return {
        "style": text("web_page.css") + "\n" + text("clip_player.css"),
        "images": "data:",
        "player": text("clip_player.html"),
        "scripts": "\n".join(text(name) for name in PLAYER_SCRIPTS),
    }


def script_json(value) -> str:
    """Returns JSON that may stand in a script element, whatever its strings say.

    Raises:
        ValueError: if a number is not finite.
    """
    found = json.dumps(value, allow_nan=False, separators=(",", ":"))
    # No tag or comment can begin or end; ASCII, so no odd line ends either.
    return found.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
