import pytest

from dgnet_tf.errors import UserError
from preprocessing.datasets.human36m import names


def full_set():
    return [
        (subject, action + suffix)
        for subject in names.SUBJECTS
        for action in names.ACTIONS
        for suffix in ("", " 1")
        if (subject, action + suffix) != ("S11", "Directions")
    ]


def test_sitting_is_not_sitting_down():
    assert names.action_of("SittingDown 2") == "SittingDown"
    assert names.action_of("Sitting 1") == "Sitting"
    assert names.action_of("Walking") == "Walking"


def test_s1s_two_names_become_everybodys():
    found = names.takes([("S1", "TakingPhoto"), ("S1", "WalkingDog 1")])
    assert found == {
        ("S1", "Photo"): "TakingPhoto",
        ("S1", "WalkDog 1"): "WalkingDog 1",
    }


def test_of_s11_only_the_directions_with_the_damaged_video_is_left_out():
    sequences = [("S11", "Directions"), ("S11", "Directions 1"), ("S9", "Directions")]
    assert list(names.takes(sequences)) == sequences[1:]


def test_an_unknown_action_is_refused():
    for name in ("_ALL", "Running 1", "walking", "Walking1", "", " 1"):
        with pytest.raises(
            UserError, match=f"S5 has a sequence '{name}', whose action"
        ):
            names.takes([("S5", name)])


def test_two_names_of_one_sequence_are_refused():
    with pytest.raises(UserError, match="S1 has both 'Photo 1' and 'TakingPhoto 1'"):
        names.takes([("S1", "Photo 1"), ("S1", "TakingPhoto 1")])


def test_the_full_set_lacks_nothing():
    assert names.completeness(full_set()) == "Human3.6M: 209 of 209 sequences"


def test_missing_people_and_sequences_are_told():
    at_hand = [
        (subject, take)
        for subject, take in full_set()
        if subject != "S6"
        and (subject, take) not in {("S1", "Photo"), ("S5", "Posing")}
        if (subject, names.action_of(take)) != ("S11", "Eating")
    ]
    assert names.completeness(at_hand) == (
        "Human3.6M: 175 of 209 sequences; missing: of S1 1 Photo; of S5 1 Posing; "
        "all of S6; of S11 2 Eating"
    )
