"""How a network is used: what was asked, what a run has, and what files hold of it."""

import dataclasses
import json

import pytest
from absl import flags
from support.lifting.lifting_stand_ins import Config

from dgnet_tf.config import config as configuration
from dgnet_tf.inference import option_flags, options
from dgnet_tf.inference.options import InferenceOptions

ALL = {
    "flip": False,
    "overlap": "once",
    "frame_stride": 3,
    "keypoint_smoothing": 2,
    "position_smoothing": 4,
    "precision": "mixed_bfloat16",
}


def test_what_is_not_asked_for_is_the_runs_own():
    config = Config(fps=25.0, frames=9, frame_stride=2, overlap="center")
    own = InferenceOptions.of(config, overlap=None)
    assert own == InferenceOptions(
        skeleton="human36m_17", fps=25.0, frames=9, frame_stride=2, overlap="center"
    )
    assert InferenceOptions.of(config, **ALL).chosen() == ALL
    assert InferenceOptions.of(own, keypoint_smoothing=4).keypoint_smoothing == 4
    assert InferenceOptions.of(own) == own
    assert (own.span, own.reach) == (18, 17)


def test_the_mirrored_windows_of_training_are_another_matter():
    trained = configuration.make("smoke", flip=False)
    assert InferenceOptions.of(trained).flip
    assert InferenceOptions.of(dataclasses.asdict(trained)).flip


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "overlap",
            "twice",
            "`overlap` must be one of .* got 'twice'",
        ),
        ("frame_stride", 0, "`frame_stride` must be from 1 to 1,000, got 0"),
        ("keypoint_smoothing", 26, "`keypoint_smoothing` must be from 0 to 25"),
        ("precision", "float8", "`precision` must be one of .*float32"),
    ],
)
def test_an_option_out_of_range_is_refused(name, value, message):
    with pytest.raises(ValueError, match=message):
        InferenceOptions.of(Config(), **{name: value})


def test_what_is_no_option_is_refused():
    with pytest.raises(TypeError, match="'frames' is no option of inference"):
        InferenceOptions.of(Config(), frames=4)


def test_cards_and_reports_give_back_what_was_written():
    config = configuration.make("smoke", skeleton="human36m_17", fps=50.0)
    used = InferenceOptions.of(config, **ALL)
    written = dataclasses.asdict(used.configured(config))
    # Those of the configuration are in it; what it says of training stays.
    assert (written["overlap"], written["keypoint_smoothing"]) == ("once", 2)
    assert (written["flip"], written["precision"]) == (True, "float32")
    card = {**used.beside(), "config": written}
    assert InferenceOptions.of_card(json.loads(json.dumps(card))) == used
    assert InferenceOptions.of_report(config, used.chosen()) == used
    # Of before there were others, the run's own hold.
    older = InferenceOptions.of_report(config, {"flip": False, "noise_px": 2.0})
    assert older == InferenceOptions.of(config, flip=False)
    older = {"config": {"skeleton": "human36m_17", "frames": 4, "overlap": "once"}}
    assert InferenceOptions.of_card(older).keypoint_smoothing == 0


def test_a_reports_folder_tells_what_is_not_as_usual():
    model = dataclasses.asdict(configuration.make("smoke", flip=False))
    usual = InferenceOptions.of(model).chosen()
    assert options.folder_suffix({**usual, "model": model}) == ""
    found = options.folder_suffix({**ALL, "model": model})
    assert found == "-noflip-once-stride3-smoothing2-poses4-mixed_bfloat16"


def test_flags_ask_for_what_their_command_offers():
    values = flags.FlagValues()
    option_flags.define(values, "export", "Mind: ")
    smoothings = ["keypoint_smoothing", "position_smoothing"]
    assert option_flags.names(values) == ["flip", *smoothings, "precision"]
    assert values["flip"].help.startswith("Mind: Average with the mirrored estimate.")
    values(["export", "--keypoint_smoothing=3"])
    assert option_flags.asked(values) == {
        "flip": True,
        "keypoint_smoothing": 3,
        "position_smoothing": None,
        "precision": None,
    }


def test_a_commands_flag_that_replaces_a_runs_field_has_its_range():
    values = flags.FlagValues()
    option_flags.define(values, "evaluate")
    values(["program", "--overlap=once"])
    assert (values.overlap, values.keypoint_smoothing) == ("once", None)
    for wrong in ("--overlap=best", "--keypoint_smoothing=26"):
        with pytest.raises(flags.IllegalFlagValueError):
            values(["program", wrong])
