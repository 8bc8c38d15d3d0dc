"""Lists of action names: what they hold, and what is refused."""

import pytest

from dgnet_tf.config import action_names
from dgnet_tf.errors import UserError


@pytest.mark.parametrize(
    "text, names",
    [
        ("", ()),
        ("  ", ()),
        ("Walking", ("Walking",)),
        ("Walking, Jog,Box", ("Box", "Jog", "Walking")),
        ('walk, "dance, arms high"', ("dance, arms high", "walk")),
        ("Walking 1 chunk0", ("Walking 1 chunk0",)),
    ],
)
def test_names_are_separated_by_commas(text, names):
    assert action_names.parse(text) == names
    assert action_names.parse(action_names.join(names)) == names


@pytest.mark.parametrize(
    "text, message",
    [
        ("Walking,,Jog", "a name is empty"),
        (",", "a name is empty"),
        ("Jog,Jog", "'Jog' is there twice"),
        ('"Jog', "in double quotes"),
        ("Jog\nBox", "in double quotes"),
    ],
)
def test_lists_that_are_none_are_refused(text, message):
    with pytest.raises(UserError, match=message):
        action_names.parse(text)
