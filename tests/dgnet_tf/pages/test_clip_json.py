"""Numbers that pages carry along: as near as stated, gaps kept."""

import base64

import numpy as np
import pytest

from dgnet_tf.pages.clip_json import MISSING, pack, pack_weights


def unpack(packed):
    """What the page reads, written a second time."""
    dtype = {"int16": "<i2", "uint8": "u1"}[packed["type"]]
    steps = np.frombuffer(base64.b64decode(packed["data"]), dtype)
    values = steps * packed["scale"] + packed["offset"]
    if packed["type"] == "int16":
        values[steps == MISSING] = np.nan
    return values.reshape(packed["shape"])


def test_numbers_come_back_within_half_a_step_of_their_range():
    values = np.random.default_rng(0).uniform(-5, 5, (7, 17, 3))
    values[0, 0] = [-5, 5, 0]
    found = unpack(pack(values.astype(np.float32)))
    np.testing.assert_allclose(found, values, atol=0.5 * 10 / 65534 + 1e-6)
    assert np.abs(found - values).max() < 1e-4  # A tenth of a millimetre.
    assert (found[0, 0, 0], found[0, 0, 1]) == pytest.approx((-5, 5), abs=1e-9)


def test_what_is_not_finite_comes_back_as_nan_and_leaves_the_rest_alone():
    values = np.array([[1.0, np.nan], [np.inf, 3.0], [-np.inf, 2.0]])
    found = unpack(pack(values))
    np.testing.assert_allclose(
        found, [[1, np.nan], [np.nan, 3], [np.nan, 2]], atol=1e-4
    )
    assert np.isnan(unpack(pack(np.full((2, 3), np.nan)))).all()


@pytest.mark.parametrize("value", [0.0, 7.25, -1e6])
def test_one_value_alone_is_exact(value):
    assert (unpack(pack(np.full((4, 2), value))) == value).all()


def test_weights_keep_their_sizes_to_a_255th_of_the_largest():
    values = np.random.default_rng(0).uniform(-2, 2, (5, 17, 17))
    values[0, 0, 0] = -2.0
    packed = pack_weights(values)
    np.testing.assert_allclose(
        unpack(packed), np.abs(values), atol=0.5 * 2 / 255 + 1e-9
    )
    assert len(base64.b64decode(packed["data"])) == 5 * 17 * 17
    assert (unpack(pack_weights(np.array([0.0, np.nan]))) == 0).all()
