"""The page of a run's report: what it holds, and how it works in a browser."""

import json
import re
import sys

import numpy as np
import pytest
from support import browser, record_sets
from support.lifting.lifting_stand_ins import command_error, run_command

from dgnet_tf import html_report
from dgnet_tf.data import view_names

needs_browser = pytest.mark.skipif(not browser.present(), reason=browser.MISSING)
OLD_METRICS = ("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "mpjve_mm")


@pytest.fixture(scope="module")
def run(tiny_evaluated):
    return tiny_evaluated


@pytest.fixture(scope="module")
def data(tiny_data):
    return tiny_data


@pytest.fixture(scope="module")
def page(run, data, tmp_path_factory):
    """The page of two clips."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    run_command(
        html_report,
        f"--workdir={run}",
        f"--data={data}",
        "--clips=2",
        f"--output={path}",
    )
    return path


def content(path):
    """The data that a page carries."""
    text = path.read_text(encoding="utf-8")
    found = re.search('<script type="application/json" id="data">(.*?)</script>', text)
    return json.loads(found[1])


def own_report(run):
    return json.loads((run / "evaluation/synthetic-test/report.json").read_text())


def test_the_worst_clips_are_played_with_their_errors(run, data, page):
    report, found = own_report(run), content(page)
    worst = [view_names.of(clip) for clip in report["worst_clips"]]
    assert len(worst) == 3
    assert [clip["name"] for clip in found["clips"]] == worst[:2]
    errors = next(c for c in found["clips"] if c["name"].startswith("S002"))["mpjpe_mm"]
    assert len(errors) == 130
    assert [i for i, error in enumerate(errors) if error is None] == [3, 4]
    text = page.read_text(encoding="utf-8")
    assert f"<b>{report['metrics']['mpjpe_mm']:.1f}</b>" in text
    links = 2 + len(report["worst_joints"])
    assert links == 7 and text.count('class="play-link"') == links
    assert sorted(found["charts"]) == [
        "action", "camera", "curves", "joint", "subject", "video",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_report_from_before_is_shown_with_what_it_has(run, data, tmp_path):
    new = own_report(run)

    def of(row):
        return {name: row[name] for name in OLD_METRICS}

    fields = ("dataset", "split", "frames", "views")
    old = {name: new[name] for name in fields}
    for name in ("metrics", "metrics_action_mean"):
        old[name] = of(new[name])
    old["intervals"] = {"mpjpe_mm": None}
    old["baselines"] = {"mean_pose": of(new["baselines"]["mean_pose"])}
    for name in ("per_action", "per_subject", "per_camera"):
        old[name] = {group: of(row) for group, row in new[name].items()}
    kept = ("flip", "precision", "noise_px", "seed", "overlap", "scored", "joints",
            "root_counted", "fps", "model", "versions")  # fmt: skip
    old["options"] = {name: new["options"][name] for name in kept}
    (tmp_path / "report.json").write_text(json.dumps(old))
    run_command(
        html_report,
        f"--workdir={run}",
        f"--data={data}",
        f"--report={tmp_path}",
        "--clips=1",
        f"--output={tmp_path / 'old.html'}",
    )
    found = content(tmp_path / "old.html")
    assert sorted(found["charts"]) == ["action", "camera", "curves", "subject"]
    # Without a list of the worst, they are looked for.
    worst = view_names.of(new["worst_clips"][0])
    assert [clip["name"] for clip in found["clips"]] == [worst]


def test_bad_input_ends_with_one_line_and_no_page(run, data, tmp_path, capsys):
    report = own_report(run)

    def error(*arguments, output=tmp_path / "page.html"):
        line = command_error(
            capsys,
            html_report,
            f"--workdir={run}",
            f"--data={data}",
            f"--output={output}",
            *arguments,
        )
        assert not output.exists()
        return line

    assert "has no clip 'S9/x'; it has S002/Walking/1/c0, " in error("--clip=S9/x")
    assert "--output must end in .html" in error(output=tmp_path / "page.pdf")
    assert "no such file.json: not found" in error("--report=no such file.json")
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**report, "split": "validation"}))
    assert "is a report on split 'validation', not 'test'" in error(f"--report={other}")
    model = {**report["options"]["model"], "channels": 8}
    options = {**report["options"], "model": model}
    other.write_text(json.dumps({**report, "options": options}))
    assert "a run with channels 8, this one's is 4" in error(f"--report={other}")
    other.write_text("{")
    assert "other.json: not a report: not JSON" in error(f"--report={other}")
    few = record_sets.write(tmp_path / "few", {"test": record_sets.takes(8)})
    assert "no split 'validation'" in error(f"--data={few}", "--split=validation")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["few", "other.json"]


def test_without_plotly_the_error_gives_the_pip_line(
    run, data, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "plotly", None)
    line = command_error(
        capsys, html_report, f"--workdir={run}", f"--data={data}",
        f"--output={tmp_path / 'page.html'}",
    )  # fmt: skip
    assert line.endswith(
        "needs Plotly, which is not installed. pip install 'dgnet-tf[report]'"
    )


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browser.session(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def opened(driver, page):
    browser.open_page(driver, page)
    yield driver
    assert browser.complaints(driver) == []


def moved(driver, chart="errors"):
    """Where a chart's line stands, after the charts have followed the player."""
    from selenium.webdriver.support.wait import WebDriverWait

    script = (
        f"return document.getElementById('{chart}').layout.shapes[0].x0"
        " === player.frame ? [player.frame] : null"
    )
    return WebDriverWait(driver, 10).until(lambda d: d.execute_script(script))[0]


@needs_browser
def test_the_page_opens_without_asking_for_anything(driver, page):
    browser.open_page(driver, page)
    plots = driver.execute_script(
        "return [...document.querySelectorAll('.js-plotly-plot')].map((p) => p.id)"
    )
    assert sorted(plots) == [
        "action", "camera", "curves", "errors", "joint", "matrices", "neighbours",
        "subject", "video",
    ]  # fmt: skip
    assert browser.drawn(driver)["targets"] == 16
    # No button of a chart sends it anywhere.
    titles = driver.execute_script(
        "return [...document.querySelectorAll('[data-title]')]"
        ".map((button) => button.dataset.title)"
    )
    assert "Reset axes" in titles
    assert not [title for title in titles if "hare" in title or "loud" in title]
    assert browser.requested(driver) == []
    assert browser.complaints(driver) == []


@pytest.mark.slow
@needs_browser
def test_charts_follow_the_player_and_the_player_the_slider(opened):
    from selenium.webdriver.support.wait import WebDriverWait

    opened.execute_script("player.seek(7)")
    assert moved(opened) == moved(opened, "neighbours") == 7
    browser.set_value(opened, "#affinity-frame", 5)
    assert browser.drawn(opened)["frame"] == 5
    z, expected = opened.execute_script(
        "return [document.getElementById('matrices').data.map((t) => t.z),"
        " charts.matrices.map(({array}) => array.vectors(5))]"
    )
    assert len(z) == 3 and z == expected
    forward = z[1]
    assert np.any(forward)
    opened.execute_script("player.seek(player.clip.last)")  # It has no next frame.
    moved(opened)
    assert not np.any(
        opened.execute_script("return document.getElementById('matrices').data[1].z")
    )
    browser.click(opened, ".play")  # From the start again.
    left_the_end = (
        "return document.getElementById('errors').layout.shapes[0].x0"
        " < player.clip.last"
    )
    WebDriverWait(opened, 10).until(lambda d: d.execute_script(left_the_end))
    browser.click(opened, ".play")  # A player that runs is ahead of its charts.
    assert 0 <= moved(opened) <= opened.execute_script("return player.clip.last")


@pytest.mark.slow
@needs_browser
def test_a_click_on_an_error_goes_to_its_frame(opened):
    opened.execute_script(
        "document.getElementById('errors').emit('plotly_click', {points: [{x: 11}]})"
    )
    assert browser.drawn(opened)["frame"] == 11
    assert moved(opened) == 11


@pytest.mark.slow
@needs_browser
def test_a_worst_clip_is_opened_where_it_is_worst(run, opened):
    worst = own_report(run)["worst_clips"][1]
    browser.click(opened, "tr:nth-child(2) a.play-link")
    name = opened.execute_script(
        "return document.querySelector('#clip-name').textContent"
    )
    assert name == view_names.of(worst)
    assert browser.drawn(opened)["frame"] == worst["first_frame"]
    assert moved(opened) == worst["first_frame"]
    lengths = opened.execute_script(
        "const {data} = document.getElementById('errors');"
        "return [data[0].x.length, player.clip.frames]"
    )
    assert lengths[0] == lengths[1]


@pytest.mark.slow
@needs_browser
def test_one_joints_neighbours_are_shown_over_time(opened):
    browser.set_value(opened, "#affinity-joint", 3)
    browser.set_value(opened, "#affinity-kind", 1)
    shown, expected = opened.execute_script(
        "const z = document.getElementById('neighbours').data[0].z;"
        "const {array} = charts.matrices[1];"
        "return [z.map((row) => row[8]), array.vectors(8)[3]]"
    )
    assert len(shown) == 17 and shown == expected


@pytest.mark.slow
@needs_browser
def test_another_metric_is_chosen_in_a_chart(opened):
    before, after = opened.execute_async_script(
        "const done = arguments[0]; const chart = document.getElementById('joint');"
        "const before = [...chart.data[0].x];"
        "const [button] = chart.layout.updatemenus[0].buttons"
        "  .filter((b) => b.label === 'PCK');"
        "Plotly.update(chart, ...button.args)"
        "  .then(() => done([before, [...chart.data[0].x]]));"
    )
    assert before != after and max(after) <= 100


@pytest.mark.slow
@needs_browser
def test_a_narrow_window_has_no_sideways_scroll(driver, page):
    driver.set_window_size(500, 800)
    try:
        browser.open_page(driver, page)
        inner, whole = driver.execute_script(
            "const e = document.documentElement; return [e.clientWidth, e.scrollWidth]"
        )
        assert whole <= inner
    finally:
        driver.set_window_size(1200, 900)
