"""Checks that the public names have types, and that mypy accepts them.

    PYTHONPATH=tests python -m public_types

Looks for parameters and results without an annotation, then runs mypy on the modules in
which public names are defined and on `use.py`. Exit code 1 where something is wrong.
"""

from __future__ import annotations

import ast
import importlib.util
import pathlib
import subprocess
import sys

import dgnet_tf

HERE = pathlib.Path(__file__).parent
PACKAGE = pathlib.Path(dgnet_tf.__file__).parent
# Keras says what these take and return.
_KERAS = {"build", "call", "compute_output_shape", "from_config", "get_config"}


def modules() -> set[str]:
    """Returns the dotted names of the modules that define public names."""
    names = {*dgnet_tf._PUBLIC.values(), *dgnet_tf._MODULES.values()}
    return {f"dgnet_tf.{name}" for name in (*names, *dgnet_tf._PLAIN_MODULES)}


def layers() -> set[str]:
    """Returns the dotted names of the modules whose classes `layers` exports."""
    tree = ast.parse(_file("dgnet_tf.layers").read_text(encoding="utf-8"))
    return {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}


def _file(name) -> pathlib.Path:
    path = PACKAGE.parent / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def bare(path, *, functions: bool) -> list[str]:
    """Returns what lacks an annotation among a module's public names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [
        (node, "")
        for node in tree.body
        if functions and isinstance(node, ast.FunctionDef)
    ]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            inner = (one for one in node.body if isinstance(one, ast.FunctionDef))
            found += [(one, node.name) for one in inner if one.name not in _KERAS]
    return [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {of}{'.' * bool(of)}{node.name}: "
        f"{', '.join(lacking)}"
        for node, of in found
        if (lacking := _lacking(node, bool(of)))
    ]


def _lacking(node, is_method) -> list[str]:
    if node.name.startswith("_") and node.name != "__init__":
        return []
    given = node.args
    each = [*given.posonlyargs, *given.args][is_method:]
    each += [*given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    found = [one.arg for one in each if one.annotation is None]
    if node.returns is None and node.name != "__init__":
        found.append("its result")
    return found


def main():
    """Checks, and says what is wrong."""
    if importlib.util.find_spec("mypy") is None:
        sys.exit("mypy is not installed; see requirements.txt.")
    lacking = [
        line
        for name in sorted(modules() | layers())
        for line in bare(_file(name), functions=name not in layers())
    ]
    for line in lacking:
        print(f"no annotation: {line}")
    files = sorted(map(_file, {"dgnet_tf", *modules(), *layers()}))
    done = subprocess.run([sys.executable, "-m", "mypy", *files, HERE / "use.py"])
    sys.exit(bool(lacking) or done.returncode)


if __name__ == "__main__":
    main()
