"""Tables as Markdown, HTML and CSV."""

import csv

import pytest

from dgnet_tf.files.tables import Table

COLUMNS = ["method", "T", "a|b"]
ROWS = [["DG-Net", 4, 45.25], ["x|y, z", 243, None]]


def test_numbers_are_rounded_for_people_only(tmp_path):
    text = Table(COLUMNS, ROWS, digits=1).markdown()
    cells = [
        [cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")]
        for line in text.splitlines()
    ]
    assert cells[0] == ["method", "T", "a¦b"]
    assert cells[2:] == [["DG-Net", "4", "45.2"], ["x¦y, z", "243", "-"]]

    paths = Table(COLUMNS, ROWS).write(tmp_path, "table", f"# T\n\n{text}")
    assert [path.name for path in paths] == ["table.md", "table.csv"]
    assert paths[0].read_text() == f"# T\n\n{text}\n"
    with open(paths[1], newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [COLUMNS, ["DG-Net", "4", "45.25"], ["x|y, z", "243", ""]]


def test_a_table_without_rows_has_its_head():
    assert Table(["a", "b"], []).markdown().splitlines()[0].split() == [
        *("|", "a", "|", "b", "|")
    ]
    assert Table(["a", "b"], []).csv() == "a,b\n"


def test_columns_with_numbers_are_aligned_to_the_right_unless_it_is_said():
    def lines(**options):
        found = Table(["n", "word"], [[5, "a"], [None, "bc"]], **options).markdown()
        return found.splitlines()[2:]

    assert lines() == ["|   5 | a      |", "|   - | bc     |"]
    assert lines(aligned="lr") == ["| 5   |      a |", "| -   |     bc |"]


@pytest.mark.parametrize(
    "options, cells",
    [
        ({}, ["1234567", "1234.5", "True", "1e3"]),
        ({"thousands": True}, ["1,234,567", "1234.5", "True", "1e3"]),
        ({"digits": 3}, ["1234567", "1234.500", "True", "1e3"]),
    ],
)
def test_people_read_numbers_as_it_is_asked_for(options, cells):
    table = Table(list("abcd"), [[1234567, 1234.5, True, "1e3"]], **options)
    row = table.markdown().splitlines()[2]
    assert [cell.strip() for cell in row.strip("|").split("|")] == cells
    assert table.csv() == "a,b,c,d\n1234567,1234.5,True,1e3\n"


def test_a_line_break_does_not_end_a_markdown_row():
    assert len(Table(["a\nb"], [["c\nd"]]).markdown().splitlines()) == 3


def test_names_are_neither_markup_nor_formulas():
    table = Table(["<a>", "-b"], [["[x](y)", "=1+1"], ["`c`", -2.5], ["-2.5", None]])
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.markdown().splitlines()
    ]
    assert rows[0] == ["&lt;a&gt;", "-b"]
    assert rows[2:] == [[r"[x\](y)", "=1+1"], [r"\`c\`", "-2.5"], ["-2.5", "-"]]
    assert table.csv() == "<a>,'-b\n[x](y),'=1+1\n`c`,-2.5\n-2.5,\n"
