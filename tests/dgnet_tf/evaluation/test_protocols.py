"""The published tables of HumanEva and MPI-INF-3DHP."""

import dataclasses

import pytest
from support.reports.score_rows import make_score

from dgnet_tf.evaluation import protocols


def scored(frames, subject, action, **means):
    """A view with the given means over its frames."""
    score = make_score(0.0, frames, subject=subject, action=action)
    sums = {**score.sums, **{name: mean * frames for name, mean in means.items()}}
    return dataclasses.replace(score, sums=sums)


def test_other_data_sets_have_no_table_of_their_own():
    assert protocols.tables("human36m", [make_score(1.0, 4)]) == {}


def humaneva(cells):
    scores = [
        scored(10, f"{person}_validate", action, p_mpjpe_mm=value)
        for (action, person), value in cells.items()
    ]
    return protocols.tables("humaneva", scores)["humaneva"]


SIX = {
    ("Walking", "S1"): 13.0,
    ("Walking", "S2"): 11.0,
    ("Walking", "S3"): 47.0,
    ("Jog", "S1"): 21.0,
    ("Jog", "S2"): 14.0,
    ("Jog", "S3"): 11.5,
}


def test_humaneva_averages_six_cells_and_leaves_box_out():
    found = humaneva({**SIX, ("Box", "S1"): 900.0})
    assert found["metric"] == "p_mpjpe_mm"
    assert list(found["cells"]) == ["Walking", "Jog"]
    assert found["cells"]["Walking"] == pytest.approx({"S1": 13, "S2": 11, "S3": 47})
    assert found["average"] == pytest.approx(sum(SIX.values()) / 6)


def test_humaneva_cells_pool_frames_of_chunks_and_parts():
    scores = [
        scored(30, "S1_validate", "Walking", p_mpjpe_mm=10.0),
        scored(10, "S1_validate", "Walking", p_mpjpe_mm=50.0),
        scored(60, "S1_train", "Walking", p_mpjpe_mm=5.0),
        scored(60, "S11_train", "Walking", p_mpjpe_mm=500.0),
    ]
    found = protocols.tables("humaneva", scores)["humaneva"]
    assert found["cells"]["Walking"]["S1"] == pytest.approx(11.0)


def test_humaneva_has_no_average_where_a_cell_is_empty():
    cells = dict(SIX)
    del cells["Jog", "S2"]
    found = humaneva(cells)
    assert found["cells"]["Jog"]["S2"] is None
    assert found["average"] is None


def test_mpi_inf_3dhp_pools_frames_of_sequences_and_settings():
    scores = [
        scored(600, "TS1", "studio_green_screen", pck_14=0.9, auc_14=0.5, mpjpe_mm=60),
        scored(200, "TS2", "studio_green_screen", pck_14=0.5, auc_14=0.3, mpjpe_mm=90),
        scored(100, "TS5", "outdoor", pck_14=0.7, auc_14=0.4, mpjpe_mm=80),
    ]
    found = protocols.tables("mpi_inf_3dhp", scores)["mpi_inf_3dhp"]
    assert list(found["per_sequence"]) == ["TS1", "TS2", "TS5"]
    assert found["per_sequence"]["TS2"]["pck_14"] == pytest.approx(0.5)
    green = found["per_setting"]["studio_green_screen"]
    assert green["frames"] == 800
    assert green["pck_14"] == pytest.approx((600 * 0.9 + 200 * 0.5) / 800)
    assert green["auc_14"] == pytest.approx(0.45)
    assert green["mpjpe_mm"] == pytest.approx(67.5)
    # All valid frames alike, not a mean of settings.
    assert found["all"]["frames"] == 900
    assert found["all"]["pck_14"] == pytest.approx((800 * 0.8 + 70) / 900)
