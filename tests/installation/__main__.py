"""Builds wheel and sdist, installs the wheel into empty environments, uses it there.

    PYTHONPATH=tests python -m installation [--environments=bare,train]
        [--python=python3.12] [--dist=dist]

An environment is `bare`, an extra, or `all`, which has every extra. Each is made anew
by --python, gets the wheel and what it asks for, and is used from a folder in which
nothing of the repository is. Prints sizes and times; ends at the first fault, with
exit code 1.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from support import shared_folders

from installation import building, using
from installation.environment import Environment


def main():
    """Builds, installs and uses as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environments", default="bare,train")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--dist", default="dist", type=pathlib.Path)
    values = parser.parse_args()
    wheel, sdist = building.build(values.dist)
    extras = building.extras(wheel)
    for path in (wheel, sdist):
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB", flush=True)
    names = values.environments.split(",")
    if unknown := set(names) - {"bare", "all", *extras}:
        sys.exit(f"--environments: no {unknown}; there are bare, all, {extras}.")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        shared_folders.write_data(data)
        for name in names:
            chosen = {"bare": [], "all": extras}.get(name, [name])
            made = Environment.make(folder / name, values.python, wheel, chosen)
            print(f"{name}: {made.told()}", flush=True)
            using.use(made, data, chosen)
            made.remove()
    print("Everything was there, and worked.")


if __name__ == "__main__":
    main()
