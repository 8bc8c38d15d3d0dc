"""Commands that are killed end, given again, as if nobody had disturbed them."""

import signal

import pytest

from endurance import kills, sameness


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return kills.sources(tmp_path_factory.mktemp("inputs"), ["data"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "moments"),
    [
        ("convert", {0.6: signal.SIGTERM, 0.8: signal.SIGKILL}),
        ("train", {0.75: signal.SIGTERM, 0.95: signal.SIGKILL}),
    ],
    ids=["convert", "train"],
)
def test_a_command_that_was_killed_ends_as_an_undisturbed_one(
    command, moments, inputs, tmp_path
):
    """Each signal once for each command; `python -m endurance` tries many moments."""
    wanted = kills.reference(command, inputs, tmp_path / "wanted")
    for moment, number in moments.items():
        place = tmp_path / str(moment)
        done = kills.trial(command, wanted, inputs, place, moment, number)
        assert not done.fault, done


@pytest.mark.parametrize(
    ("third", "told"),
    [
        ({"a.json": '{"x": 1, "seconds": 7}', "b": "same"}, ""),
        ({"a.json": '{"x": 2, "seconds": 7}', "b": "same"}, "a.json: values differ"),
        ({"a.json": '{"x": 1, "seconds": 7}', "b": "other"}, "b: bytes differ"),
        ({"b": "same"}, r"files \['a.json'\]"),
        ({"a.json": '{"x": 1, "seconds": 7}', "b": "same", "c": ""}, r"files \['c'\]"),
    ],
)
def test_what_two_runs_share_a_third_must_have(tmp_path, third, told):
    runs = (
        {"a.json": '{"x": 1, "seconds": 5}', "b": "same"},
        {"a.json": '{"x": 1, "seconds": 6}', "b": "same"},
        third,
    )
    for number, run in enumerate(runs):
        (tmp_path / str(number)).mkdir()
        for name, text in run.items():
            (tmp_path / str(number) / name).write_text(text)
    found = sameness.difference(*(tmp_path / str(number) for number in range(3)))
    assert found == told.replace("\\", "")
