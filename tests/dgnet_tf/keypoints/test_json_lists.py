"""JSON lists, read entry by entry."""

import json
import random
import subprocess
import sys
import time

import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import json_lists, keypoint_files
from dgnet_tf.keypoints.json_lists import JsonList


@pytest.fixture
def in_bits(monkeypatch):
    """Reads a few characters at a time, so that everything is cut somewhere."""
    monkeypatch.setattr(json_lists, "_CHUNK", 7)
    monkeypatch.setattr(json_lists, "SMALL", 0)


def entries(rng, depth=0):
    kinds = [
        lambda: rng.choice([None, True, False, 0, -1, 12.5e-7, 10**30, float("inf")]),
        lambda: "".join(rng.choices('ab"\\\n\u00e9\u20ac\U0001f600[]{},:', k=9)),
        lambda: [entries(rng, depth + 1) for _ in range(rng.randrange(4))],
        lambda: {str(i): entries(rng, depth + 1) for i in range(rng.randrange(4))},
    ]
    return rng.choice(kinds[: 2 if depth > 2 else 4])()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-le"])
def test_lists_in_bits_are_what_json_makes_of_them(tmp_path, in_bits, encoding):
    rng, path = random.Random(0), tmp_path / "a.json"
    for case in range(60):
        content = [entries(rng) for _ in range(rng.randrange(8))]
        text = json.dumps(content, ensure_ascii=case % 2 == 0, indent=case % 3 or None)
        path.write_bytes(f" \n{text}\n ".encode(encoding))
        found = json_lists.load(path)
        assert isinstance(found, JsonList)
        assert list(found) == content == list(found)
        assert found.first == (content[0] if content else None)


def test_lists_in_an_object_are_read_in_bits(tmp_path, in_bits):
    rng, path = random.Random(1), tmp_path / "a.json"
    for _ in range(60):
        names = [entries(rng, 9) for _ in range(rng.randrange(6))]
        content = {str(name): entries(rng) for name in names}
        path.write_text(json.dumps(content, indent=rng.choice([None, 1])))
        found = json_lists.load(path)
        assert list(found) == list(content)
        for name, value in found.items():
            assert isinstance(value, JsonList) == isinstance(content[name], list)
            listed = list(value) if isinstance(value, JsonList) else value
            assert listed == content[name]
    for text in ('{"a":1,"a":2}', '{"a" 1}', '{"a":1', '{"a":1}}', "{1:2}", '{"a":1,}'):
        path.write_text(text)
        with pytest.raises(UserError, match="is not readable JSON"):
            json_lists.load(path)
    path = detector_files.mmpose(tmp_path / "a.json", walk("coco_17"))
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    assert person.first_frame == 1 and len(person.keypoints) == 6


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1]]",
        "[1] x",
        "[nul]",
        '["a]',
        "[{]",
    ],
)
def test_what_is_no_json_is_refused(tmp_path, in_bits, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(UserError, match="a.json: is not readable JSON .*Let the dete"):
        list(json_lists.load(path))


def test_depth_without_end_is_refused_in_words(tmp_path, in_bits, monkeypatch):
    path = tmp_path / "a.json"
    path.write_text("[" + "[" * 200_000)
    with pytest.raises(UserError, match="nested too deep"):
        list(json_lists.load(path))


def test_readers_take_lists_in_bits(tmp_path, in_bits):
    two = [*walk("coco_17", 3, 1), *walk("coco_17", 3, 2, x=400.0)]
    path = detector_files.coco(tmp_path / "a.json", two)
    assert len(keypoint_files.read(path, "coco_17", SIZE).people) == 2
    path = detector_files.mmpose(tmp_path / "a.json", walk("coco_17"), demo=False)
    assert len(keypoint_files.read(path, "coco_17", SIZE).people[0].keypoints) == 6
    path = detector_files.mediapipe(tmp_path / "a.json", walk("mediapipe_33", 3), 3)
    assert len(keypoint_files.read(path, "mediapipe_33", SIZE, 30).people) == 1


def test_more_entries_than_a_video_has_are_refused(tmp_path, in_bits, monkeypatch):
    monkeypatch.setattr(json_lists, "MAX_ENTRIES", 5)
    path = detector_files.write_json(tmp_path / "a.json", [[]] * 6)
    with pytest.raises(UserError, match="holds more than 5 entries.*or split the vid"):
        keypoint_files.read(path, "mediapipe_33", SIZE)
    detector_files.write_json(path, [[]] * 5)
    with pytest.raises(UserError, match="every joint is missing"):
        keypoint_files.read(path, "mediapipe_33", SIZE)


HEAD = "frame,landmark,x,y\n"
# What a file begins with, what follows so many times, and what it ends with.
MEGABYTES = {
    "empty lists.json": ("[", "[],", 10_000_000, "[]]"),
    "one entry of empty lists.json": ("[[", "[],", 10_000_000, "[]]]"),
    "an object of empty objects.json": ('{"people":[', "{},", 10_000_000, "{}]}"),
    "names.json": ("[", '{"":0},', 4_000_000, "0]"),
    "nobody.json": ('[{"landmarks":[],"frame":0}', ",null", 5_000_000, "]"),
    "frames.json": ("[", '{"frame":0,"landmarks":[]},', 2_000_000, "null]"),
    "a letter of four bytes.json": ('["\U0001f600', "x", 200_000_000, '"]'),
    "unfinished.json": ('["', "x", 200_000_000, ""),
    "rows.csv": (HEAD, "0,0,,\n", 5_000_000, ""),
    "frames.csv": (HEAD, "{},0,0,0\n", 2_000_000, ""),
    "cells.csv": (HEAD, ",", 30_000_000, ""),
    "lines.csv": (HEAD, "\n", 30_000_000, ""),
    "quotes.csv": (HEAD, '"\n",', 10_000_000, ""),
}
SCRIPT = """
import pathlib, sys
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files
try:
    keypoint_files.read(sys.argv[1], "mediapipe_33", (640, 480))
except UserError as error:
    print(error)
status = pathlib.Path("/proc/self/status").read_text()
print(status.partition("VmHWM:")[2].split()[0])
"""


def write_repeated(path, head, unit, count, tail):
    with open(path, "w", encoding="utf-8") as file:
        file.write(head)
        for first in range(0, count, 100_000):
            numbers = range(first, min(first + 100_000, count))
            numbered = path.name == "frames.csv"
            made = map(unit.format, numbers) if numbered else [unit] * len(numbers)
            file.write("".join(made))
        file.write(tail)


@pytest.mark.slow
@pytest.mark.parametrize("name", MEGABYTES)
def test_small_files_never_become_gigabytes(tmp_path, name):
    path = tmp_path / name
    write_repeated(path, *MEGABYTES[name])
    run = [sys.executable, "-c", SCRIPT, path]
    started = time.monotonic()
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert time.monotonic() - started < 60
    assert not done.stderr, done.stderr
    message, peak = done.stdout.splitlines()
    assert str(path) in message and len(message) < 600
    assert int(peak) < 700_000  # kB
