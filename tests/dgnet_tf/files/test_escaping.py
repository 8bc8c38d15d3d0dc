"""Names as text in Markdown, CSV and charts."""

import csv
import io

import pytest

from dgnet_tf.drawing import style
from dgnet_tf.files import escaping
from dgnet_tf.files.escaping import Markdown

HOSTILE = "<img src=x onerror=f()> [a](javascript:f()) `*b*` |$c$\n# d & _e_ \ud800"


def test_markup_is_shown_as_text():
    assert escaping.in_markdown(HOSTILE) == (
        r"&lt;img src=x onerror=f()&gt; [a\](javascript:f()) \`\*b\*\` \|\$c\$ # d "
        r"&amp; \_e\_ ?"
    )
    assert escaping.in_code("a`b\n`") == "`a'b '`"


@pytest.mark.parametrize(
    "name",
    [
        "left_wrist",
        "S1/Walking 1/camera_0",
        "human36m_17",
        "–12.5",
        "p = 0.05",
        "sizes [4.0, 6.0]; n 2",
    ],
)
def test_usual_names_stay_as_they_are(name):
    assert escaping.in_markdown(name) == escaping.in_csv(name) == name
    assert escaping.in_figure(name) == name


def test_markdown_is_not_escaped_twice():
    assert escaping.in_markdown(escaping.in_markdown("a|b")) == r"a\|b"
    assert escaping.in_markdown(Markdown("**a**")) == "**a**"
    assert escaping.in_markdown(5) == "5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_a_formula(start):
    cell = f"{start}HYPERLINK(1)"
    assert escaping.in_csv(cell) == f"'{cell}"
    line = io.StringIO()
    csv.writer(line).writerow([escaping.in_csv(cell)])
    assert next(csv.reader(io.StringIO(line.getvalue(), newline=""))) == [f"'{cell}"]


@pytest.mark.parametrize(
    "number", ["-1.5", "+2", "-1e-05", "-.5", -1.5, 0, None, "1-2"]
)
def test_numbers_stay_numbers(number):
    assert escaping.in_csv(number) == number


@pytest.mark.filterwarnings("ignore:Glyph")
def test_charts_show_dollars_and_cut_long_names(tmp_path):
    made = style.figure(9, 4)
    axes = style.axes(made, escaping.in_figure(r"$\frac$ and $"), "y")
    axes.set_yticks([0], [escaping.in_figure(HOSTILE)])
    style.save(made, tmp_path / "a.png")
    assert axes.get_xlabel() == r"\$\frac\$ and \$"
    assert len(escaping.in_figure("x" * 10**6)) < 61
