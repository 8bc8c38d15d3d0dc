"""Standard output and error that are closed, full, or read by nobody."""

import subprocess

import pytest
from support.endings import own_process

BODY = """
import pathlib, sys
for i in range(3):
    print("x" * 100_000, flush=True)
print("note", file=sys.stderr, flush=True)
pathlib.Path({path!r}).write_text("the result")
"""
FULL = "error: standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">&-", 0, "note\n"),
        ("<&-", 0, "note\n"),
        ("2>&-", 0, ""),
        ("<&- >&- 2>&-", 0, ""),
        (">/dev/full", 1, "note\n" + FULL),
        ("2>/dev/full", 0, ""),
        (">/dev/full 2>/dev/full", 1, ""),
    ],
)
def test_the_result_is_kept_whatever_becomes_of_the_output(
    redirection, code, said, tmp_path
):
    path = tmp_path / "result"
    arguments = own_process.command(BODY.format(path=str(path)))
    shell = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *arguments]
    process = own_process.start(shell)
    assert process.communicate(timeout=30)[1] == said
    assert process.returncode == code
    assert path.read_text() == "the result"


@pytest.mark.parametrize(("both", "said"), [(False, "note\n"), (True, "")])
def test_output_that_nobody_reads_to_its_end_gives_the_code_of_a_broken_pipe(
    both, said, tmp_path
):
    path = tmp_path / "result"
    arguments = own_process.command(BODY.format(path=str(path)))
    stderr = subprocess.STDOUT if both else subprocess.PIPE
    with own_process.start(arguments, stderr=stderr) as process:
        process.stdout.read(10)
        process.stdout.close()
        found = "" if both else process.stderr.read()
    assert (process.returncode, found) == (141, said)
    assert path.read_text() == "the result"


def test_bad_input_stays_bad_input_where_nobody_reads():
    body = "from dgnet_tf.errors import UserError\nprint('x' * 100_000, flush=True)\n"
    body += "raise UserError('bad')"
    with own_process.start(own_process.command(body)) as process:
        process.stdout.close()
        assert process.stderr.read() == "error: bad\n"
    assert process.returncode == 1


def test_a_closed_descriptor_is_not_given_to_the_next_file(tmp_path):
    body = f"import os\nfile = open({str(tmp_path / 'x')!r}, 'w')\n"
    body += "os.write(2, b'a library says something')\nfile.close()"
    arguments = own_process.command(body)
    shell = ["/bin/sh", "-c", 'exec "$@" >&- 2>&-', "sh", *arguments]
    own_process.start(shell).communicate(timeout=30)
    assert (tmp_path / "x").read_text() == ""


def test_output_is_written_at_once_where_python_is_told_so():
    arguments = own_process.command("import time\nprint('now')\ntime.sleep(60)")
    process = own_process.start([arguments[0], "-u", *arguments[1:]])
    assert process.stdout.readline() == "now\n"
    process.kill()
    process.communicate()
