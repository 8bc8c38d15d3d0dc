"""The house's rules: who may import whom, and how large files and folders grow.

`make lint` runs this file. It reads the code as text and imports nothing of it.
"""

import ast
import collections
import graphlib
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).parents[1]
PACKAGES = ("dgnet_tf", "preprocessing", "tuning", "serving", "benchmarks")

# dgnet_tf from top to bottom: a layer takes what is below it; what stands in one line
# does not know each other.
LAYERS = (
    ("reproduction",),
    ("jobs",),
    ("lifting", "pages"),
    ("exporting",),
    ("evaluation",),
    ("inference", "training"),
    ("models", "data", "detection"),
    ("layers", "keypoints", "drawing", "config"),
    ("files",),
    ("errors", "skeletons", "cameras", "axes", "metrics")
    + ("command_line", "keras_classes"),
)
GROUND = LAYERS[-1]
# The one edge within the ground.
GROUND_EDGES = {("command_line", "errors")}

COMMANDS = {
    "dgnet_tf": {
        *("__main__", "compare", "evaluate", "export", "html_report", "lift", "paper"),
        *("replay", "save_preset", "train"),
    },
    "preprocessing": {"archive", "convert", "demo", "inspect", "join"},
    "tuning": {"compare", "report", "run_ablations", "search"},
    "serving": {"grpc_client", "rest_client"},
    "benchmarks": {
        *("edge", "frame_rates", "real_detections", "roots", "run", "smoothing"),
        "summary",
    },
}
# What the packages beside dgnet_tf take of it; of each other they take what is named.
TAKES = {
    "preprocessing": {"data", "keypoints", "files", *GROUND},
    "serving": {"keypoints", "files", *GROUND},
}
NEIGHBOURS = {"benchmarks": {"preprocessing", "tuning"}}
# The main job end to end: nobody imports it.
EXCEPTIONS = {"preprocessing.demo"}

MOST_LINES, MOST_MODULES = 300, 15

# Functions of an interface, by folder: several of its modules implement them.
INTERFACES = {
    "benchmarks": {"measure", "table"},
    "benchmarks.suites": {"run", "load", "write"},
    "dgnet_tf.data.augmentation": {"draw"},
    "dgnet_tf.exporting": {"load", "save"},
    "dgnet_tf.files": {"read"},
    "dgnet_tf.inference.engines": {"load"},
    "dgnet_tf.keypoints.readers": {"fits", "read"},
    "dgnet_tf.lifting.writers": {"text", "write"},
    "dgnet_tf.models": {"load"},
    "dgnet_tf.reproduction": {"chart", "make", "write"},
    "dgnet_tf.training": {"make"},
    "preprocessing.datasets": {"load", "read"},
    "preprocessing.datasets.mpi_inf_3dhp": {"load"},
    "serving": {"predict"},
}


def modules() -> dict[str, pathlib.Path]:
    """Returns the project's modules by dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


MODULES = modules()


def parsed(name) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name) -> set[str]:
    """Returns the project's modules that a module imports, in functions as well."""
    found, tree = set(), parsed(name)
    if name == "dgnet_tf.__init__":  # Its names for type checkers import nothing.
        tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                dotted = f"{node.module}.{alias.name}"
                is_ours = dotted in MODULES or f"{dotted}.__init__" in MODULES
                found.add(dotted if is_ours else node.module)
    taken = {target for target in found if target in MODULES}
    taken |= {f"{t}.__init__" for t in found if f"{t}.__init__" in MODULES}
    return taken - {name}


IMPORTS = {name: imports(name) for name in MODULES}
EDGES = [(name, target) for name in MODULES for target in sorted(IMPORTS[name])]


def room(name) -> str:
    """Returns the subpackage or the single module of its package that a name is in."""
    return name.split(".")[1]


def is_command(name) -> bool:
    parts = name.split(".")
    return len(parts) == 2 and parts[1] in COMMANDS[parts[0]]


def level(name) -> int | None:
    """Returns a dgnet_tf module's layer, from the top; commands are above all."""
    if is_command(name) or room(name) == "__init__":
        return -1
    for index, layer in enumerate(LAYERS):
        if room(name) in layer:
            return index
    return None


def is_downward(name, target) -> bool:
    if room(name) == room(target) or target == "dgnet_tf.__init__":
        return True  # The package itself imports nothing before it is asked.
    if level(target) == level(name):
        return (room(name), room(target)) in GROUND_EDGES
    return level(target) > level(name)


def test_each_module_has_a_layer():
    lost = [n for n in MODULES if n.startswith("dgnet_tf.") and level(n) is None]
    assert not lost, f"no layer of tests/test_layout.py names the folder of {lost}"


def test_dgnet_tf_imports_downwards_only():
    found = [
        f"{name} -> {target}"
        for name, target in EDGES
        if name.startswith("dgnet_tf.")
        and not (target.startswith("dgnet_tf.") and is_downward(name, target))
    ]
    assert not found, found


def test_packages_take_only_what_they_may():
    found = []
    for name, target in EDGES:
        package, other = name.split(".")[0], target.split(".")[0]
        if package == "dgnet_tf" or package == other or name in EXCEPTIONS:
            continue
        if other == "dgnet_tf":
            allowed = room(target) in TAKES.get(package, {room(target)})
        else:
            allowed = other in NEIGHBOURS.get(package, set())
        if not allowed:
            found.append(f"{name} -> {target}")
    assert not found, found


def test_nobody_imports_a_command():
    found = [f"{name} -> {target}" for name, target in EDGES if is_command(target)]
    assert not found, found


def test_there_is_no_circle():
    circle = []
    try:
        graphlib.TopologicalSorter(IMPORTS).prepare()
    except graphlib.CycleError as error:
        circle = error.args[1]
    assert not circle, " -> ".join(circle)


def test_no_module_is_too_long():
    lines = {n: path.read_text().count("\n") for n, path in MODULES.items()}
    assert not {name: n for name, n in lines.items() if n > MOST_LINES}


def test_no_folder_is_too_full():
    paths = [*MODULES.values(), *sorted((ROOT / "tests").rglob("*.py"))]
    counts = collections.Counter(
        str(path.parent.relative_to(ROOT))
        for path in paths
        if path.stem not in ("__init__", "__main__")
    )
    assert not {folder: n for folder, n in counts.items() if n > MOST_MODULES}


def folder(name) -> str:
    return name.rpartition(".")[0]


def names(kind) -> dict[tuple[str, str], list[str]]:
    """Returns where each public name of a kind is defined, by folder and name."""
    found = collections.defaultdict(list)
    for name in MODULES:
        for node in parsed(name).body:
            if isinstance(node, kind) and not node.name.startswith("_"):
                found[folder(name), node.name].append(name)
    return found


def test_no_module_hides_behind_a_package_of_its_name():
    hidden = [path for path in MODULES.values() if path.with_suffix("").is_dir()]
    assert not hidden, hidden


def test_no_public_class_stands_twice():
    found = collections.defaultdict(list)
    for (_, name), where in names(ast.ClassDef).items():
        found[name] += [module for module in where if module.startswith("dgnet_tf.")]
    assert not {name: where for name, where in found.items() if len(where) > 1}


def test_no_public_function_stands_twice():
    twice = {
        f"{place}: {name}": where
        for (place, name), where in names(ast.FunctionDef).items()
        if len(where) > 1 and name != "main" and name not in INTERFACES.get(place, ())
    }
    assert not twice, twice


def test_the_exceptions_are_needed():
    """An interface or a command that is gone leaves the lists above as well."""
    functions = names(ast.FunctionDef)
    for place, interface in INTERFACES.items():
        for name in interface:
            assert len(functions[place, name]) > 1, f"{place}: {name}"
    for package, found in COMMANDS.items():
        for name in found:
            assert f"{package}.{name}" in MODULES


def test_no_link_is_committed():
    """A link into one machine's folders would break every other checkout."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    listed = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    links = [line for line in listed.splitlines() if line.startswith("120000")]
    assert not links, links
