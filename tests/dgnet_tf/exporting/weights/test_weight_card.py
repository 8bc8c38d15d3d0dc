"""What `preset.json` and `model_card.md` tell of trained weights."""

import dataclasses
import json

import pytest
from support.models import weight_stand_ins as stand_ins

from dgnet_tf.exporting.weights import weight_card
from dgnet_tf.models import weight_folders


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return stand_ins.trained(tmp_path_factory.mktemp("run"))


def test_folders_of_the_machine_are_not_told(run):
    content = weight_card.content_of(
        dataclasses.replace(run[1].config, weights="/home/me/start"),
        run[0],
        name="ours",
        version=1,
        scores=[],
        terms=None,
        acknowledgement=None,
        limits=[],
    )
    assert "/home" not in json.dumps(content)
    assert content["training"]["command"] == (
        "python -m dgnet_tf.train --data=walks --workdir=a --preset=small"
    )
    assert content["training"]["data"]["options"]["from"] == "walks.npz"
    assert content["config"]["weights"] == "start"


def test_the_shipped_cards_say_what_their_json_says():
    assert weight_folders.names()
    for folder in map(weight_folders.find, weight_folders.names()):
        card = weight_card.markdown(weight_folders.read(folder))
        assert card == (folder / weight_folders.CARD).read_text(encoding="utf-8")
