"""What README and the tutorials show runs as it stands, on little data."""

import json
import shutil

import numpy as np
import pytest
from support.documents import blocks as document_blocks
from support.tuning_stand_ins import eagerly
from support.videos import drawn, scripted

from dgnet_tf.exporting import saved_model
from tuning import search_space

TUTORIALS = sorted(
    path.relative_to(document_blocks.ROOT).as_posix()
    for path in document_blocks.ROOT.glob("docs/tutorials/*.md")
)

SMALLEST = "--preset=smoke --channels=4 --blocks=1"  # Those of `tiny_run`.
# Of trainings whose few steps are over before they would be traced.
EAGER = "ignore:Even though the .*run_functions_eagerly"
TUNER = "ignore::DeprecationWarning:keras_tuner.*"


@pytest.fixture
def exported_before(tiny_export, monkeypatch):
    """Lets exports take what was exported of the same sizes."""

    def save(model, config, output, **options):
        assert model.count_params() and (config.channels, config.blocks) == (4, 1)
        return shutil.copytree(f"{tiny_export}/1", f"{output}/{options['version']}")

    monkeypatch.setattr(saved_model, "save", save)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cheaper(page, **cheap):
    """A page's blocks with less to compute: what is shown, what is run."""
    blocks = document_blocks.of(page)
    for shown, run in cheap.items():
        assert any(shown in block.code for block in blocks), shown
        blocks = [
            document_blocks.Block(b.language, b.code.replace(shown, run), b.reason)
            for b in blocks
        ]
    return blocks


def a_video(folder, monkeypatch):
    """A video of a figure that a detector finds in each of its frames, twice."""
    drawn.write(folder / "clip.mp4")
    rows = scripted.moving(np.arange(12) / 10)
    scripted.use(monkeypatch, scripted.Scripted([*rows, *rows]))


def keypoints():
    return np.random.default_rng(0).uniform(100, 900, (12, 17, 2))


@pytest.mark.parametrize("page", ["README.md", *TUTORIALS])
def test_each_block_runs_or_says_why_not(page):
    for block in document_blocks.of(page):
        assert block.reason is None or len(block.reason) > 10
        assert block.language in ("", "python")
        if block.language == "" and block.reason is None:
            for line in block.lines():
                assert line.startswith(("python -m ", ".venv/bin/python -m ", "make "))


def test_a_block_that_fails_fails_the_test(empty):
    wrong = document_blocks.Block("", "python -m dgnet_tf.lift --keypoints=no\n", None)
    with pytest.raises(SystemExit):
        document_blocks.run([wrong], {})
    document_blocks.run([document_blocks.Block("", wrong.code, "not to be run")], {})


@pytest.mark.slow
@pytest.mark.filterwarnings(EAGER, TUNER)
def test_the_readme(empty, walkers, monkeypatch):
    a_video(empty, monkeypatch)
    monkeypatch.setitem(search_space.SPACE, "blocks", search_space.Range(1, 2))
    monkeypatch.setitem(search_space.SPACE, "channels", search_space.Choice((8, 16)))
    np.savez("keypoints.npz", keypoints=keypoints())
    (empty / "demo").mkdir()
    (empty / "demo/data").symlink_to(walkers)
    (empty / "data").mkdir()
    (empty / "data/mine").symlink_to(walkers)
    cheap = {
        "blocks=2, channels=64": "blocks=1, channels=8",
        'preset="small"': 'preset="smoke", epochs=1, steps_per_epoch=1',
        "trials=20": "trials=1",
        "search()": "search(verbose=0)",
    }
    names = {"keypoints": keypoints()}
    with eagerly():
        document_blocks.run(cheaper("README.md", **cheap), names)
    assert np.load("poses.npz")["positions"].shape == (12, 17, 3)
    assert (empty / "clip.glb").stat().st_size > 1000
    assert names["lifted"].positions.shape == (12, 17, 3)
    history = names["model"].history.history
    assert len(history["loss"]) == 2 and np.isfinite(history["pose_mpjpe_mm"]).all()
    (trial,) = empty.glob("studies/sizes/trial_*/trial.json")
    trial = json.loads(trial.read_text())
    assert set(trial["hyperparameters"]["values"]) == {"blocks", "channels"}
    assert 50 < trial["score"] < 1000  # mm, after a step.


@pytest.mark.slow
def test_your_own_video(empty, monkeypatch):
    a_video(empty, monkeypatch)
    names = {}
    document_blocks.run(document_blocks.of("docs/tutorials/your_video.md"), names)
    assert names["wrist"].shape == (12, 3) and np.isfinite(names["wrist"]).all()
    assert (empty / "clip.html").is_file() and (empty / "clip.glb").is_file()


@pytest.mark.slow
def test_your_detectors_file(empty):
    names = {}
    document_blocks.run(document_blocks.of("docs/tutorials/your_keypoints.md"), names)
    assert np.isfinite(names["pose"]).all()
    assert (empty / "poses.csv").read_text().count("\n") == 101
    assert (empty / "poses.html").is_file() and (empty / "poses.trc").is_file()


@pytest.mark.slow
@pytest.mark.filterwarnings(EAGER)
@pytest.mark.usefixtures("exported_before")
def test_your_training_script(empty):
    np.savez("keypoints.npz", keypoints=keypoints())
    cheap = {
        "--dataset=synthetic": "--dataset=synthetic --subjects=3 --clip_frames=40 "
        "--cameras=1 --workers=1",
        "--preset=small": f"{SMALLEST} --steps_per_epoch=1",
        "blocks=2, channels=64": "blocks=1, channels=8",
        "epochs=2": "epochs=1",
    }
    names = {}
    with eagerly():
        document_blocks.run(cheaper("docs/tutorials/your_training.md", **cheap), names)
    history = names["model"].history.history
    assert np.isfinite(history["val_pose_mpjpe_mm"]).all()
    assert (empty / "report.html").is_file() and (empty / "inspected.png").is_file()
    assert np.load("poses.npz")["positions"].shape == (12, 17, 3)


@pytest.mark.slow
@pytest.mark.filterwarnings(EAGER, TUNER)
def test_your_search(empty, walkers):
    (empty / "data").mkdir()
    (empty / "data/mine").symlink_to(walkers)
    cheap = {
        "--trials=12": "--trials=1",
        "--preset=small": f"{SMALLEST} --epochs=1 --steps_per_epoch=1",
        'preset="small"': 'preset="smoke", channels=4, blocks=1, epochs=1, '
        "steps_per_epoch=1",
        "max_trials=3": "max_trials=1",
        "search()": "search(verbose=0)",
    }
    names = {}
    with eagerly():
        document_blocks.run(cheaper("docs/tutorials/your_search.md", **cheap), names)
    assert "search" in (empty / "studies/search/report.md").read_text().lower()
    assert (empty / "runs/best/model.keras").is_file()
    assert names["best"].spatial_neighbors >= 1


@pytest.mark.slow
@pytest.mark.usefixtures("exported_before")
def test_your_server(empty, tiny_run):
    cheap = {"--weights=mocap_human36m_17": f"--workdir={tiny_run}"}
    names = {}
    document_blocks.run(cheaper("docs/tutorials/your_server.md", **cheap), names)
    assert names["positions"].shape == (2, 30, 17, 3)
