"""What a data set may hold before it is converted."""

import pytest

from dgnet_tf.errors import UserError
from preprocessing.conversion import sequences


@pytest.mark.parametrize("rate", [1e-320, 0.0, 1e5, float("nan")])
def test_a_frame_rate_that_no_data_set_has_is_refused(rate):
    sources = {"walks.npz": "00"}
    with pytest.raises(UserError, match="walks.npz: holds a frame rate of .* 0.01 to"):
        sequences.Dataset("mocap", "human36m_17", rate, (), {}, sources)
    with pytest.raises(UserError, match="walks.npz: holds a frame rate of"):
        sequences.Dataset(
            *("mocap", "human36m_17", 50.0, (), {}, sources), rates=(50.0, rate)
        )
