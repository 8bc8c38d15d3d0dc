"""Pages whose every name is markup: it is shown, nothing of it runs, the page works."""

import copy
import dataclasses
import json
import re
import shutil

import pytest
from support import browser

from dgnet_tf.data import view_names
from dgnet_tf.evaluation import report as reports
from dgnet_tf.files import epoch_history
from dgnet_tf.models import runs
from dgnet_tf.pages import report_clips, report_page, viewer

needs_browser = pytest.mark.skipif(not browser.present(), reason=browser.MISSING)
HOSTILE = (
    "</script></title><script>window.ran=1</script><img src=x onerror='window.ran=1'>"
    '<a href="javascript:window.ran=1">x</a>"\'&{{ 7*7 }}\u2028-->'
)
FOLDER = "<img src=x onerror=window.ran=1>"
COUNTED = ("script", "img", "a", "b", "style")


def with_names(value, name):
    """Returns JSON content in which `name` makes every text and number of videos."""
    if isinstance(value, dict):
        return {
            key: name(str(inner)) if key == "videos" else with_names(inner, name)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [with_names(inner, name) for inner in value]
    return name(value) if isinstance(value, str) else value


def renamed(report, name):
    """Returns a report of people, actions and videos that are called otherwise."""
    kept = {field: report[field] for field in ("options", "counted_by")}
    found = {**with_names(report, name), **copy.deepcopy(kept)}
    for field in ("per_action", "per_subject", "per_camera", "per_joint"):
        found[field] = {name(key): row for key, row in report[field].items()}
    found["worst_joints"] = report["worst_joints"]  # They are the skeleton's.
    for field in ("overlap", "scored"):
        found["options"][field] = name(found["options"][field])
    found["options"]["actions"] = [name("walk")]
    found["options"]["versions"] = {name("tensorflow"): name("2")}
    return found


@pytest.fixture(scope="module")
def content(tiny_evaluated, tiny_data):
    """A run's report and its two worst clips."""
    report = reports.read(tiny_evaluated / "evaluation" / "synthetic-test")
    lifting = report_clips.Lifting(runs.load(tiny_evaluated), report["options"])
    names = [view_names.of(clip) for clip in report["worst_clips"][:2]]
    return report, report_clips.load(lifting, tiny_data, "test", names, 60.0)


@pytest.fixture(scope="module")
def pages(tiny_evaluated, content, tmp_path_factory):
    """The page of a run and the same with hostile names; a viewer's page."""
    folder = tmp_path_factory.mktemp("hostile")
    report, clips = content
    workdir = folder / FOLDER
    workdir.mkdir()
    history = epoch_history.FILE
    shutil.copyfile(tiny_evaluated / history, workdir / history)
    report_page.write_page(workdir, report, clips, folder / "usual.html")
    called = []
    for number, clip in enumerate(clips):
        (person,) = clip.clip.people
        person = dataclasses.replace(person, name=HOSTILE)
        shown = dataclasses.replace(clip.clip, title=HOSTILE, people=(person,))
        name = view_names.of(
            renamed(report, lambda text: text + HOSTILE)["worst_clips"][number]
        )
        called.append(dataclasses.replace(clip, name=name, clip=shown))
    hostile = renamed(report, lambda text: text + HOSTILE)
    report_page.write_page(workdir, hostile, called, folder / "hostile.html")
    viewer.write(called[0].clip, folder / "viewer.html")
    return folder


def policy(page):
    return re.search('Content-Security-Policy" content="(.*?)"', page)[1]


def test_the_report_page_runs_its_own_scripts_alone(pages):
    page = (pages / "hostile.html").read_text(encoding="utf-8")
    scripts = policy(page).partition("script-src ")[2].partition(";")[0]
    assert re.fullmatch(r"'nonce-[\w-]{20,}'", scripts)
    assert "<img" not in page.partition("<script nonce")[0]
    assert "&lt;img src=x" in page


@pytest.mark.slow
def test_the_markdown_of_the_same_report_holds_no_tag(content):
    text = reports.markdown(renamed(content[0], lambda name: name + HOSTILE + "\n# x|"))
    assert "<" not in text and "](" not in text and "\n# x" not in text
    assert text.count("&lt;img") > 10


@pytest.fixture(scope="module")
def counts(driver, pages):
    """How many elements of each kind the page of usual names has."""
    browser.open_page(driver, pages / "usual.html")
    return elements(driver)


def elements(driver):
    return driver.execute_script(
        "return arguments[0].map("
        "(name) => document.querySelector('main').querySelectorAll(name).length)",
        COUNTED,
    )


@pytest.mark.slow
@needs_browser
def test_hostile_names_are_text_and_the_page_works(driver, pages, counts):
    browser.open_page(driver, pages / "hostile.html")
    assert driver.execute_script("return window.ran") is None
    assert driver.title.startswith(FOLDER)
    assert elements(driver) == counts
    assert "{{ 7*7 }}" in driver.execute_script("return document.body.textContent")
    name = driver.execute_script(
        "return document.querySelector('#clip-name').textContent"
    )
    assert HOSTILE in name
    plots = driver.execute_script(
        "return [...document.querySelectorAll('.js-plotly-plot')].map((p) => p.id)"
    )
    assert len(plots) == 9
    browser.click(driver, "a.play-link")
    assert browser.drawn(driver)["bones"] > 0
    driver.execute_script("player.seek(player.clip.first + 3)")
    assert browser.drawn(driver)["frame"] == driver.execute_script(
        "return player.clip.first + 3"
    )
    assert browser.requested(driver) == []
    assert browser.complaints(driver) == []
    assert driver.execute_script("return window.ran") is None


@pytest.mark.slow
@needs_browser
def test_the_viewer_shows_hostile_names_as_text(driver, pages):
    browser.open_page(driver, pages / "viewer.html")
    heading = driver.execute_script("return document.querySelector('h1').textContent")
    assert heading == HOSTILE
    assert browser.drawn(driver)["bones"] > 0
    assert driver.execute_script("return window.ran") is None
    assert browser.requested(driver) == [] and browser.complaints(driver) == []


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("name", ["usual", "viewer"])
def test_the_policy_stops_what_escaping_would_let_through(driver, pages, name):
    page = (pages / f"{name}.html").read_text(encoding="utf-8")
    attack = "<img src=x onerror='window.ran=1'><script>window.ran=1</script>"
    (pages / "attacked.html").write_text(page.replace("<main>", "<main>" + attack))
    browser.open_page(driver, pages / "attacked.html")
    assert browser.drawn(driver)["bones"] > 0
    assert driver.execute_script("return window.ran") is None
    assert "Content Security Policy" in json.dumps(browser.complaints(driver))
