"""Runs of anybody are data: what their files describe is never run or revived."""

import dataclasses
import json
import shutil
import sys
import zipfile

import h5py
import numpy as np
import pytest
import tensorflow as tf

from dgnet_tf.errors import UserError
from dgnet_tf.models import runs

keras = tf.keras


@pytest.fixture
def copy(tiny_run, tmp_path):
    """A copy of a run without what its training left."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in (runs.CONFIG, runs.MODEL):
        shutil.copyfile(tiny_run / name, folder / name)
    return folder


def repacked(folder, compression=zipfile.ZIP_STORED, **members):
    """Writes the run's model anew with some of its members replaced."""
    path = folder / runs.MODEL
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    content |= {name.replace("__", "."): data for name, data in members.items()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content.items():
            if data is not None:
                archive.writestr(name, data)
    return path


def model_with_lambda(path, marker):
    """Saves a model whose layer writes a file wherever it is revived and called."""

    # Keras 3 saves the code of a lambda, and of no function with a name.
    write = lambda x, name: (open(name, "w").close(), x)[1]  # noqa: E731
    inputs = keras.Input((4, 17, 2))
    layer = keras.layers.Lambda(write, arguments={"name": str(marker)})
    model = keras.Model(inputs, layer(inputs))
    model.save(path)
    marker.unlink()


def refused(folder, reason):
    with pytest.raises(UserError, match=f"{runs.MODEL}: .*{reason}"):
        runs.load(folder)


@pytest.mark.addons
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("suffix", ["h5", "keras"])
def test_a_lambda_layer_does_not_run(copy, tmp_path, suffix):
    marker, path = tmp_path / "it_ran", tmp_path / f"evil.{suffix}"
    model_with_lambda(path, marker)
    shutil.copyfile(path, copy / runs.MODEL)
    refused(copy, "no whole Keras archive" if suffix == "h5" else "is missing")
    assert not marker.exists()
    # It would, were the file revived.
    keras.models.load_model(path, safe_mode=False)
    assert marker.exists()


@pytest.mark.addons
def test_what_an_archive_describes_is_not_revived(copy, tmp_path, monkeypatch):
    marker = tmp_path / "it_ran"
    (tmp_path / "evil_layers.py").write_text(
        f"open({str(marker)!r}, 'w').close()\nclass Evil: pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    expected = runs.load(copy).model.get_weights()
    described = {
        "module": "evil_layers", "class_name": "Evil", "registered_name": "Evil",
        "config": {},
    }  # fmt: skip
    repacked(copy, config__json=json.dumps(described), metadata__json=b"[" * 10**6)
    found = runs.load(copy).model.get_weights()
    assert "evil_layers" not in sys.modules and not marker.exists()
    for ours, theirs in zip(expected, found, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_run_that_was_packed_anew_is_read(copy):
    expected = runs.load(copy).model.get_weights()
    repacked(copy, zipfile.ZIP_DEFLATED, config__json=None)
    found = runs.load(copy).model.get_weights()
    for ours, theirs in zip(expected, found, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_weights_that_inflate_beyond_the_network_are_not_unpacked(copy):
    zeros = bytes(40 << 20)
    name = "model.weights.h5"
    repacked(copy, zipfile.ZIP_DEFLATED, **{name: zeros})
    assert (copy / runs.MODEL).stat().st_size < 1 << 20
    refused(copy, "its weights have 41943040 bytes, more than")
    repacked(copy, zipfile.ZIP_BZIP2, **{name: zeros})
    refused(copy, "compression method 12")
    repacked(copy, **{name: None})
    refused(copy, "no whole Keras archive .KeyError")


def test_an_archive_of_another_network_is_refused(copy):
    content = json.loads((copy / runs.CONFIG).read_text())
    for field, value, reason in (
        ("channels", 8, "has shape .* of another network than its configuration"),
        ("blocks", 2, "is missing"),
        ("channels", 4096, "has more than 16777216 numbers"),
    ):
        (copy / runs.CONFIG).write_text(json.dumps({**content, field: value}))
        refused(copy, reason)


def test_damaged_weights_are_one_clear_error(copy, tmp_path):
    with zipfile.ZipFile(copy / runs.MODEL) as archive:
        whole = archive.read("model.weights.h5")
    for damaged in (b"", b"junk" * 99, whole[:-100], whole[:200] + bytes(len(whole))):
        repacked(copy, **{"model.weights.h5": damaged})
        refused(copy, "is no HDF5 file|is no file of weights|cannot be read|is missing")
    linked = tmp_path / "linked.h5"
    linked.write_bytes(whole)
    with h5py.File(linked, "a") as file:
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink(str(tmp_path / "x.h5"), "/")
    repacked(copy, **{"model.weights.h5": linked.read_bytes()})
    refused(copy, "'layers/dense' is a link to another place or file")


def test_a_network_is_the_one_that_was_trained(tiny_run):
    found = runs.load(tiny_run)
    assert dataclasses.asdict(found.config).items() >= {"channels": 4}.items()
    assert found.model.get_config()["channels"] == 4
