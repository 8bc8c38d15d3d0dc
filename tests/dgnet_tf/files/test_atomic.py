"""Files and folders that appear whole or not at all."""

import pytest

from dgnet_tf.files.atomic import replacing, write_text


def test_a_file_takes_the_place_of_an_older_one_at_the_end(tmp_path):
    path = tmp_path / "new" / "report.json"
    for text in ("first", "second"):
        with replacing(path) as beside:
            assert beside.suffix == ".json"
            beside.write_text(text)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_appears_with_all_of_its_files(tmp_path):
    with replacing(tmp_path / "1") as beside:
        beside.mkdir()
        (beside / "a").write_text("a")
        assert not (tmp_path / "1").exists()
    assert [p.name for p in (tmp_path / "1").iterdir()] == ["a"]
    assert list(tmp_path.iterdir()) == [tmp_path / "1"]


@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_after_an_error_the_old_stays_and_nothing_else(tmp_path, kind):
    path = tmp_path / "poses.npz"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as beside:
        if kind == "file":
            beside.write_text("half")
        elif kind == "folder":
            beside.mkdir()
            (beside / "half").write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_no_file_can_hold_leaves_the_older_one(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "Zoë\n")
    assert path.read_bytes() == "Zoë\n".encode()
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half a pair: \ud800")
    assert path.read_bytes() == "Zoë\n".encode()
    assert list(path.parent.iterdir()) == [path]
