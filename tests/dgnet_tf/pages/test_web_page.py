"""Pages from templates: parts are put in as they are, strings cannot break out."""

import importlib.resources
import json
import re

import jinja2
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


PARTS = {"title": HOSTILE, "facts": "{{ data }}", "data": web_page.script_json({})}


def test_parts_are_shown_as_text_and_not_looked_into():
    page = web_page.render("viewer.html", **PARTS)
    shown = "&lt;/script&gt;&lt;!--&lt;script&gt;&#34;&#39;&amp;\u2028?{{title}}"
    assert f"<title>{shown}</title>" in page and f"<h1>{shown}</h1>" in page
    assert '<p class="facts">{{ data }}</p>' in page
    assert '<script type="application/json" id="data">{}</script>' in page
    with pytest.raises(jinja2.UndefinedError, match="facts"):
        web_page.render("viewer.html", title="", data="")


def test_only_scripts_with_the_page_s_own_number_run():
    pages = [web_page.render("viewer.html", **PARTS) for _ in range(2)]
    nonces = []
    for page in pages:
        policy = re.search('Content-Security-Policy" content="(.*?)"', page)[1]
        (nonce,) = set(re.findall("'nonce-(.*?)'", policy))
        assert len(nonce) > 20 and "unsafe" not in policy
        assert policy.startswith(f"default-src 'none'; script-src 'nonce-{nonce}';")
        for kind in ("script", "style"):
            opened = re.findall(f"<{kind}( .*?)?>", page)
            assert (
                len(opened)
                == page.count(f"</{kind}>")
                == (2 if kind == "script" else 1)
            )
            own = f' nonce="{nonce}"'
            assert set(opened) - {' type="application/json" id="data"'} == {own}
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_no_script_of_ours_ends_its_element_or_names_another_place():
    folder = importlib.resources.files("dgnet_tf.pages") / "templates"
    scripts = [file.name for file in folder.iterdir() if file.suffix in (".js", ".css")]
    assert len(scripts) == 10
    for text in map(web_page.source, scripts):
        assert "</script" not in text and "<!--" not in text
        assert "http" not in text and "url(" not in text
