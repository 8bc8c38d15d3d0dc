"""The wheel holds all that the package needs where the repository is not."""

import importlib.metadata
import json
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import dgnet_tf
from dgnet_tf import errors

pytest.importorskip(
    "setuptools", "77", "what builds the wheel comes with the default stack"
)

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
    folders = {path.name for path in installed.iterdir() if path.suffix == ""}
    assert folders == {"dgnet_tf", "bin"}


@pytest.fixture(scope="module")
def metadata(installed):
    (found,) = importlib.metadata.distributions(path=[str(installed)])
    return found


def test_its_version_is_the_package_s(metadata):
    assert metadata.version == dgnet_tf.__version__


def test_it_brings_the_command(metadata):
    (command,) = metadata.entry_points.select(group="console_scripts")
    assert command.name == "dgnet"
    assert command.load() is importlib.import_module("dgnet_tf.__main__").main


def test_it_is_typed_and_its_licence_is_named(metadata):
    assert "Typing :: Typed" in metadata.metadata.get_all("Classifier")
    assert metadata.metadata["License-Expression"] == "Apache-2.0"
    names = {str(path) for path in metadata.files}
    assert "dgnet_tf/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def extra_of(requirement) -> str:
    told = re.search(r'extra == "([\w-]+)"', str(requirement.marker))
    return told[1] if told else ""


def asked_for(metadata, extra="") -> list[Requirement]:
    """What an extra asks for besides the bare install, its own extras' included."""
    found = []
    for one in map(Requirement, metadata.requires):
        if extra_of(one) != extra:
            continue
        if one.name == "dgnet-tf":
            found += [r for inner in one.extras for r in asked_for(metadata, inner)]
        else:
            found.append(one)
    return found


@pytest.mark.parametrize("module", sorted(errors._EXTRAS))
def test_the_extra_that_a_message_names_has_the_package(module, metadata):
    title, extra = errors._EXTRAS[module]
    assert title.lower() in {one.name for one in asked_for(metadata, extra)}
    assert extra in metadata.metadata.get_all("Provides-Extra")
    assert title.lower() not in {one.name for one in asked_for(metadata)}


def lowest(requirement) -> Version:
    (found,) = (s for s in requirement.specifier if s.operator in (">=", "=="))
    return Version(found.version)


def test_its_lowest_versions_are_those_that_the_stacks_run(metadata):
    stacks = []
    for name in ("requirements.txt", "requirements-addons.txt"):
        lines = (ROOT / name).read_text().splitlines()
        read = [Requirement(line) for line in lines if line and line[0] != "#"]
        stacks.append({one.name: one for one in read})
    assert metadata.requires
    for one in map(Requirement, metadata.requires):
        # ONNX exports and tf-keras are the default stack's alone.
        of = stacks[:1] if extra_of(one) in ("export", "multi-worker") else stacks
        run = [lowest(stack[one.name]) for stack in of if one.name in stack]
        if one.name != "dgnet-tf":
            assert run, f"{one}: in neither of the requirements files"
            assert lowest(one).release[:2] == min(run).release[:2], one
            assert all(version in one.specifier for version in run), one


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
