"""Files of weights that are damaged although their digest is theirs."""

import json
import random
import re
import tempfile

import numpy as np
import pytest
from support.endings import full_disk
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from dgnet_tf.models import weight_files, weight_folders


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of weights that tests write into, its weights and its network."""
    folder, run = stand_ins.write(tmp_path_factory.mktemp("weights"))
    return folder, (folder / weight_folders.WEIGHTS).read_bytes(), run.model


def write(folder, content):
    """Writes weights, and their size and digest into `preset.json`."""
    path = folder / weight_folders.WEIGHTS
    path.write_bytes(content)
    described = json.loads((folder / weight_folders.FILE).read_text())
    described["weights"] |= {"bytes": len(content), "sha256": provenance.sha256(path)}
    (folder / weight_folders.FILE).write_text(json.dumps(described))
    return path


def damaged(content, rng):
    content = bytearray(content)
    # Half of the time where HDF5 says what there is.
    at = rng.randrange(1, rng.choice((2000, len(content))))
    kind = rng.randrange(4)
    if kind == 0:
        content[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        content[at : at + 8] = b"\xff" * 8
    elif kind == 2:
        content[at : at + 4] = rng.randbytes(4)
    else:
        del content[at:]
    return bytes(content)


def test_damage_anywhere_in_a_file_is_one_line_that_names_it(made):
    folder, content, model = made
    rng, refused = random.Random(0), 0
    for _ in range(24):
        path = write(folder, damaged(content, rng))
        try:
            weight_files.load_into(model, folder)
        except UserError as error:
            refused += 1
            assert re.match(f"{path}: [^\n]{{10,400}}$", str(error))
        else:  # Another number, or a byte that nothing reads.
            assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert refused > 4


def test_weights_that_are_not_finite_are_refused(made, tmp_path):
    folder, content, model = made
    weights = model.get_weights()
    try:
        model.set_weights([np.full_like(weight, np.nan) for weight in weights])
        path = weight_files.save(model, tmp_path / weight_folders.WEIGHTS)
    finally:
        model.set_weights(weights)
    write(folder, path.read_bytes())
    with pytest.raises(UserError, match="h5: holds weights that are not finite"):
        weight_files.load_into(model, folder)
    write(folder, content)


def test_a_temporary_folder_without_room_is_named_and_not_the_file(
    made, tmp_path, monkeypatch
):
    _, content, model = made
    archive = tmp_path / "model.keras"
    model.save(archive)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for limit in (0, len(content) // 2, len(content)):
        with full_disk.files_of(limit), pytest.raises(OSError, match="too large") as e:
            weight_files.load_archive_into(model, archive)
        assert str(e.value.filename).startswith(str(temporary))
        # Keras itself leaves an empty folder.
        assert not [path for path in temporary.rglob("*") if path.is_file()]
