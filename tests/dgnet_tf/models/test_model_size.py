"""How many parameters DGNet has, counted by hand."""

import pytest

import dgnet_tf
from dgnet_tf import skeletons


def expected_parameters(
    skeleton="human36m_17",
    blocks=5,
    channels=128,
    weighting="fc",
    spatial_unit="fsg,dsg",
    temporal_unit="ftg,dtg,ftg",
    semantic=True,
    non_local=True,
    joint_embedding=True,
    input_frame="screen",
):
    """All parameters, moving statistics included, from the layers' definitions."""
    c, joints = channels, len(skeletons.get(skeleton).joints)
    norm = 4 * c  # scale, shift, mean, variance
    edges = 2 * (joints - 1) + joints  # bones in both directions, self-loops

    def fsg(inputs):
        return 2 * inputs * c + edges if semantic else inputs * c

    score = {"none": 0, "fc": 2 * c + 1, "embedded_gaussian": 2 * c * (c // 2)}
    operations = {
        "fsg": fsg(c),
        "dsg": c * c + score[weighting],
        "ftg": 3 * c * c,
        "dtg": 3 * c * c + 2 * score[weighting],
    }
    block = 0
    for unit in (spatial_unit, temporal_unit):
        names = [name for name in unit.replace("+", ",").split(",") if name]
        block += sum(2 * (operations[name] + norm) for name in names)
        block += unit.count("+")  # gates
        if names and non_local:
            block += 4 * c * c + norm
    first = (
        fsg(5 if input_frame == "person_and_place" else 2)
        + norm
        + (joints * c if joint_embedding else 0)
    )
    block_head = 3 * c + 3
    return first + blocks * (block + block_head) + 3 * blocks * c + 3


def test_the_default_model_has_the_papers_size():
    # Of one block with C = 128 channels, 2 x 16 + 17 = 49 edges, 4C = 512 for each
    # batch norm and 2C + 1 = 257 for each score:
    #   FSG        2 (2 C^2 + 49 + 512)          =  66,658
    #   DSG        2 (C^2 + 257 + 512)           =  34,306
    #   FTG, twice 2 x 2 (3 C^2 + 512)           = 198,656
    #   DTG        2 (3 C^2 + 2 x 257 + 512)     = 100,356
    #   non-local, twice 2 (4 C^2 + 512)         = 132,096
    #   head       3 C + 3                       =     387
    #                                     in all   532,459
    # Before: FSG 2 x 2 C + 49, batch norm 512, 17 joint vectors of C: 3,249.
    # After: the network's head, 3 x 5 C + 3 = 1,923.
    model = dgnet_tf.DGNet()
    assert model.count_params() == 3_249 + 5 * 532_459 + 1_923 == 2_667_467
    assert model.count_params() == expected_parameters()
    # The paper's "84.1 % reduction" of 16,952,371 is about 2.695 M.
    assert 2.6e6 < model.count_params() < 2.8e6
    assert model.output_names == [*(f"block_{i}" for i in range(1, 6)), "pose"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"blocks": 1},
        {"blocks": 3, "channels": 6},
        {"blocks": 1, "weighting": "none"},
        {"blocks": 1, "weighting": "embedded_gaussian"},
        {"blocks": 1, "semantic": False, "joint_embedding": False},
        {"blocks": 1, "non_local": False, "input_frame": "person"},
        {"blocks": 1, "non_local": False, "input_frame": "person_and_place"},
        {"blocks": 1, "skeleton": "humaneva_15"},
        {"blocks": 1, "spatial_unit": "fsg", "temporal_unit": ""},
        {"blocks": 1, "spatial_unit": "fsg,fsg+dsg", "temporal_unit": "ftg+dtg,ftg"},
        {"blocks": 1, "spatial_unit": "fsg,dsg,fsg", "temporal_unit": "ftg,dtg,dtg"},
    ],
)
def test_variants_have_the_size_of_their_parts(arguments):
    arguments = {"channels": 8, **arguments}
    model = dgnet_tf.DGNet(frames=2, **arguments)
    assert model.count_params() == expected_parameters(**arguments)
