"""What README, BUILD.md and docs name can be imported and run under these names."""

import ast
import importlib
import json
import pathlib
import re
import subprocess
import sys

import pytest

import dgnet_tf

ROOT = pathlib.Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "BUILD.md", *sorted(ROOT.glob("docs/**/*.md"))]
PACKAGES = ("benchmarks", "dgnet_tf", "preprocessing", "serving", "tuning")
NAMES = "|".join(PACKAGES)


def texts():
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in PAGES
    }


def python_blocks():
    """Returns (page, code) of each Python block."""
    return [
        (page, code)
        for page, text in texts().items()
        for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]


def documented_commands():
    """Returns the flags that the documents give each `python -m` or `dgnet` command."""
    found = {}
    for text in texts().values():
        text = text.replace("\\\n", " ")
        text = re.sub(r"(?m)(^|[`/])dgnet (?=[a-z])", r"\1python -m dgnet_tf.", text)
        pattern = rf"python -m ((?:{NAMES})[.\w]*)([^\n`]*)"
        for module, rest in re.findall(pattern, text):
            # A flag behind these is another command's.
            rest = re.split(r"\s(?:[|;]|&&|#)\s", rest)[0]
            given = re.findall(r"(?<![\w-])--([a-z]\w*)", rest)
            found.setdefault(module, set()).update(given)
    return found


def resolve(dotted):
    """Returns what a dotted name stands for, module, class or function.

    Raises:
        AttributeError, ImportError: if there is no such thing.
    """
    first, *rest = dotted.split(".")
    found, path = importlib.import_module(first), first
    for name in rest:
        path = f"{path}.{name}"
        if isinstance(found, type(sys)) and not hasattr(found, name):
            found = importlib.import_module(path)
        else:
            found = getattr(found, name)
    return found


@pytest.mark.parametrize("name", sorted(dgnet_tf._MODULES))
def test_a_module_is_the_same_by_its_public_name_and_where_it_lives(name):
    lives = importlib.import_module(f"dgnet_tf.{dgnet_tf._MODULES[name]}")
    imported = importlib.import_module(f"dgnet_tf.{name}")
    assert imported is lives
    assert getattr(dgnet_tf, name) is lives
    assert sys.modules[f"dgnet_tf.{name}"] is lives
    assert (
        lives.__spec__.name == lives.__name__ == f"dgnet_tf.{dgnet_tf._MODULES[name]}"
    )


@pytest.mark.parametrize("name", dgnet_tf._PLAIN_MODULES)
def test_a_plain_module_is_imported_by_its_name(name):
    assert getattr(dgnet_tf, name) is importlib.import_module(f"dgnet_tf.{name}")


@pytest.mark.parametrize("name", sorted(dgnet_tf._PUBLIC))
def test_a_public_object_is_the_one_of_its_module(name):
    lives = importlib.import_module(f"dgnet_tf.{dgnet_tf._PUBLIC[name]}")
    assert getattr(dgnet_tf, name) is getattr(lives, name)
    assert name in dir(dgnet_tf)


def test_type_checkers_are_told_the_same_names():
    tree = ast.parse(pathlib.Path(dgnet_tf.__file__).read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name)
    )
    told = {alias.asname: (node.module, alias.name)
            for node in block.body for alias in node.names}  # fmt: skip
    wanted = {n: (f"dgnet_tf.{m}", n) for n, m in dgnet_tf._PUBLIC.items()}
    for name, module in dgnet_tf._MODULES.items():
        package, _, last = f"dgnet_tf.{module}".rpartition(".")
        wanted[name] = (package, last)
    wanted |= {name: ("dgnet_tf", name) for name in dgnet_tf._PLAIN_MODULES}
    assert told == wanted


def test_an_unknown_name_is_an_attribute_error_or_an_import_error():
    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        dgnet_tf.nothing_of_this_name  # noqa: B018
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        importlib.import_module("dgnet_tf.nothing_of_this_name")


def test_what_the_package_lists_can_be_had():
    for name in dgnet_tf.__all__:
        assert getattr(dgnet_tf, name) is not None


def test_dotted_names_in_the_text_resolve():
    found = {
        (page, dotted)
        for page, text in texts().items()
        for dotted in re.findall(r"(?<![\w./-])dgnet_tf(?:\.[A-Za-z]\w*)+", text)
        if not dotted.endswith((".whl", ".egg"))
    }
    assert len(found) > 30
    missing = []
    for page, dotted in sorted(found):
        try:
            resolve(dotted)
        except (AttributeError, ImportError) as error:
            missing.append(f"{page}: {dotted}: {error}")
    assert not missing


def test_names_in_python_blocks_resolve():
    found, missing = set(), []
    for page, code in python_blocks():
        tree = ast.parse(code)
        bound = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.split(".")[0] in PACKAGES:
                        found.add((page, alias.name))
                        shown = alias.name if alias.asname else alias.name.split(".")[0]
                        bound[alias.asname or shown] = shown
            elif isinstance(node, ast.ImportFrom):
                if (node.module or "").split(".")[0] in PACKAGES:
                    for alias in node.names:
                        dotted = f"{node.module}.{alias.name}"
                        found.add((page, dotted))
                        bound[alias.asname or alias.name] = dotted
        rebound = {
            n.id
            for n in ast.walk(tree)
            if isinstance(getattr(n, "ctx", 0), ast.Store) and isinstance(n, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = node.value.id
                if name in bound and name not in rebound:
                    found.add((page, f"{bound[name]}.{node.attr}"))
    for page, dotted in sorted(found):
        try:
            resolve(dotted)
        except (AttributeError, ImportError) as error:
            missing.append(f"{page}: {dotted}: {error}")
    assert len(found) > 15
    assert not missing


# Runs each command with --help in one process; prints their help and what they brought.
_HELP = """
import contextlib, io, json, runpy, sys
import dgnet_tf
lazy = [n for n in ("tensorflow", "matplotlib", "numpy") if n in sys.modules]
found, brought = {}, {}
for module in sys.argv[1:]:
    sys.argv = [module, "--help"]
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    found[module] = text.getvalue()
    brought[module] = "tensorflow" in sys.modules
print(json.dumps({"lazy": lazy, "help": found, "brought": brought}))
"""


@pytest.fixture(scope="module")
def helped():
    """Returns what the documented commands print for --help."""
    done = subprocess.run(
        [sys.executable, "-c", _HELP, *sorted(documented_commands())],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_package_is_imported_without_what_takes_seconds(helped):
    assert helped["lazy"] == []


def test_commands_of_the_documents_help_without_tensorflow(helped):
    assert len(helped["help"]) > 20
    assert "dgnet_tf.replay" in helped["help"]
    for module, text in helped["help"].items():
        assert "--" in text, module
        assert not helped["brought"][module], module


def test_flags_of_the_documents_are_those_of_their_commands(helped):
    missing = [
        f"{module} --{name}"
        for module, names in sorted(documented_commands().items())
        for name in sorted(names)
        if not re.search(flag_in_help(name), helped["help"][module], re.M)
    ]
    assert not missing


def flag_in_help(name):
    """Returns the pattern of a flag in a help text; for `--noX` that of switch X."""
    negated = rf"|\[no\]{name.removeprefix('no')}" if name.startswith("no") else ""
    return rf"^\s*--((\[no\])?{name}{negated})\b"


def test_only_a_switch_can_be_turned_off_by_no():
    text = "  --[no]demo: Time it.\n  --output: A file.\n  --noise_px: Noise."
    found = ["demo", "nodemo", "output", "nooutput", "noise_px", "ise_px"]
    assert [bool(re.search(flag_in_help(name), text, re.M)) for name in found] == [
        *(True, True, True, False, True, False)
    ]
