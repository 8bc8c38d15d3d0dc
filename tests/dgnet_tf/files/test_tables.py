"""Tables as Markdown and CSV."""

import csv

from dgnet_tf.files import tables

COLUMNS = ["method", "T", "a|b"]
ROWS = [["DG-Net", 4, 45.25], ["x|y, z", 243, None]]


def test_numbers_are_rounded_for_people_only(tmp_path):
    text = tables.markdown(COLUMNS, ROWS, digits=1)
    cells = [
        [cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")]
        for line in text.splitlines()
    ]
    assert cells[0] == ["method", "T", "a¦b"]
    assert cells[2:] == [["DG-Net", "4", "45.2"], ["x¦y, z", "243", "-"]]

    paths = tables.write(tmp_path, "table", f"# T\n\n{text}", COLUMNS, ROWS)
    assert [path.name for path in paths] == ["table.md", "table.csv"]
    assert paths[0].read_text() == f"# T\n\n{text}\n"
    with open(paths[1], newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [COLUMNS, ["DG-Net", "4", "45.25"], ["x|y, z", "243", ""]]


def test_a_table_without_rows_has_its_head():
    assert tables.markdown(["a", "b"], []).splitlines()[0].split() == [
        *("|", "a", "|", "b", "|")
    ]
