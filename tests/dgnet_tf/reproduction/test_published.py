"""The paper's numbers: that what was typed adds up to what is printed."""

import numpy as np
import pytest

from dgnet_tf import skeletons
from dgnet_tf.reproduction import published
from dgnet_tf.reproduction.published import ACTIONS, AVERAGE, OURS
from preprocessing.datasets.human36m import names as human36m_names


def ours(item, truth_2d=False):
    (found,) = [
        row
        for row in published.TABLES[item].rows
        if row.method == OURS and row.truth_2d == truth_2d
    ]
    return found


def mean(found):
    return np.mean([v for name, v in found.values.items() if name != AVERAGE])


@pytest.mark.parametrize(
    "item, truth_2d, average",
    [
        ("table1", False, 45.3),
        ("table1", True, 31.2),
        ("table2", False, 35.4),
        ("table2", True, 24.1),
    ],
)
def test_the_means_of_the_papers_rows_are_their_averages(item, truth_2d, average):
    found = ours(item, truth_2d)
    assert found.values[AVERAGE] == average
    assert round(mean(found), 1) == average
    assert len(found.values) == 16


def test_humaneva_is_the_mean_of_six_cells():
    found = ours("table3")
    assert mean(found) == pytest.approx(19.55)  # Printed 19.5.
    assert found.values[AVERAGE] == 19.5
    assert set(found.values) == {*published.CELLS, AVERAGE}


def test_other_rows_add_up_but_for_those_that_are_known_not_to():
    # Averages over frames, not over actions, or misprints: as they are in print.
    known = {
        ("I", 25), ("I", 26), ("I", 10), ("I", 28), ("I", 30),
        ("II", 11), ("II", 10), ("II", 27), ("II", 28),
        ("III", 16),
    }  # fmt: skip
    wrong = {
        (table.number, found.reference)
        for item in ("table1", "table2", "table3")
        for table in [published.TABLES[item]]
        for found in table.rows
        if len(found.values) > 1 and abs(mean(found) - found.values[AVERAGE]) > 0.105
    }
    assert wrong == known


def test_every_table_has_its_rows():
    counts = {item: len(table.rows) for item, table in published.TABLES.items()}
    assert counts == {"table1": 20, "table2": 16, "table3": 9, "table4": 5} | {
        "table10": 4
    }
    for table in published.TABLES.values():
        for found in table.rows:
            assert set(found.values) <= set(table.columns)
            assert found.values, found


def test_columns_are_named_as_our_data_name_them():
    assert sorted(ACTIONS) == sorted(human36m_names.ACTIONS)
    # The paper's order: WalkD, Walk, WalkT.
    assert ACTIONS[-3:] == ("WalkDog", "Walking", "WalkTogether")
    names = {table.dataset for table in published.TABLES.values()}
    assert names == {"human36m", "humaneva", "mpi_inf_3dhp"}


def test_shifted_rows_are_marked():
    shifted = [
        (table.number, found.reference)
        for table in published.TABLES.values()
        for found in table.rows
        if not found.per_column
    ]
    assert shifted == [("I", 26), ("I", 4), ("I", 17), ("II", 17)]


def test_noise_makes_every_method_worse():
    columns = published.TABLE_X.columns
    assert columns == ("0 px", "5 px", "10 px", "15 px", "20 px")
    for found in published.TABLE_X.rows:
        values = [found.values[column] for column in columns]
        assert values == sorted(values)
    assert ours("table10", True).values["20 px"] == 56.33
    # Without noise it is Table II's row, with another digit.
    clean = ours("table10", True).values["0 px"]
    assert clean == pytest.approx(ours("table2", True).values[AVERAGE], abs=0.1)


def test_names_are_right_and_say_what_is_printed():
    printed = {
        (found.reference, found.printed)
        for table in published.TABLES.values()
        for found in table.rows
        if found.printed
    }
    assert {(2, "Marcard et al."), (3, "Dario et al."), (7, "Mono et al.")} <= printed
    assert all("Marcard" not in row.method for row in published.TABLE_I.rows)
    assert ours("table1", True).label == "DG-Net \u2020"
    assert published.TABLE_I.rows[0].label == "Martinez et al. [11]"


def test_a_row_with_a_number_missing_is_refused():
    head = "method,printed,reference,frames,truth_2d,per_column,a,b,c"
    with pytest.raises(ValueError, match="Somebody: 2 numbers, 3 columns"):
        published.parse([head, "Somebody,,1,1,no,yes,1.0,2.0"])


def test_the_size_figure_has_the_papers_reduction():
    ours, pavllo = published.FIGURE_4[:2]
    assert 1 - ours.parameters / pavllo.parameters == pytest.approx(0.841, abs=5e-4)
    assert ours.mpjpe_mm == published.TABLE_I.rows[13].values[AVERAGE]
    assert len(skeletons.get("human36m_17").joints) == 17
