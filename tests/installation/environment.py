"""An environment that has the wheel, and nothing of the repository."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import shutil
import subprocess
import time


@dataclasses.dataclass(frozen=True)
class Environment:
    """A virtual environment and the folder in which it is used."""

    folder: pathlib.Path
    place: pathlib.Path
    seconds: float

    @classmethod
    def make(cls, folder, python: str, wheel, extras) -> Environment:
        """Makes it and installs the wheel with the extras."""
        begun = time.monotonic()
        subprocess.run([python, "-m", "venv", folder / "venv"], check=True)
        place = folder / "elsewhere"
        place.mkdir()
        made = cls(folder / "venv", place, 0.0)
        wanted = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
        made.run("pip", "install", "--quiet", wanted)
        made.run("pip", "check")
        return dataclasses.replace(made, seconds=time.monotonic() - begun)

    def run(self, program: str, *arguments, fails: bool = False, cwd=None) -> str:
        """Runs a program of the environment; returns what it printed on both streams.

        `fails` says that it must end with exit code 1; else 0 is expected.
        """
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("PYTHONPATH", "PYENV_VERSION", "VIRTUAL_ENV")
        }
        done = subprocess.run(
            [self.folder / "bin" / program, *map(str, arguments)],
            cwd=cwd or self.place,
            env={**environment, "TF_CPP_MIN_LOG_LEVEL": "2"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        told = f"{program} {' '.join(map(str, arguments))}:\n{done.stdout}"
        assert done.returncode == (1 if fails else 0), told
        return done.stdout

    def told(self) -> str:
        """Returns in one line what was installed."""
        listed = self.run("pip", "list", "--format=freeze").splitlines()
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in paths if not path.is_symlink())
        version = self.run("python", "-V").split()[1]
        return (
            f"Python {version}, {len(listed)} packages, {size / 1e6:.0f} MB, installed "
            f"in {self.seconds:.0f} s"
        )

    def remove(self):
        """Removes it."""
        shutil.rmtree(self.folder.parent)
