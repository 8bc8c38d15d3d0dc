"""What the documents name is there."""

import ast
import pathlib
import re

import pytest

import dgnet_tf

ROOT = pathlib.Path(__file__).parents[2]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "BUILD.md", "DECISIONS.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FILE = r"`((?:dgnet_tf|preprocessing|tuning|benchmarks|serving|tests|docs)/[\w./]+)`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_and_folders_that_a_document_names_exist(document):
    text = document.read_text(encoding="utf-8")
    named = [ROOT / name for name in re.findall(_FILE, text)]
    named += [
        document.parent / link
        for link in re.findall(r"\]\(([\w./-]+)(?:#[\w-]*)?\)", text)
    ]
    assert not [path for path in named if not path.exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_sections_lead_to_one(document):
    text = document.read_text(encoding="utf-8")
    for link, anchor in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", text):
        target = document.parent / link if link else document
        titles = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
        anchors = [re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles]
        assert anchor in anchors, (link, anchor)


def questions():
    """Returns BUILD.md's rows of "Where is what": question, file, name."""
    text = (ROOT / "BUILD.md").read_text(encoding="utf-8")
    section = text.partition("### Where is what")[2].partition("\n## ")[0]
    return re.findall(r"^\| (.*?\?) \| `(.*?)` \| `(.*?)` \|$", section, re.MULTILINE)


def test_every_row_of_where_is_what_is_read():
    section = (ROOT / "BUILD.md").read_text(encoding="utf-8")
    section = section.partition("### Where is what")[2].partition("\n## ")[0]
    assert len(questions()) == section.count("? |") >= 12


@pytest.mark.parametrize(("question", "file", "name"), questions())
def test_the_answer_stands_where_build_md_puts_it(question, file, name):
    defined = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
    assert name in defined, question


def test_the_readme_is_short():
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("\n") < 120


def test_the_reference_has_every_public_name():
    pages = (ROOT / "docs/reference").glob("*.md")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    listed = re.findall(r"^::: dgnet_tf\.([\w.]+)$", text, re.MULTILINE)
    # A package is there by its modules.
    tops = {name.partition(".")[0] for name in listed}
    assert not set(dgnet_tf.__all__) - tops - {"__version__", "placement"}
