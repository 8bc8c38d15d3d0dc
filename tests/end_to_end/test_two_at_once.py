"""Two commands that want one place at the same time: one gets it, the other hears who.

Each is process 1 of a namespace of its own where the system allows it, as in two
containers that share a volume.
"""

import json
import os
import subprocess
import sys

import pytest
from endurance import sameness
from support.endings import own_process

TRAIN = "dgnet_tf.train --data={data} --preset=smoke --blocks=1 --jit_compile=off"
CONVERT = "preprocessing.convert --dataset=synthetic --subjects=3 --cameras=1"


def contained() -> list[str]:
    """What makes a command the first process of a namespace; [] where nobody may."""
    prefix = ["unshare", "--pid", "--fork", "--kill-child"]
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return prefix


def both(first, second):
    """Runs two command lines together; returns exit code and last line of each."""
    begun = [
        own_process.start([*contained(), sys.executable, "-m", *line.split()])
        for line in (first, second)
    ]
    said = [process.communicate(timeout=300)[1] for process in begun]
    assert not any("Traceback" in text for text in said)
    return [
        (process.returncode, text.splitlines()[-1])
        for process, text in zip(begun, said, strict=True)
    ]


@pytest.mark.slow
def test_two_trainings_with_different_flags_make_one_run(tiny_data, tmp_path):
    place = tmp_path / "run"
    line = f"{TRAIN.format(data=tiny_data)} --workdir={place} --channels="
    ended = both(f"{line}4", f"{line}8")
    assert sorted(code for code, _ in ended) == [0, 1]
    lost = next(text for code, text in ended if code)
    assert lost.startswith(f"error: {place}: process ") and "trains there" in lost
    won = 4 if ended[0][0] == 0 else 8
    assert json.loads((place / "config.json").read_text())["channels"] == won
    assert (place / "model.keras").is_file()
    alone = tmp_path / "alone"
    again = f"{TRAIN.format(data=tiny_data)} --workdir={alone} --channels={won}"
    with own_process.start([sys.executable, "-m", *again.split()]) as process:
        process.communicate()
    history = (alone / "history.csv").read_text()
    assert (place / "history.csv").read_text() == history
    assert sorted(os.listdir(place)) == sorted(os.listdir(alone))


@pytest.mark.slow
def test_two_conversions_make_one_data_set(tmp_path):
    out = tmp_path / "out"
    frames = "--clip_frames=30", "--clip_frames=40"
    ended = both(*(f"{CONVERT} --output={out} --workers=2 {f}" for f in frames))
    assert sorted(code for code, _ in ended) == [0, 1]
    lost = next(text for code, text in ended if code)
    assert lost.startswith(f"error: {out}: process ") and "writes it" in lost
    assert os.listdir(tmp_path) == ["out"]
    alone, won = tmp_path / "alone", frames[0 if ended[0][0] == 0 else 1]
    line = f"{CONVERT} --output={alone} --workers=1 {won}"
    with own_process.start([sys.executable, "-m", *line.split()]) as process:
        process.communicate()
    assert not sameness.difference(alone, alone, out)
