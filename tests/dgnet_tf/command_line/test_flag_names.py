"""Which flag is suggested where a command has none of the name that was given."""

import copy

import pytest
from absl import flags

from dgnet_tf import (
    command_line,
    evaluate,
    export,
    html_report,
    lift,
    replay,
    save_preset,
    train,
)
from preprocessing import convert, inspect


@pytest.mark.parametrize(
    ("command", "given", "meant"),
    [
        (lift, ["--weights=a"], "--model=NAME"),
        (lift, ["--workdir=a"], "--model=NAME"),
        (lift, ["--figure=a.png"], "--picture=FILE or --view=FILE.html"),
        (replay, ["--weights=a"], "--model=NAME"),
        (train, ["--workdir=a", "--model=b"], "--weights=NAME"),
        (train, ["--source=a"], "--data=DIR"),
        (evaluate, ["--model=a"], "--weights=NAME or --workdir=RUN"),
        (export, ["--model=a"], "--weights=NAME or --workdir=RUN"),
        (html_report, ["--model=a"], "--workdir=RUN"),
        (save_preset, ["--weights=a"], "--workdir=RUN"),
        (convert, ["--data=a"], "--source=PATH"),
        (inspect, ["--picture=a.png"], "--figure=FILE"),
        (lift, ["--keypoint=a"], "--keypoints or --save_keypoints"),
        (lift, ["--image-size=2x2"], "--image_size"),
    ],
)
def test_a_flag_of_another_command_is_answered_with_this_one_s(
    capsys, command, given, meant
):
    assert _last_line(capsys, copy.deepcopy(command.FLAGS), *given).endswith(
        f". Did you mean {meant}? See --help."
    )


def test_what_nothing_is_like_has_no_suggestion(capsys):
    line = _last_line(capsys, flags.FlagValues(), "--weights=a")
    assert line == "error: Unknown flag '--weights'. See --help."


def _last_line(capsys, values, *given):
    with pytest.raises(SystemExit) as stop:
        command_line.run(lambda values: None, values, "", ["x", *given])
    assert stop.value.code == 1
    return capsys.readouterr().err.splitlines()[-1]
