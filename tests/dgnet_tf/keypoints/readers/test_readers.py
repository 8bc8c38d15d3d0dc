"""The interface that all readers of keypoint files share."""

import importlib
import inspect
import pkgutil

import pytest

from dgnet_tf import lift
from dgnet_tf.keypoints import keypoint_files, readers, sightings

NAMES = sorted({m.name for m in pkgutil.iter_modules(readers.__path__)})
# Checked access to JSON, and the files that are read as folders only.
READERS = [name for name in NAMES if name not in ("json_fields", "yolo_labels")]


def named(name):
    return importlib.import_module(f"{readers.__name__}.{name}")


def test_every_reader_is_listed_once():
    assert sorted(READERS) == sorted(
        reader.__name__.rpartition(".")[2] for reader in keypoint_files.READERS
    )
    assert {end for reader in keypoint_files.READERS for end in reader.SUFFIXES} == set(
        keypoint_files.SUFFIXES
    )


@pytest.mark.parametrize("name", READERS)
def test_a_reader_has_the_interface(name):
    reader = named(name)
    parameters = list(inspect.signature(reader.read).parameters)
    assert parameters == ["path", "content", "layout", "image_size", "fps"]
    assert list(inspect.signature(reader.fits).parameters) == ["content"]
    returned = inspect.signature(reader.read).return_annotation
    assert returned == sightings.Sightings.__name__
    assert reader.FORMAT and "\n" not in reader.FORMAT
    for public in ("FORMAT", "SUFFIXES", "fits(content)", "read(path, content, layout"):
        assert public in readers.__doc__


@pytest.mark.parametrize("name", [*READERS, "yolo_labels"])
def test_help_and_messages_say_what_is_read(name, tmp_path):
    reader = named(name)
    assert f"- {reader.FORMAT}" in keypoint_files.formats().splitlines()
    assert reader.FORMAT in lift.FLAGS["keypoints"].help


def test_a_format_is_taken_by_the_first_reader_that_it_fits(tmp_path, monkeypatch):
    class Reader:
        FORMAT, SUFFIXES = "a new format: `.json`", (".json",)

        @staticmethod
        def fits(content):
            return "new" in content

        @staticmethod
        def read(path, content, layout, image_size, fps):
            raise RuntimeError(f"{path.name} {content} {layout} {image_size}")

    known = keypoint_files.READERS
    monkeypatch.setattr(keypoint_files, "READERS", (*known, Reader))
    path = tmp_path / "a.json"
    path.write_text('{"new": 1}')
    with pytest.raises(RuntimeError, match="a.json {'new': 1} coco_17 \\(64, 48\\)"):
        keypoint_files.read(path, "coco_17", (64, 48))
    path.write_text('{"newer": 1}')
    with pytest.raises(keypoint_files.UserError, match="Known .json.*; a new format"):
        keypoint_files.read(path, "coco_17", (64, 48))
