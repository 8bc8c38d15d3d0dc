"""The training command line, as a user meets it."""

import os
import subprocess
import sys

import pytest
from support import record_sets


def run(*arguments):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        [sys.executable, "-m", "dgnet_tf.train", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
    )


@pytest.mark.slow
def test_the_smoke_preset_trains_on_whatever_data(tmp_path):
    data = record_sets.write(tmp_path / "data", {"train": record_sets.takes(40, 30)})
    done = run(
        f"--data={data}",
        f"--workdir={tmp_path / 'run'}",
        "--preset=smoke",
        "--channels=4",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"run: {tmp_path / 'run'}"
    assert (tmp_path / "run" / "model.keras").is_file()


@pytest.mark.parametrize(
    "arguments,message",
    [
        ((), "--data"),
        (("--data=nowhere", "--workdir=run"), "nowhere/dataset.json: not found"),
        (("--data=d", "--workdir=r", "--blocks=many"), "blocks"),
        (("--data=d", "--workdir=r", "--overlap=some"), "'overlap'"),
        (("--data=d", "--workdir=r", "stray"), "Unexpected argument 'stray'"),
    ],
)
def test_bad_input_ends_with_one_line(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    done = run(*arguments)
    assert done.returncode != 0
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ") and message in last
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
