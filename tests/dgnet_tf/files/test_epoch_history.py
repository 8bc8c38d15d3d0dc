"""Tests of reading a run's `history.csv`."""

import pytest

from dgnet_tf.errors import UserError
from dgnet_tf.files import epoch_history


def test_epochs_are_whole_numbers_and_figures_are_floats(tmp_path):
    path = tmp_path / epoch_history.FILE
    path.write_text("epoch,loss\n0,3\n1,0.1\n")
    found = epoch_history.read(path)
    assert found == [{"epoch": 0, "loss": 3.0}, {"epoch": 1, "loss": 0.1}]
    assert [type(value) for value in found[0].values()] == [int, float]


def test_a_figure_that_an_epoch_lacks_is_left_out(tmp_path):
    path = tmp_path / epoch_history.FILE
    path.write_text("epoch,loss,val_loss\n0,3,\n1,2,4\n")
    assert [len(row) for row in epoch_history.read(path)] == [2, 3]


def test_there_are_no_epochs_without_a_file(tmp_path):
    assert epoch_history.read(tmp_path / epoch_history.FILE) == []


@pytest.mark.parametrize("row", ["0,a", "0", "0.5,1", "0,1,2"])
def test_what_is_no_history_is_refused(tmp_path, row):
    path = tmp_path / epoch_history.FILE
    path.write_text(f"epoch,loss\n{row}\n")
    with pytest.raises(UserError, match="history.csv: is no history of a training"):
        epoch_history.read(path)
