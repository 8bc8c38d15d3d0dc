"""Commands: help, flags of their own, errors on one last line."""

import errno
import pickle

import pytest
import tensorflow as tf
import tqdm
from absl import flags

from dgnet_tf import command_line, errors
from dgnet_tf.errors import UserError


def command(main=lambda values: None):
    values = flags.FlagValues()
    flags.DEFINE_integer("count", 1, "How many.", flag_values=values)
    return lambda *argv: command_line.run(main, values, "What it does.", ["x", *argv])


def failure(capsys, run, *argv):
    with pytest.raises(SystemExit) as stop:
        run(*argv)
    assert stop.value.code == 1
    return capsys.readouterr().err.splitlines()[-1]


def raising(error):
    def main(values):
        raise error

    return command(main)


def test_numbers_must_be_finite(capsys):
    values = flags.FlagValues()
    flags.DEFINE_float("rate", 1.0, "How fast.", 0.1, 2.0, flag_values=values)

    def run(*argv):
        command_line.run(lambda values: None, values, "What it does.", ["x", *argv])

    assert failure(capsys, run, "--rate=nan") == (
        "error: --rate must be a finite number, got nan."
    )


def test_two_commands_may_define_the_same_flag():
    seen = []
    for count in (2, 3):
        command(lambda values: seen.append(values.count))(f"--count={count}")
    assert seen == [2, 3]


def test_help_prints_description_and_flags(capsys):
    command()("--help")
    out = capsys.readouterr().out
    assert "What it does." in out and "How many." in out


def test_bad_input_is_one_line_even_if_its_message_is_not(capsys):
    line = failure(capsys, raising(UserError("clip 3:\n  is empty")))
    assert line == "error: clip 3: is empty"


def test_a_warning_is_one_line_too(capsys):
    errors.warn("a.json: one\nthing.  It was\tmended.")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "warning: a.json: one thing. It was mended.\n")


def test_a_full_disk_is_an_error_and_no_traceback(capsys):
    error = OSError(errno.ENOSPC, "No space left on device", "data/x.tfrecord")
    line = failure(capsys, raising(error))
    assert line == "error: data/x.tfrecord: No space left on device"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            tf.errors.ResourceExhaustedError(
                None,
                None,
                "{{function_node __wrapped__SaveV2_}} /runs/a b/ckpt-1_temp/part; No "
                "space left on device\n\tmore [Op:SaveV2]",
            ),
            "error: /runs/a b/ckpt-1_temp/part: No space left on device",
        ),
        (
            tf.errors.OutOfRangeError(None, None, "/x.tfrecord; File too large"),
            "error: /x.tfrecord: File too large",
        ),
        (MemoryError("Unable to allocate 9 TiB"), "error: not enough memory. Unable "),
    ],
)
def test_what_tensorflow_says_of_a_full_disk_is_no_bug_of_ours(capsys, error, line):
    assert failure(capsys, raising(error)).startswith(line)


def test_other_errors_of_tensorflow_keep_their_traceback():
    with pytest.raises(tf.errors.OpError):
        raising(tf.errors.InvalidArgumentError(None, None, "shapes; of (1,)"))()


@pytest.mark.parametrize("argument", ["--" + "9" * 5000, "-x" * 3000 + "=1"])
def test_an_endless_flag_is_refused_at_once(capsys, argument):
    message = failure(capsys, command(), argument)
    assert message.startswith("error: Unknown flag '-") and len(message) < 200


def test_unknown_and_wrong_flags_are_named(capsys):
    assert failure(capsys, command(), "--cuont=3") == (
        "error: Unknown flag '--cuont'. Did you mean --count? See --help."
    )
    assert failure(capsys, command(), "--zzz=3") == (
        "error: Unknown flag '--zzz'. See --help."
    )
    assert "count" in failure(capsys, command(), "--count=many")


def test_our_own_bugs_keep_their_traceback():
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())()


@pytest.mark.parametrize(
    "text, line",
    [
        ("a.npz:  two\n lines.\r\n", "a.npz: two lines."),
        ("has \x1b[31m and \u202e", "has \\x1b[31m and \\u202e"),
        ("half a pair: \ud800", "half a pair: \\ud800"),
        ("jäger's 12 µm", "jäger's 12 µm"),
    ],
)
def test_a_message_is_one_line_that_prints(text, line):
    assert str(UserError(text)) == errors.one_line(text) == line
    assert str(pickle.loads(pickle.dumps(UserError(text)))) == line


@pytest.mark.parametrize("letter", ["x", "\u202e"])
def test_of_an_endless_message_the_ends_stay(letter):
    line = str(UserError(f"a.json: got {letter * 10**6}. Convert again."))
    assert len(line) <= 2000 and line.startswith("a.json: got ")
    assert letter != "x" or line.endswith("x. Convert again.")


def test_a_quoted_value_is_shortened():
    assert errors.shortened("abc") == "'abc'"
    assert errors.shortened([1, 2]) == "[1, 2]"
    for value in ("x" * 10**6, b"x" * 10**6, [0] * 1000):
        assert len(errors.shortened(value)) == 80 and errors.shortened(value).endswith(
            "..."
        )


def test_the_error_stands_below_a_progress_bar(capsys):
    def main(values):
        bar = tqdm.tqdm(total=9)
        bar.update(3)
        raise UserError("no more")

    assert failure(capsys, command(main)) == "error: no more"
