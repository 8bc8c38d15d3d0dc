"""Self-contained HTML pages from the package's templates.

Whatever a template is given is shown as text, unless it is `Markup`: what a template or
a script of the package has made. A page's policy lets only its own scripts run, by a
number that is drawn for each page, and lets it ask for nothing.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import secrets

import jinja2
from markupsafe import Markup

# The order in which a page with playback loads them.
PLAYER_SCRIPTS = (
    *("clip_data.js", "clip_figures.js", "clip_scene.js", "clip_film.js"),
    *("clip_uncertainty.js", "clip_player.js"),
)


def render(template: str, **parts) -> Markup:
    """Returns a page, or a part of one; `parts` are by the names in the template.

    Raises:
        jinja2.UndefinedError: if the template names a part that is not given.
    """
    nonce = secrets.token_urlsafe(16)
    return Markup(_environment().get_template(template).render(nonce=nonce, **parts))


@functools.cache
def _environment():
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FunctionLoader(source),
        finalize=_writable,
    )
    made.globals.update(source=source, player_scripts=PLAYER_SCRIPTS)
    return made


def source(name: str) -> Markup:
    """Returns a template, script or style sheet of the package."""
    file = importlib.resources.files("dgnet_tf.pages") / "templates" / name
    return Markup(file.read_text(encoding="utf-8"))


def _writable(value):
    """Puts "?" for what no file in UTF-8 can hold."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return value.encode("utf-8", "replace").decode("utf-8")


def script_json(value) -> Markup:
    """Returns JSON that may stand in a script element, whatever its strings say.

    Raises:
        ValueError: if a number is not finite.
    """
    found = json.dumps(value, allow_nan=False, separators=(",", ":"))
    # No tag or comment can begin or end; ASCII, so no odd line ends either.
    found = found.replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(found.replace("&", "\\u0026"))
