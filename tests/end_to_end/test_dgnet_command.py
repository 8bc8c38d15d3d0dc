"""`dgnet`, the commands under one name."""

import pathlib
import subprocess
import sys

import pytest

import dgnet_tf
from dgnet_tf import __main__ as dgnet
from dgnet_tf.files import provenance

ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = {
    path.stem
    for path in (ROOT / "dgnet_tf").glob("[!_]*.py")
    if "command_line.run(" in path.read_text(encoding="utf-8")
}
# What the script that pip writes does; then which modules that brought.
SCRIPT = """
import sys
sys.argv[0] = "dgnet"
from dgnet_tf.__main__ import main
try:
    main()
finally:
    found = ("numpy", "tensorflow", "matplotlib")
    print(*(name for name in found if name in sys.modules), file=sys.stderr)
"""


def script(*arguments):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip


def said(capsys, *arguments) -> str:
    dgnet.main(["dgnet", *arguments])
    found = capsys.readouterr()
    assert found.err == ""
    return found.out


def refused(capsys, *arguments) -> str:
    """The one line that is printed."""
    with pytest.raises(SystemExit) as ended:
        dgnet.main(["dgnet", *arguments])
    assert ended.value.code == 1
    found = capsys.readouterr()
    assert found.out == "" and found.err.count("\n") == 1
    return found.err.removeprefix("error: ").strip()


def test_each_command_stands_in_one_group():
    assert COMMANDS == set(dgnet.COMMANDS)
    assert len(dgnet.COMMANDS) == len(COMMANDS)


@pytest.mark.parametrize("asked", [(), ("--help",), ("-h",), ("help",)])
def test_the_list_has_each_command_and_what_it_does(asked, capsys):
    lines = said(capsys, *asked).splitlines()
    assert max(map(len, lines)) <= 88
    for title, names in dgnet.GROUPS.items():
        start = lines.index(f"{title}:")
        for name, line in zip(names, lines[start + 1 :], strict=False):
            told, summary = line.split(maxsplit=1)
            assert told == name
            assert summary[0].isupper() and summary.endswith(".")


def test_the_version_is_the_package_s(capsys):
    assert said(capsys, "--version") == f"dgnet {dgnet_tf.__version__}\n"


@pytest.mark.parametrize(
    "asked", [("lift", "--help"), ("help", "lift"), ("lift", "-h")]
)
def test_a_command_s_help_is_its_own(asked, capsys):
    text = said(capsys, *asked)
    assert text.startswith(f"{dgnet._summary('lift')}\n\n    dgnet lift --")
    assert "--image_size:" in text and "python -m" not in text.split("\n\n")[1]


def test_dashes_are_as_good_as_underscores(capsys):
    assert said(capsys, "html-report", "-h") == said(capsys, "html_report", "-h")


def test_a_command_does_what_its_module_does(capsys, tmp_path):
    line = refused(
        capsys, "lift", "--keypoints=nowhere.npz", "--layout=coco_17",
        "--image_size=10x10", f"--output={tmp_path / 'a.npz'}",
    )  # fmt: skip
    assert line.startswith("nowhere.npz: not found")


def test_required_flags_are_named(capsys):
    line = refused(capsys, "save_preset", "--name=a")
    assert line == "Give --workdir, --output. See --help."


@pytest.mark.parametrize(
    "asked, told",
    [
        ("lfit", "Unknown command 'lfit'. Did you mean lift? `dgnet --help` lists"),
        ("report", "Did you mean export or html_report?"),
        ("save-presets", "Did you mean save_preset?"),
        ("x" * 200, "x.... `dgnet --help` lists them."),
        ("convert", "run `python -m preprocessing.convert` there"),
        ("run-ablations", "run `python -m tuning.run_ablations` there"),
        ("--keypoints=a", "'--keypoints=a' comes before any command. Give the com"),
        ("--versio", "'--versio' comes before any command."),
    ],
)
def test_what_is_no_command_gets_one_clear_line(asked, told, capsys):
    assert told in refused(capsys, asked)


def test_commands_of_the_repository_are_there():
    for package, names in dgnet.REPOSITORY.items():
        for name in names:
            assert (ROOT / package / f"{name}.py").is_file()
            assert name not in dgnet.COMMANDS


@pytest.mark.parametrize("asked", [("--help",), ("--version",), ("lfit",)])
def test_nothing_that_takes_time_is_imported_to_say_so(asked):
    assert script(*asked).stderr.splitlines()[-1] == ""


def test_help_of_a_command_brings_no_tensorflow():
    assert "tensorflow" not in script("train", "--help").stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "given, told",
    [
        (["python3.11", "-m", "dgnet_tf.lift"], "python -m dgnet_tf.lift"),
        (["/v/bin/python", "/v/bin/dgnet", "lift", "-a=a b"], "dgnet lift '-a=a b'"),
        (["python", "-m", "dgnet_tf", "lift"], "python -m dgnet_tf lift"),
        (["python"], "python"),
    ],
)
def test_the_command_that_files_tell_of_can_be_repeated(given, told, monkeypatch):
    monkeypatch.setattr(sys, "orig_argv", given)
    assert provenance.command() == told
