import pytest

from dgnet_tf.errors import UserError
from tuning.studies import noise
from tuning.studies.noise import Noise


def test_noises_are_numbers_with_a_correlation_or_without_and_none_is_there():
    found = noise.parse(["10@0.95", "10", "5", "10"])
    assert found == [Noise(), Noise(5), Noise(10), Noise(10, 0.95)]
    assert [str(one) for one in found[1:]] == [
        *("5 px", "10 px", "10 px at correlation 0.95")
    ]
    names = [one.name for one in found]
    assert names == ["0px", "5px", "10px", "10px_correlation0.95"]
    assert [bool(one) for one in found] == [False, True, True, True]


@pytest.mark.parametrize(
    "text", ["loud", "-1", "inf", "nan", "", "5@", "5@1", "5@-0.1", "5@nan", "0@0.9"]
)
def test_what_is_no_noise_is_refused(text):
    with pytest.raises(UserError, match="--noises: must be numbers from 0 on.*got"):
        noise.parse(["5", text])
