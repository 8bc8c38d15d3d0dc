"""Multiply-adds of the equations against counts by hand and against the weights."""

import pytest
from support.lifting.lifting_stand_ins import small_model

import dgnet_tf
from dgnet_tf.config import config
from dgnet_tf.models import architectures, multiply_adds


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
        {"spatial_unit": "fsg+dsg", "temporal_unit": "ftg+dtg"},
        {"input_frame": "person_and_place"},
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


# humaneva_15: N = 15 joints, 14 bones, 6 pairs of mirrored joints.
ENTRIES = {
    # Connection: pairs that DSG and DTG connect, K = 2 and 5.
    "dynamic": (15 * 2, 15 * 5),
    "precomputed": (15 * 2, 15 * 5),
    "random": (15 * 2, 15 * 5),
    "fixed": (15 + 2 * 14, 15),
    "full": (15 * 15, 15 * 15),
    "symmetry": (15 + 12, 15 + 12),
}


@pytest.mark.parametrize("connection", list(ENTRIES))
@pytest.mark.parametrize("weighting", ["none", "fc", "embedded_gaussian"])
def test_every_connection_and_weighting_counted_by_hand(connection, weighting):
    arguments = dgnet_tf.DGNet(
        "humaneva_15",
        frames=3,
        blocks=1,
        channels=4,
        spatial_neighbors=2,
        temporal_neighbors=5,
        connection=connection,
        weighting=weighting,
        spatial_unit="dsg",
        temporal_unit="dtg",
        semantic=False,
        non_local=False,
    ).get_config()
    spatial, temporal = ENTRIES[connection]
    # A joint's features are projected to this many numbers for scores, twice; each
    # pair's score takes half of them.
    numbers = {"none": 0, "fc": 1, "embedded_gaussian": 2}[weighting]
    inner = 2 if weighting == "embedded_gaussian" else 0
    distances = 15 * 15 * 4 if connection == "dynamic" else 0
    parameters = (
        3 * 15 * 2 * 4  # input graph
        + 2 * 3 * 15 * (16 + 2 * numbers * 4)  # DSG, twice: Phi, scores
        # DTG, twice: U_x for three frames, U_f and U_b for two; scores there and back.
        + 2 * (3 * 15 * 16 + 2 * 2 * 15 * 16 + 2 * 2 * 15 * 2 * numbers * 4)
        + 2 * 3 * 15 * 12  # heads
    )
    pairs = (
        3 * 28 * 4  # input graph: bones in both directions
        + 2 * 3 * (distances + spatial * (4 + inner))
        + 2 * 2 * (distances + 2 * temporal * (4 + inner))
    )
    if connection == "precomputed":  # Among keypoints: three frames, two movements.
        pairs += (3 + 2) * 15 * 15 * 2
    found = multiply_adds.window(arguments)
    assert (found.parameters, found.pairs) == (parameters, pairs)


@pytest.mark.parametrize("weighting", ["none", "fc", "embedded_gaussian"])
def test_scores_meet_their_matrices(weighting):
    # With one frame: DSG alone has scores that count.
    model = dgnet_tf.DGNet(
        frames=1, blocks=2, channels=6, weighting=weighting, temporal_unit=""
    )
    matrices = sum(
        weight.shape[0] * weight.shape[1]
        for weight in model.trainable_weights
        if len(weight.shape) == 2 and tuple(weight.shape) != (17, 6)
    )
    assert multiply_adds.window(model.get_config()).parameters == 17 * matrices


def test_fixed_units_cost_what_they_cost():
    fixed, dynamic = (
        architectures.build(
            config.make(
                "paper", architecture=name, skeleton="human36m_17", blocks=1, channels=8
            )
        ).get_config()
        for name in ("baseline", "dgnet")
    )
    rows, steps = 4 * 17, 3 * 17
    # Two layers: FSG's second matrix and its 49 entries for DSG's two half scores, its
    # distances and three neighbours; FTG is DTG without distances, scores and pairs.
    difference = multiply_adds.window(dynamic).total - multiply_adds.window(fixed).total
    spatial = rows * 2 * 8 + rows * (17 + 3) * 8 - rows * 64 - 4 * 49 * 8
    temporal = 4 * steps * 8 + steps * (17 + 2 * 4) * 8
    assert difference == 2 * (spatial + temporal)


def test_a_frames_share_is_that_of_its_window():
    model = dgnet_tf.DGNet(blocks=1, channels=4, frames=4)
    total = multiply_adds.window(model.get_config()).total
    assert multiply_adds.per_frame(model) == round(total / 4)
    assert multiply_adds.per_frame(small_model()) is None
