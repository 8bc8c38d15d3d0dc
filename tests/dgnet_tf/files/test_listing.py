"""What is listed of a folder, and that nothing walks folders in another way."""

import ast

from test_layout import MODULES

from dgnet_tf.files import listing

WALKS = {"glob", "rglob", "iterdir", "walk", "scandir", "listdir"}


def test_leftovers_of_file_systems_are_left_out(tmp_path):
    home = tmp_path / ".cache" / "mine"  # Only what is below counts.
    for name in (
        "b.bvh", "a.bvh", "deep/c.bvh", "._a.bvh", ".DS_Store", ".hidden/d.bvh",
        "__MACOSX/e.bvh", "deep/__MACOSX/._c.bvh", "deep/.Trashes/f.bvh",
    ):  # fmt: skip
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("")
    names = [path.relative_to(home).as_posix() for path in listing.found(home)]
    assert names == ["a.bvh", "b.bvh", "deep"]
    deep = [path.relative_to(home).as_posix() for path in listing.found(home, "**/*")]
    assert deep == ["a.bvh", "b.bvh", "deep", "deep/c.bvh"]
    assert listing.found(tmp_path / "nowhere") == []


def test_no_reader_walks_folders_in_another_way():
    found = {
        (name, node.func.attr)
        for name, path in MODULES.items()
        if name.startswith(("preprocessing.datasets", "dgnet_tf.keypoints"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in WALKS
    }
    assert not found
