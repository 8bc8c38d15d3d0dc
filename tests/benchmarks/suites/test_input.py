"""The readers that are timed give the same windows."""

import numpy as np
import pytest

from benchmarks.suites import chunk_generator, window_examples
from dgnet_tf.data import views, windows
from preprocessing.conversion import pipeline
from preprocessing.datasets import synthetic

T, FRAMES = 4, 40


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("input")
    dataset = synthetic.read(3, FRAMES)
    ours, examples = folder / "ours", folder / "examples"
    pipeline.convert(
        dataset, ours, record_frames=16, record_overlap=4, show=lambda line: None
    )
    data = window_examples.write(dataset, examples, T)
    return ours, examples, data


def as_set(batches):
    """The windows of all batches, to the millionth of a unit, and how many."""
    found = []
    for keypoints, positions in batches:
        if isinstance(positions, dict):
            positions = positions["pose"]
        for x, y in zip(np.asarray(keypoints), np.asarray(positions), strict=True):
            numbers = np.concatenate([x.ravel(), y.ravel()])
            found.append(np.round(numbers.astype(np.float64), 5).tobytes())
    return set(found), len(found)


def chunks(ours, step, rng=None, batch_size=7):
    found = list(views.load_views(ours, "train"))
    generator = chunk_generator.ChunkGenerator(
        found, "human36m_17", T, batch_size, step=step
    )
    return generator.batches(rng)


def test_one_example_for_each_window_holds_every_window(folders):
    ours, examples, data = folders
    # One training person (the others are validation and test), 3 actions, 4 cameras.
    assert data.splits["train"].records == 12 * (FRAMES - T + 1)
    by_example, count = as_set(window_examples.load(examples, "train", 8, shuffle=True))
    assert len(by_example) == count == 12 * (FRAMES - T + 1)
    by_chunk, _ = as_set(chunks(ours, step=1))
    assert by_example == by_chunk


def test_windows_side_by_side_are_those_of_load_windows(folders):
    ours, examples, _ = folders
    expected, count = as_set(
        windows.load_windows(ours, "train", T, 8, shuffle=False, targets=["pose"])
    )
    assert len(expected) == count == 12 * FRAMES // T
    by_chunk, count = as_set(chunks(ours, step=T))
    assert (by_chunk, count) == (expected, 12 * FRAMES // T)
    by_example, _ = as_set(window_examples.load(examples, "train", 8, shuffle=False))
    assert expected < by_example


def test_the_chunk_generator_shuffles_and_keeps_its_batches(folders):
    ours, _, _ = folders
    in_order = list(chunks(ours, step=T, batch_size=8))
    shuffled = list(chunks(ours, step=T, rng=np.random.default_rng(0), batch_size=8))
    assert [len(x) for x, _ in shuffled] == [8] * 15
    assert as_set(in_order) == as_set(shuffled)
    assert any((a[0] != b[0]).any() for a, b in zip(in_order, shuffled, strict=True))
