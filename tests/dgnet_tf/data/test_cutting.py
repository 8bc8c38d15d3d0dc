import itertools

import numpy as np
import pytest
import tensorflow as tf
from support import record_sets

from dgnet_tf.data import cutting

RECORD_FRAMES, OVERLAP = 16, 6
LENGTHS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 22, 26, 27, 40)


def _cut(take, function, window):
    """Frames in the view of all windows, in the order of the records."""
    found = []
    for record in record_sets.record_list(take, RECORD_FRAMES, OVERLAP, joints=1):
        indices = function(_tensors(record), window).numpy() + record["first_frame"]
        found.extend(tuple(map(int, row)) for row in indices)
    return found


def _tensors(record):
    names = ("frames", "first_frame", "view_frames", "valid")
    return {name: tf.constant(record[name], tf.int64) for name in names}


def _window(frames, stride):
    return cutting.Window(frames, stride, RECORD_FRAMES, OVERLAP)


def _reference(view_frames, frames, stride, phase):
    """The windows of one view, block by block."""
    block = frames * stride
    begins = set()
    begin = phase - block if phase else 0
    while begin < view_frames:
        begins.add(min(max(begin, 0), max(view_frames - block, 0)))
        begin += block
    starts = {b + r for b in begins for r in range(stride) if b + r < view_frames}
    return [
        tuple(min(start + stride * i, view_frames - 1) for i in range(frames))
        for start in sorted(starts)
    ]


@pytest.mark.parametrize("frames, stride", [(1, 1), (4, 1), (7, 1), (2, 3), (3, 2)])
def test_records_together_give_the_windows_of_the_whole_view(frames, stride):
    window = _window(frames, stride)
    phases = {0, 1, window.block // 2, window.block - 1} & set(range(window.block))
    for length, phase in itertools.product(LENGTHS, sorted(phases)):
        take = record_sets.Take(1, length)
        cut = _cut(
            take,
            lambda record, window, phase=phase: cutting.training_windows(
                record, window, tf.constant(phase, tf.int64)
            ),
            window,
        )
        assert cut == _reference(length, frames, stride, phase), (length, phase)
        if phase == 0:
            in_order = _cut(take, cutting.ordered_windows, window)
            assert in_order == cut


@pytest.mark.parametrize("stride", [1, 2])
def test_each_frame_is_seen_once_where_blocks_fill_the_view(stride):
    window = _window(3, stride)
    take = record_sets.Take(1, 48)
    cut = _cut(take, cutting.ordered_windows, window)
    assert sorted(itertools.chain(*cut)) == list(range(48))


def test_training_windows_hold_no_invalid_frame():
    take = record_sets.Take(1, 40, invalid=(0, 9, 10, 11, 25))
    for phase in range(4):
        cut = _cut(
            take,
            lambda record, window, phase=phase: cutting.training_windows(
                record, window, tf.constant(phase, tf.int64)
            ),
            _window(4, 1),
        )
        expected = [
            window
            for window in _reference(40, 4, 1, phase)
            if not set(window) & set(take.invalid)
        ]
        assert cut == expected


def test_evaluation_shows_the_nearest_valid_frame_for_an_invalid_one():
    take = record_sets.Take(1, 14, invalid=(0, 5, 6, 8, 9, 10, 11))
    cut = _cut(take, cutting.ordered_windows, _window(4, 1))
    # Frames 8 to 11 have no valid frame; the last window starts at 14 - 4.
    assert cut == [(1, 1, 2, 3), (4, 4, 7, 7), (12, 12, 12, 13)]


def test_each_valid_frame_is_evaluated():
    generator = np.random.default_rng(1)
    for length in LENGTHS:
        invalid = np.flatnonzero(generator.random(length) < 0.4)
        take = record_sets.Take(1, length, tuple(map(int, invalid)))
        for frames, stride in [(4, 1), (2, 3)]:
            cut = _cut(take, cutting.ordered_windows, _window(frames, stride))
            assert set(itertools.chain(*cut)) == set(range(length)) - set(take.invalid)


@pytest.mark.parametrize("frames, stride", [(3, 1), (2, 3), (3, 2)])
def test_a_training_window_is_announced_where_some_phase_gives_one(frames, stride):
    window = _window(frames, stride)
    generator = np.random.default_rng(2)
    answers = []
    for length in (1, 2, 3, 5, 6, 7, 12, 20):
        for share in (0.3, 0.6):
            invalid = np.flatnonzero(generator.random(length) < share)
            take = record_sets.Take(1, length, tuple(map(int, invalid)))
            expected = any(
                not set(found) & set(take.invalid)
                for phase in range(window.block)
                for found in _reference(length, frames, stride, phase)
            )
            announced = any(
                cutting.has_training_window(_tensors(record), window)
                for record in record_sets.record_list(take, RECORD_FRAMES, OVERLAP, 1)
            )
            assert announced == expected, take
            answers.append(expected)
    assert set(answers) == {True, False}
