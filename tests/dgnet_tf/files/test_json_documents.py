"""Our JSON files: what is written is read, and what is not ours is refused."""

import json

import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.files import json_documents, schemas


class Walker(schemas.Schema):
    name: schemas.Text
    age: schemas.Count | None


class Walks(schemas.Schema):
    walks: list[schemas.Number]
    walker: Walker


KIND = json_documents.JsonKind(
    "a list of walks", "Walk again.", "Go for a walk.", Walks, ("version", 2)
)
CONTENT = {"version": 2, "walks": [1.5], "walker": {"name": "Zoë", "age": None}}


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "new" / "walks.json"
    json_documents.write(path, CONTENT)
    assert KIND.read(path) == KIND.find(path) == CONTENT
    assert path.read_bytes().isascii()
    assert path.read_text() == json_documents.dumps(CONTENT)
    assert path.read_text() == json.dumps(CONTENT, indent=2) + "\n"
    path.write_text(json.dumps(CONTENT, ensure_ascii=False), encoding="utf-8")
    assert KIND.read(path) == CONTENT


def test_keys_are_sorted_where_that_is_asked_for():
    assert json_documents.dumps({"b": 1, "a": 2}, sort_keys=True) == (
        '{\n  "a": 2,\n  "b": 1\n}\n'
    )


def test_numbers_that_json_cannot_hold_leave_the_older_file(tmp_path):
    path = tmp_path / "walks.json"
    json_documents.write(path, CONTENT)
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON compliant"):
            json_documents.write(path, {**CONTENT, "walks": [number]})
    assert KIND.read(path) == CONTENT
    assert [found.name for found in tmp_path.iterdir()] == ["walks.json"]


def test_a_missing_file_says_what_makes_one(tmp_path):
    path = tmp_path / "walks.json"
    assert KIND.find(path) is None
    with pytest.raises(UserError, match="walks.json: not found. Go for a walk"):
        KIND.read(path)
    plain = json_documents.JsonKind("a list", "Walk again.")
    with pytest.raises(UserError, match="walks.json: not found. Walk again"):
        plain.read(path)


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff{}", "not JSON"),
        (b"[" * 100_000, "not JSON .*recursion limit"),
        (b"[1]", "must hold a JSON object"),
        (b"{}", "has no field 'version'"),
        (b'{"version": "2"}', "'version' must be a whole number, got '2'"),
        (b'{"version": true}', "'version' must be a whole number, got True"),
    ],
)
def test_what_is_none_is_refused_with_file_and_reason(content, message, tmp_path):
    path = tmp_path / "walks.json"
    path.write_bytes(content)
    with pytest.raises(
        UserError, match=f"walks.json: not a list of walks: .*{message}.*Walk again"
    ):
        KIND.read(path)


def test_a_number_beyond_a_float_is_refused_where_the_schema_leaves_a_field_open(
    tmp_path,
):
    path = tmp_path / "walks.json"
    text = json.dumps({**CONTENT, "more": {"of": [1, 2.5]}})
    path.write_text(text)
    assert KIND.read(path)["more"] == {"of": [1, 2.5]}
    path.write_text(text.replace("2.5", "1e999"))
    with pytest.raises(UserError, match="field 'more.of.1' must hold finite numbers"):
        KIND.read(path)


def test_a_file_of_another_version_says_what_reads_it(tmp_path):
    path = tmp_path / "walks.json"
    path.write_text('{"version": 3, "walks": 0}')
    with pytest.raises(UserError) as error:
        KIND.read(path)
    assert str(error.value) == (
        f"{path}: not a list of walks: field 'version' is 3, this code reads 2. Use "
        "the version of the package that wrote it, or walk again."
    )


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"walks": {}}, "field 'walks' must be a list, got {}"),
        ({"walker": []}, "field 'walker' must be an object, got \\[\\]"),
        ({"walker": {"name": "Zoë"}}, "has no field 'walker.age'"),
        ({"walker": {"name": 3, "age": 4}}, "'walker.name' must be text, got 3"),
    ],
)
def test_a_field_that_is_wrong_is_named(changes, message, tmp_path):
    path = tmp_path / "walks.json"
    json_documents.write(path, {**CONTENT, **changes})
    with pytest.raises(UserError, match=message):
        KIND.read(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "walks.json"
    json_documents.write(path, CONTENT)
    monkeypatch.setattr(json_documents, "MAX_BYTES", 20)
    with pytest.raises(UserError, match=r"has \d+ bytes, more than 20\. Walk again"):
        KIND.read(path)


def test_a_folder_in_a_files_place_is_refused(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        KIND.read(tmp_path)


@pytest.mark.parametrize(
    "error, message",
    [
        (KeyError("shoes"), "has no field 'shoes'. Walk again"),
        (ValueError("too far."), "not a list of walks: too far. Walk again"),
        (UserError("`pace` must be at least 1, got 0."), "got 0. Walk again"),
        (TypeError("no walk"), "no walk. Walk again"),
    ],
)
def test_what_nothing_can_be_made_of_is_refused(error, message):
    with pytest.raises(UserError, match=f"^walks.json: .*{message}.$"):
        with KIND.building("walks.json"):
            raise error
    with pytest.raises(RuntimeError):
        with KIND.building("walks.json"):
            raise RuntimeError("a mistake of ours")
