"""The wheel holds all that the package needs where the repository is not."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PACKAGE = ROOT / "dgnet_tf"

ELSEWHERE = """
import importlib, json, pathlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import dgnet_tf
from dgnet_tf.pages import web_page

assert pathlib.Path(dgnet_tf.__file__).parents[1] == pathlib.Path(sys.argv[1])
found = [one.name for one in pkgutil.walk_packages(dgnet_tf.__path__, "dgnet_tf.")]
for name in found:
    importlib.import_module(name)
templates = {name: str(web_page.source(name)) for name in sys.argv[2:]}
assert dgnet_tf.Lifter.load().skeleton.name == "human36m_17"
print(json.dumps([found, templates]))
"""


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(
        [*command, "--quiet", "--no-deps", "--no-index"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def sources(pattern) -> list[pathlib.Path]:
    """Paths of the package's files, relative to the package."""
    return [
        path.relative_to(PACKAGE)
        for path in sorted(PACKAGE.rglob(pattern))
        if path.is_file() and "__pycache__" not in path.parts
    ]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder into which a wheel was installed; made from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "sources"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, copy / "dgnet_tf", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    pip("wheel", "--no-build-isolation", f"--wheel-dir={folder}", str(copy))
    (wheel,) = folder.glob("*.whl")
    pip("install", "--no-compile", f"--target={folder / 'installed'}", str(wheel))
    return folder / "installed"


def test_it_holds_every_file_of_the_package_and_no_other_package(installed):
    for path in sources("*"):
        there = installed / "dgnet_tf" / path
        assert there.is_file(), f"{path}: not in the wheel"
        assert there.read_bytes() == (PACKAGE / path).read_bytes()
    assert [path.name for path in installed.iterdir() if path.suffix == ""] == [
        "dgnet_tf"
    ]


@pytest.mark.slow
def test_every_module_is_imported_and_templates_and_weights_are_read(installed):
    templates = [path.name for path in sources("pages/templates/*")]
    assert templates
    done = subprocess.run(
        [sys.executable, "-I", "-c", ELSEWHERE, str(installed), *templates],
        cwd=installed,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found, texts = json.loads(done.stdout.splitlines()[-1])
    modules = {
        ".".join(("dgnet_tf", *path.with_suffix("").parts))
        for path in sources("*.py")
        if path.name != "__init__.py"
    }
    assert modules <= set(found)
    for name, text in texts.items():
        assert text == (PACKAGE / "pages/templates" / name).read_text()
