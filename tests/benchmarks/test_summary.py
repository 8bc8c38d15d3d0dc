"""What a user waits for, measured by commands."""

import pytest

from benchmarks import summary

WORK = """
import sys
data = bytearray(64 << 20)
sys.exit({code})
"""


@pytest.fixture
def checkout(tmp_path):
    """A folder with a command that ends well and one that does not."""
    (tmp_path / "works.py").write_text(WORK.format(code=0))
    (tmp_path / "fails.py").write_text(WORK.format(code=1))
    return tmp_path


def test_a_command_of_the_checkout_is_timed_with_its_memory(checkout):
    spent = summary._spent(checkout, "works")
    assert spent.wall > 0 and spent.processor > 0
    assert spent.memory > 64
    assert summary._spent(checkout, "fails") is None


def test_what_a_version_cannot_do_is_a_dash(checkout):
    done = summary.Spent(1.0, 2.0, 300.0)
    slow = summary.Spent(3.0, 4.0, 200.0)
    assert summary._seconds(done, slow) == "2.0 s, 3.0 s of processor time"
    assert summary._memory(done, slow) == "300 MiB"
    assert summary._seconds(done, None) == summary._memory(None) == "-"
    assert summary.table({"a": "1 s"}).splitlines()[-1] == "| a | 1 s |"


def test_a_suite_of_the_checkout_is_read_from_its_json(checkout):
    package = checkout / "benchmarks"
    package.mkdir()
    written = (
        "import sys; open(sys.argv[-1].partition('=')[2], 'w').write('{\"a\": 1}')"
    )
    (package / "run.py").write_text(written)
    assert summary._suite(checkout, checkout, "train", 1) == {"a": 1}
    (package / "run.py").write_text("raise SystemExit(1)")
    assert summary._suite(checkout, checkout, "train", 1) is None
