"""The benchmark of the root's trajectory, on a walk whose floor is known."""

import numpy as np
import pytest
from support import walking
from support.lifting.lifting_stand_ins import command_error, run_command

from benchmarks import roots


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "walk.npz"
    names = {"clips": ["a"], "subjects": ["1"], "actions": ["walk"]}
    poses = {"pos/a": walking.walk(seconds=8.0, turns=1.0)[0].astype(np.float32)}
    np.savez(path, fps=np.float64(walking.FPS), **names, **poses)
    return path


def test_the_floor_stops_skating(archive, capsys):
    run_command(roots, f"--source={archive}", "--poses=truth", "--cameras=2")
    lines = capsys.readouterr().out.splitlines()
    cells = [[c.strip() for c in line.split("|")] for line in lines if "known" in line]
    each, over, given = cells
    assert float(each[4]) > 8 > 2 > float(over[4])
    assert float(over[7]) < 1
    assert float(given[7]) == float(given[8]) == 0
    assert "2 views, 800 frames" in lines[-1]


def test_bad_flags(archive, capsys):
    for flag, message in (
        ("--poses=both", "--poses must be truth, lifted or both"),
        ("--camera_height=1", "--camera_height must be LOW,HIGH"),
        ("--subjects=2", "the archive has no person '2'"),
    ):
        assert message in command_error(capsys, roots, f"--source={archive}", flag)
