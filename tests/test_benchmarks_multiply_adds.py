"""Multiply-adds of the equations against counts by hand and against the weights."""

import pytest

import dgnet_tf
from benchmarks import multiply_adds


def test_one_small_block_counted_by_hand():
    # humaneva_15: N = 15 joints, 14 bones, 2 x 14 + 15 = 43 entries of A + I.
    # T = 2 frames, C = 4 channels, spatial K = 3, temporal K = 4.
    model = dgnet_tf.DGNet(
        "humaneva_15",
        frames=2,
        blocks=1,
        channels=4,
        spatial_neighbors=3,
        temporal_neighbors=4,
    )
    found = multiply_adds.window(model.get_config())
    rows = 2 * 15
    parameters = (
        rows * 2 * (2 * 4)  # input graph: two 2 x 4 matrices
        + 2 * rows * 2 * 16  # FSG, twice: two 4 x 4 matrices
        + 2 * rows * (16 + 4 + 4)  # DSG, twice: Phi and two halves of the score
        # FTG, four times, and DTG, twice: U_x for both frames, U_f and U_b for one.
        + 6 * (rows * 16 + 15 * 16 + 15 * 16)
        + 2 * 4 * (15 * 4)  # DTG: four half scores for the one pair of frames
        + 2 * rows * 4 * 16  # non-local, twice: four 4 x 4 matrices
        + 2 * rows * 12  # two heads: 4 x 3
    )
    pairs = (
        3 * 2 * 43 * 4  # input graph and FSG: the entries of A + I
        + 2 * 2 * (15 * 15 * 4 + 15 * 3 * 4)  # DSG: distances, neighbours
        + 2 * (15 * 15 * 4 + 2 * 15 * 4 * 4)  # DTG: the same, in two directions
        + 2 * 2 * 2 * 15 * 15 * 4  # non-local: scores, weighted sums
    )
    assert (found.parameters, found.pairs) == (parameters, pairs)
    assert found.total == parameters + pairs


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"blocks": 2, "channels": 6},
        {"semantic": False, "non_local": False},
        {"spatial_unit": "fsg", "temporal_unit": "dtg"},
        {"spatial_unit": "", "temporal_unit": "ftg,ftg"},
    ],
)
def test_every_matrix_of_the_model_meets_every_row_of_one_frame(arguments):
    # With one frame no temporal term but the frame's own is left.
    model = dgnet_tf.DGNet(**{"frames": 1, "blocks": 1, "channels": 5, **arguments})
    found = multiply_adds.window(model.get_config())
    joints, channels = 17, model.get_config()["channels"]
    matrices = sum(
        weight.shape[0] * weight.shape[1]
        for weight in model.trainable_weights
        if len(weight.shape) == 2 and tuple(weight.shape) != (joints, channels)
    )
    config = model.get_config()
    layers = 2 * config["blocks"]
    ftg = layers * config["temporal_unit"].count("ftg")
    dtg = layers * config["temporal_unit"].count("dtg")
    unused = (ftg + dtg) * 2 * channels**2 + dtg * 4 * channels
    assert found.parameters == joints * (matrices - unused)


def test_other_neighbours_are_not_counted_as_if_they_were_these():
    arguments = dgnet_tf.DGNet(blocks=1, channels=4, weighting="none").get_config()
    with pytest.raises(ValueError, match="got 'dynamic' and 'none'"):
        multiply_adds.window(arguments)
