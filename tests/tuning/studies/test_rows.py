"""Every row of the paper's tables, trained for a step and scored."""

import dataclasses

import pytest
import tensorflow as tf
from support import record_sets
from support.tuning_stand_ins import eagerly, tiny

from dgnet_tf.data import windows
from dgnet_tf.training import fit
from tuning.ablations import paper_tables, runner
from tuning.reporting import report
from tuning.studies import results, rows

CHANNELS = 16
# One operation of each kind in which rows differ; the table of units has all the rest.
UNITS = {"spatial_unit": "dsg", "temporal_unit": "dtg"}
SPLITS = {"train": record_sets.takes(40), "test": record_sets.takes(8)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        tf.__version__.startswith("2.15"),
        reason="a minute and more; layers and training are tested on both stacks",
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]


def once():
    """Makes windows once for all rows of equal ones: it takes longer than a step."""
    made = {}

    def load_windows(*arguments, **options):
        key = repr((arguments, sorted(options.items())))
        if key not in made:
            made[key] = windows.load_windows(*arguments, **options)
        return made[key]

    return load_windows


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """All five tables in one folder; steps run eagerly, as tracing takes longer."""
    folder = tmp_path_factory.mktemp("rows")
    data, *sources = (
        str(record_sets.write(folder / name, SPLITS, record_frames=frames))
        for name, frames in (("data", 16), ("sh", 18), ("cpn", 20))
    )
    sources = dict(zip(("sh", "cpn"), sources, strict=True))
    with eagerly(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "release", lambda: None)  # It takes longer than a step.
        patch.setattr(fit, "load_windows", once())
        for table in paper_tables.TABLES.values():
            runner.run(
                table,
                tiny(channels=CHANNELS, steps_per_epoch=1, **UNITS),
                data,
                folder / "study",
                sources=sources,
                progress=False,
            )
    return folder / "study"


@pytest.fixture(scope="module")
def found(study):
    return {
        (name, row.row.title): row
        for name, table in paper_tables.TABLES.items()
        for row in results.of_table(study, table)
    }


def parameters(found, table):
    return [row.parameters for (name, _), row in found.items() if name == table]


def test_every_row_trains_and_is_scored(found, study):
    assert len(found) == 54
    assert not [(key, row.remarks) for key, row in found.items() if not row.errors]
    assert all(0 < row.mean < 1e6 for row in found.values())
    # The default stands in the tables ten times, and nine with other units.
    assert len({row.id for row in found.values()}) == 54 - 8
    assert all(
        training.config["steps_per_epoch"] == 1 and training.config["channels"] == 16
        for row in found.values()
        for training in row.trainings
    )
    text = report.write(study, study).read_text()
    assert text.count("\n## Table ") == 5


def test_neighbours_frames_and_losses_change_no_parameter(found):
    base = found["design", "supervision: total loss"].parameters
    assert set(parameters(found, "neighbors")) == {base}
    frames = [r.parameters for (_, t), r in found.items() if t.startswith("frames")]
    assert frames == [base] * 4
    same = ("supervision", "coordinates", "2-D source")
    titles = [t for (n, t) in found if n == "design" and t.startswith(same)]
    assert len(titles) == 6
    assert {found["design", title].parameters for title in titles} == {base}


def test_a_weighting_changes_parameters_and_a_connection_does_not(found):
    by_weighting = {}
    for (name, _), row in found.items():
        if name == "graphs":
            weighting = row.row.overrides["weighting"]
            by_weighting.setdefault(weighting, set()).add(row.parameters)
    (none,), (fc,), (gaussian,) = (
        by_weighting[name] for name in ("none", "fc", "embedded_gaussian")
    )
    # DSG scores once, DTG in two directions; a module has two convolutions.
    scores = 2 * 1 + 2 * 2
    assert fc - none == scores * (2 * CHANNELS + 1)
    assert gaussian - none == scores * 2 * CHANNELS * (CHANNELS // 2)


def test_units_add_up_from_their_operations(found):
    count = {
        one.row.overrides["spatial_unit"] + "|" + one.row.overrides["temporal_unit"]: (
            one.parameters
        )
        for (name, _), one in found.items()
        if name == "units"
    }
    c, norms = CHANNELS, 8 * CHANNELS  # Two batch norms of four vectors.
    dsg = 2 * (c * c + 2 * c + 1) + norms
    ftg = 2 * 3 * c * c + norms
    dtg = 2 * (3 * c * c + 2 * (2 * c + 1)) + norms
    non_local = 4 * c * c + 4 * c
    fsg = count["fsg,fsg|"] - count["fsg|"]
    assert count["fsg,dsg|"] - count["fsg|"] == dsg
    assert count["fsg,dsg,dsg|"] - count["fsg|"] == 2 * dsg
    assert count["fsg,dsg,fsg|"] - count["fsg|"] == dsg + fsg
    spatial = count["fsg,dsg|"]
    for unit, more in {
        "ftg": ftg,
        "ftg,dtg": ftg + dtg,
        "ftg,ftg": 2 * ftg,
        "ftg,dtg,dtg": ftg + 2 * dtg,
        "ftg,dtg,ftg": 2 * ftg + dtg,
        "ftg,dtg,ftg,dtg": 2 * ftg + 2 * dtg,
        "ftg,dtg,ftg,ftg": 3 * ftg + dtg,
    }.items():
        assert count[f"fsg,dsg|{unit}"] - spatial == more + non_local, unit


def test_each_block_adds_as_much_and_no_non_local_block_takes_two_away(found):
    one, three, five = (
        found["blocks_frames", f"blocks: {number}"].parameters for number in (1, 3, 5)
    )
    assert five - three == three - one > 0
    with_, without = (
        found["design", f"non-local block: {name}"].parameters
        for name in ("with", "without")
    )
    assert with_ - without == 2 * (4 * CHANNELS**2 + 4 * CHANNELS)


def test_the_balanced_estimate_is_another_score_of_the_same_training(found):
    plain = found["design", "coordinates: non-balanced"]
    balanced = found["design", "coordinates: balanced"]
    assert plain.id == balanced.id and plain.mean != balanced.mean
    assert (
        dataclasses.replace(balanced.trainings[0], error=plain.trainings[0].error)
        == plain.trainings[0]
    )
