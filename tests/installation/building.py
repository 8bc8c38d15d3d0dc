"""Builds the wheel and the sdist, and looks at what is in them."""

from __future__ import annotations

import importlib.metadata
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).parents[2]
MAX_BYTES = 12_000_000
# What lies in a checkout and is not its content.
_IGNORED = (".git", ".venv*", "build", "dist", "*.egg-info", "__pycache__", "demo")


def build(output) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes the sdist and the wheel that is made of it; returns (wheel, sdist)."""
    output = pathlib.Path(output).absolute()
    shutil.rmtree(output, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        # A copy: setuptools takes into account what an older build has left.
        source = pathlib.Path(folder) / "source"
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*_IGNORED))
        command = [sys.executable, "-m", "build", "--no-isolation"]
        subprocess.run(
            [*command, f"--outdir={output}", str(source)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    (wheel,), (sdist,) = output.glob("*.whl"), output.glob("*.tar.gz")
    _check_wheel(wheel)
    _check_sdist(sdist)
    return wheel, sdist


def extras(wheel) -> list[str]:
    """Returns the names of a wheel's extras."""
    (found,) = importlib.metadata.distributions(path=[str(wheel)])
    return found.metadata.get_all("Provides-Extra")


def _check_wheel(wheel):
    size = wheel.stat().st_size
    assert size < MAX_BYTES, f"{wheel}: {size} bytes, more than {MAX_BYTES}"
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    found = {name for name in tops if not name.endswith(".dist-info")}
    assert found == {"dgnet_tf"}, f"{wheel}: holds {found}"


def _check_sdist(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names if name}
    wanted = {"dgnet_tf", "pyproject.toml", "README.md", "LICENSE", "PKG-INFO"}
    assert wanted <= tops, f"{sdist}: lacks {wanted - tops}"
    other = {"tests", "preprocessing", "tuning", "serving", "benchmarks"} & tops
    assert not other, f"{sdist}: holds {other}"
