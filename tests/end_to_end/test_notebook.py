"""docs/first_poses.ipynb runs, and is kept without what it put out."""

import json
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs/first_poses.ipynb"


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_holds_no_outputs():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert len(code_cells(notebook)) >= 5
    for cell in code_cells(notebook):
        assert cell["outputs"] == [] and cell["execution_count"] is None
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}


@pytest.mark.slow
def test_the_notebook_runs(monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    import nbformat

    # The tests' own, under which a notebook shows no charts.
    monkeypatch.delenv("MPLBACKEND", raising=False)

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cheap = {
        "seconds = 60": "seconds = 1",
        "batch_size=16": "batch_size=64",
        # A few steps are over before they would be traced and compiled.
        "model.compile(": "model.compile(run_eagerly=True, optimizer=",
    }
    for shown, run in cheap.items():
        assert sum(shown in cell.source for cell in code_cells(notebook)) == 1
        for cell in code_cells(notebook):
            cell.source = cell.source.replace(shown, run)
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",  # ipykernel's, of this Python.
        timeout=300,
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    )
    client.execute()
    outputs = [out for cell in code_cells(notebook) for out in cell.outputs]
    kinds = [kind for out in outputs for kind in out.get("data", {})]
    assert kinds.count("image/png") == 2
    assert any("mm from the truth" in out.get("text", "") for out in outputs)
