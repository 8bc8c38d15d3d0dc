"""Names, folders and `preset.json` of trained weights."""

import json

import pytest
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.errors import UserError
from dgnet_tf.models import weight_folders


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder, _ = stand_ins.write(tmp_path_factory.mktemp("presets"))
    return folder


@pytest.fixture
def copy(made, tmp_path):
    """A folder of the same content that a test may damage."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in (weight_folders.FILE, weight_folders.WEIGHTS):
        (folder / name).write_bytes((made / name).read_bytes())
    return folder


def change(folder, **fields):
    path = folder / weight_folders.FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_name_comes_before_a_folder_of_that_name(made, tmp_path, monkeypatch):
    assert weight_folders.find(made) == made
    stand_ins.ship(monkeypatch, made.parent)
    assert weight_folders.names() == [stand_ins.NAME]
    here, _ = stand_ins.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert weight_folders.find(stand_ins.NAME) == made
    assert weight_folders.find(f"./{stand_ins.NAME}").resolve() == here
    assert weight_folders.default() == stand_ins.NAME


def test_unknown_names_are_refused_with_those_that_there_are(
    made, tmp_path, monkeypatch
):
    monkeypatch.setattr(weight_folders, "FOLDER", tmp_path / "none")
    assert weight_folders.names() == []
    with pytest.raises(UserError, match="unheard: is neither.*ships no weights"):
        weight_folders.find("unheard")
    with pytest.raises(UserError, match="mocap_human36m_17.*not in this installation"):
        weight_folders.default()
    monkeypatch.setattr(weight_folders, "FOLDER", made.parent)
    for name in ("unheard", "..", "", "tiny_human36m_17/../none"):
        assert not weight_folders.exists(name)
        with pytest.raises(UserError, match=f"ships {stand_ins.NAME};"):
            weight_folders.find(name)


@pytest.mark.parametrize("name", ["mocap_human36m_17", "a", "0"])
def test_names_are_plain(name):
    assert weight_folders.is_name(name)


@pytest.mark.parametrize("name", ["", "_a", "a-b", "A", "../a", "a/b", "a.b", "a\n"])
def test_names_that_are_paths_or_flags_are_none(name):
    assert not weight_folders.is_name(name)


def test_damaged_weights_are_refused(copy):
    path = copy / weight_folders.WEIGHTS
    assert weight_folders.weights_file(copy) == path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(UserError, match="has sha256 .* damaged or was replaced"):
        weight_folders.weights_file(copy)
    path.write_bytes(content[:-1])
    message = f"has bytes {len(content) - 1} where preset.json says {len(content)}"
    with pytest.raises(UserError, match=message):
        weight_folders.weights_file(copy)
    path.unlink()
    with pytest.raises(UserError, match="h5: not found. Copy the folder again"):
        weight_folders.weights_file(copy)


def test_damaged_json_is_refused_with_the_field(copy):
    path = copy / weight_folders.FILE
    content = json.loads(path.read_text())
    for field in ("format", "name", "version", "config", "weights", "scores"):
        fewer = {key: value for key, value in content.items() if key != field}
        path.write_text(json.dumps(fewer))
        with pytest.raises(UserError, match=f"has no field '{field}'"):
            weight_folders.read(copy)
        path.write_text(json.dumps({**content, field: None}))
        with pytest.raises(UserError, match=f"'{field}' must be .* None"):
            weight_folders.read(copy)
    for text, message in (
        ("[1]", "must hold a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        (
            json.dumps({**content, "format": 2}),
            "'format' is 2, this code reads 1",
        ),
        (json.dumps({**content, "weights": {"bytes": 3}}), "no field 'weights.sha256'"),
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=message):
            weight_folders.read(copy)
    path.unlink()
    with pytest.raises(UserError, match="preset.json: not found"):
        weight_folders.read(copy)


def test_a_shipped_folder_that_is_damaged_is_to_be_installed_again(copy, monkeypatch):
    monkeypatch.setattr(weight_folders, "FOLDER", copy.parent)
    change(copy, weights={"bytes": 1, "sha256": "00" * 32})
    with pytest.raises(UserError, match="Install the package again"):
        weight_folders.weights_file(copy)
