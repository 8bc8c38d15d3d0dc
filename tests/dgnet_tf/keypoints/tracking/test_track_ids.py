"""Trackers' ids: kept where they hold, mended where they do not."""

import dataclasses

import numpy as np
import pytest
from support.keypoints import walkers

from dgnet_tf.keypoints import tracks
from dgnet_tf.keypoints.detections import Detection


def named(found, person):
    return [dataclasses.replace(one, person=person) for one in found]


def walker(person, seed=0, frames=100, fps=25.0, first=0, **options):
    return walkers.detected(
        seed, walkers.walk(seed, frames, fps, **options), person, first
    )


def two(names=("4", "9")):
    """Two walkers at different places, 100 frames each."""
    return [
        walker(name, seed, start=start, speed=0.5)
        for seed, (name, start) in enumerate(zip(names, (-2.0, 0.5), strict=True))
    ]


def points(found):
    return np.stack([one.keypoints for one in found])


def joined(*groups):
    return tracks.join("a.json", [one for group in groups for one in group])


def check(people, expected):
    """Checks that tracks are as the groups are, by name."""
    assert [track.person for track in people] == list(expected)
    for track, group in zip(people, expected.values(), strict=True):
        np.testing.assert_array_equal(track.keypoints, points(group))


def test_ids_are_kept_where_people_meet(capsys):
    for seed in range(5):
        one, other = walkers.meeting(seed)
        check(
            joined(named(one, "9"), named(other, "4")),
            {"9": one, "4": other},
        )
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["7", "2000000001", "9007199254740991", "anna b"])
def test_who_leaves_and_comes_back_with_the_same_id_is_one_person(name, capsys):
    before = walker(name, frames=40)
    after = walker(name, frames=40, first=90, start=2.0, speed=-1.4)
    other = walker("3", 1, frames=130, start=0.0, speed=0.1)
    track, still = joined(before, after, other)
    assert (track.person, len(track.keypoints), still.person) == (name, 130, "3")
    np.testing.assert_array_equal(track.keypoints[90:], points(after))
    assert not track.confidence[40:90].any()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("where", [(0,), (50,), (99,), (50, 51, 52), range(0, 100, 9)])
def test_a_detection_without_an_id_goes_to_who_is_there(where, capsys):
    one, other = two()
    for frame in where:
        one[frame] = dataclasses.replace(one[frame], person=None)
    people = joined(one, other)
    by_name = {track.person: track for track in people}
    check([by_name["4"], by_name["9"]], {"4": one, "9": other})
    assert capsys.readouterr().err == (
        "warning: a.json: not all ids tell people apart: "
        f"{len(where)} without an id (first in frame {where[0]}). There, people are "
        "told apart by their keypoints.\n"
    )


@pytest.mark.parametrize("frame", [0, 50, 99])
@pytest.mark.parametrize("reverse", [False, True])
def test_an_id_twice_in_one_frame_goes_to_who_is_there(frame, reverse, capsys):
    one, other = two()
    other[frame] = dataclasses.replace(other[frame], person="4")
    people = joined(*((other, one) if reverse else (one, other)))
    by_name = {track.person: track for track in people}
    check([by_name["4"], by_name["9"]], {"4": one, "9": other})
    err = capsys.readouterr().err
    assert f"2 of an id that is in the frame twice (first in frame {frame})" in err
    assert err.count("\n") == 1


def test_one_id_twice_with_a_ghost_keeps_the_person(capsys):
    found = walker("4")
    ghost = dataclasses.replace(found[50], keypoints=found[50].keypoints + [500, 0])
    person, stray = joined(found[:50], [ghost], found[50:])
    assert (person.person, stray.person) == ("4", "1")
    np.testing.assert_array_equal(person.keypoints, points(found))
    assert (stray.first_frame, len(stray.keypoints)) == (50, 1)


def test_an_id_that_never_holds_names_nobody():
    one, other = two()
    strays = [
        dataclasses.replace(other[50], keypoints=other[50].keypoints + x, person="2")
        for x in (500, 800)
    ]
    people = joined(one, strays)
    assert [track.person for track in people] == ["4", "1", "3"]


def test_one_id_for_everybody_is_none(capsys):
    one, other = two(("0", "0"))
    check(joined(one, other), {"1": one, "2": other})
    assert capsys.readouterr().err == ""


def test_ids_that_are_mostly_twice_are_not_used(capsys):
    one, other = two(("0", "0"))
    one[7], other[7] = named([one[7]], "3")[0], named([other[7]], "4")[0]
    check(joined(one, other), {"1": one, "2": other})
    assert "most ids are in one frame more than once" in capsys.readouterr().err


@pytest.mark.parametrize("gap", [0, 4])
def test_one_id_for_two_people_who_share_no_frame_is_two_people(gap, capsys):
    one, other = two(("7", "7"))
    other = other[40 + gap :]
    people = joined(one[:40], other)
    check(people, {"1": one[:40], "7": other})
    err = capsys.readouterr().err
    assert "40 where an id jumps to another place (first in frame 0)" in err


def test_ids_that_change_places_are_put_right():
    one, other = two()
    found = [
        *one[:30], *named(one[30:33], "9"), *one[33:60], *named(one[60:], "9"),
        *other[:30], *named(other[30:33], "4"), *other[33:60], *named(other[60:], "4"),
    ]  # fmt: skip
    check(joined(found), {"4": one, "9": other})


def test_who_gets_an_id_late_is_one_person():
    one, other = two()
    people = joined(named(one[:60], None), one[60:], other)
    check(people, {"4": one, "9": other})


@pytest.mark.parametrize(("fps", "speed"), [(25, 9.0), (10, 5.0), (2, 1.4), (1, 0.7)])
def test_fast_people_and_low_frame_rates_keep_their_ids(fps, speed, capsys):
    frames = int(4 * fps / speed)
    runner = walker("7", 3, max(frames, 4), fps, start=-2.0, speed=speed)
    people = joined(runner, walker("8", 4, 100, start=0.0, speed=0.2))
    assert [track.person for track in people] == ["7", "8"]
    assert capsys.readouterr().err == ""


def test_ids_at_low_frame_rates_may_stand_and_walk():
    """At one frame a second a walker moves by their size from frame to frame."""
    found = [
        one
        for number in range(5)
        for one in walker(str(number), number, 4, 1.0, start=-2.0, first=4 * number)
    ]
    assert [len(track.keypoints) for track in joined(found)] == [4] * 5


def test_far_keypoints_are_no_jump(capsys):
    rng = np.random.default_rng(0)
    found = walker("4")
    for one in found[::5]:
        one.keypoints[rng.permutation(17)[:4]] = rng.uniform(0, 1000, (4, 2))
    for one in found[40:60]:
        one.confidence[:9], one.keypoints[:9] = 0, np.nan
    assert len(joined(found)) == 1
    assert capsys.readouterr().err == ""


def test_whatever_the_ids_every_detection_is_in_one_track():
    rng = np.random.default_rng(0)
    for _ in range(100):
        frames = np.sort(rng.integers(0, rng.choice([3, 20, 200]), rng.integers(1, 60)))
        found = []
        for frame in frames.tolist():
            scores = rng.choice([0.0, 1e-320, 1e-9, 0.5, 1.0], 3, p=[0.3, *[0.175] * 4])
            scores[0] = max(scores[0], 1e-320)
            at = rng.choice([0.0, 300.0, -1e6, 1e6], (3, 2)) + rng.normal(size=(3, 2))
            at = np.where(scores[:, None] > 0, at.clip(-1e6, 1e6), np.nan)
            name = rng.choice([None, "1", "2", "anna"])
            found.append(Detection(frame, at, scores, name))
        rng.shuffle(found)
        people = tracks.join("a", found)
        assert len({track.person for track in people}) == len(people)
        expected = sorted(
            (one.frame, *one.confidence, one.keypoints[0, 0]) for one in found
        )
        assert expected == sorted(
            (track.first_frame + frame, *scores, points[0, 0])
            for track in people
            for frame, (scores, points) in enumerate(
                zip(track.confidence, track.keypoints, strict=True)
            )
            if scores.any()
        )


def test_ids_that_are_new_in_each_frame_name_nobody(capsys):
    one, other = two()
    numbered = [
        dataclasses.replace(found, person=str(number))
        for number, found in enumerate((*one, *other))
    ]
    check(joined(numbered), {"1": one, "2": other})
    assert "most ids are in one frame only" in capsys.readouterr().err
