"""Pages from templates: parts are put in as they are, strings cannot break out."""

import json
import re

import pytest

from dgnet_tf.pages import web_page

HOSTILE = "</script><!--<script>\"'&\u2028\ud800{{title}}"


def test_a_json_script_holds_no_markup_and_reads_back():
    found = web_page.script_json({"name": HOSTILE, "list": [1, 2.5, None]})
    assert not re.search("[<>&]", found) and found.isascii()
    assert json.loads(found) == {"name": HOSTILE, "list": [1, 2.5, None]}


def test_a_number_that_is_no_json_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        web_page.script_json([float("nan")])


def test_parts_are_put_in_once_and_not_looked_into():
    parts = {
        **web_page.player_parts(),
        "title": "{{clip}}",
        "facts": r"\1 \g<0>",
        "clip": "{}",
    }
    page = web_page.fill("viewer.html", parts)
    assert page.count("<h1>{{clip}}</h1>") == 1
    assert r"\1 \g<0>" in page
    assert '<script type="application/json" id="clip">{}</script>' in page
    del parts["facts"]
    with pytest.raises(KeyError, match="facts"):
        web_page.fill("viewer.html", parts)


def test_no_script_of_ours_ends_its_element_or_names_another_place():
    parts = web_page.player_parts()
    for text in parts.values():
        assert "</script" not in text and "<!--" not in text
        assert "http" not in text and "url(" not in text
