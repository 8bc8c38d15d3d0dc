import pytest

from dgnet_tf.errors import UserError
from preprocessing.conversion.splits import assign

PEOPLE = ("S9", "S1", "S11", "S5")


def test_the_last_training_person_in_sorted_order_validates():
    assert assign(PEOPLE) == {
        "S1": "train",
        "S11": "train",
        "S5": "train",
        "S9": "validation",
    }
    assert assign(PEOPLE, own_test=("S9", "S11"))["S5"] == "validation"


def test_flags_override_the_data_sets_own_splits():
    found = assign(PEOPLE, ("S9", "S11"), ("S5",), test=["S1"], validation=["S11"])
    assert found == {"S1": "test", "S11": "validation", "S5": "train", "S9": "train"}


def test_an_empty_flag_means_no_such_split():
    assert set(assign(PEOPLE, ("S9",), ("S5",), [], []).values()) == {"train"}
    assert assign(PEOPLE, ("S9",), ("S5",), test=[])["S9"] == "train"
    assert "validation" not in assign(PEOPLE, ("S9",), validation=[]).values()


def test_a_person_named_by_a_flag_leaves_their_own_other_split():
    found = assign(PEOPLE, ("S9", "S11"), ("S5",), validation=["S9"])
    assert found == {"S1": "train", "S11": "test", "S5": "train", "S9": "validation"}
    found = assign(PEOPLE, ("S9",), ("S5",), test=["S5"])
    assert found == {"S1": "train", "S11": "train", "S5": "test", "S9": "validation"}


def test_a_single_training_person_is_not_taken_for_validation():
    assert assign(["S1"]) == {"S1": "train"}
    assert assign(["S1", "S2"], test=["S2"]) == {"S1": "train", "S2": "test"}


@pytest.mark.parametrize("flag", ["test", "validation"])
def test_an_unknown_person_is_named_with_the_known_ones(flag):
    message = f"--{flag}_subjects: no subject 'S3'.*S1, S11, S5, S9"
    with pytest.raises(UserError, match=message):
        assign(PEOPLE, **{flag: ["S1", "S3"]})


def test_one_person_in_both_flags_is_an_error():
    with pytest.raises(UserError, match="both name 'S9'"):
        assign(PEOPLE, test=["S9", "S1"], validation=["S9"])


def test_a_data_set_may_be_for_testing_alone():
    assert set(assign(PEOPLE, test=PEOPLE).values()) == {"test"}
