import matplotlib.image
import numpy as np
import pytest
from matplotlib import colors
from matplotlib.figure import Figure

from dgnet_tf import skeletons
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline, sample_figure, summary
from preprocessing.datasets import synthetic

SKELETON = skeletons.get("human36m_17")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figure") / "out"
    dataset = synthetic.read(3, 40, rig=Rig(1))
    pipeline.convert(dataset, folder, show=lambda line: None)
    return folder


def test_the_figure_shows_both_sides_in_their_colours(data, tmp_path):
    path = tmp_path / "new" / "figure.png"
    sample_figure.draw(data, manifest.read(data), path)
    pixels = matplotlib.image.imread(path)[..., :3]
    for colour in (sample_figure.LEFT, sample_figure.RIGHT, sample_figure.MIDDLE):
        match = np.abs(pixels - colors.to_rgb(colour)).max(axis=-1) < 0.02
        assert match.sum() > 100
    assert [file.name for file in path.parent.iterdir()] == ["figure.png"]


def test_keypoints_are_drawn_with_y_down_inside_the_image_border(data):
    content = manifest.read(data)
    record = sample_figure._choose(data, content, "test")[0]
    axes = Figure().add_subplot()
    sample_figure._draw_image(axes, record, SKELETON)
    assert axes.yaxis_inverted() and not axes.xaxis_inverted()
    bones = {tuple(map(tuple, line.get_xydata())) for line in axes.lines[:-1]}
    last = record["keypoints"][int(record["frames"]) - 1].astype(float)
    assert (tuple(last[12]), tuple(last[13])) in bones
    assert axes.lines[-1].get_xydata().tolist() == [
        [0, 0], [1000, 0], [1000, 1000], [0, 1000], [0, 0],
    ]  # fmt: skip


def test_poses_are_drawn_with_up_up(data):
    content = manifest.read(data)
    record = sample_figure._choose(data, content, "test")[0]
    axes = Figure().add_subplot(projection="3d")
    sample_figure._draw_space(axes, record, SKELETON)
    x, depth, up = axes.lines[0].get_data_3d()
    (parent, child), _ = next(sample_figure._bones(SKELETON))
    expected = record["positions"][0][[parent, child]]
    np.testing.assert_allclose(np.stack([x, -up, depth], axis=1), expected)


def test_a_file_that_is_no_image_is_refused(data, tmp_path):
    with pytest.raises(UserError, match="figure.txt: --figure must end in an image"):
        sample_figure.draw(data, manifest.read(data), tmp_path / "figure.txt")
    assert not list(tmp_path.iterdir())


def test_the_table_has_a_row_per_split_in_order(data):
    lines = summary.table(manifest.read(data)).splitlines()
    assert lines[0].startswith("synthetic: human36m_17, 50 frames per second")
    rows = [line.split() for line in lines[3:]]
    # Split, person, views, frames, minutes, records.
    assert [row[:6] for row in rows] == [
        ["train", "walker_00", "3", "120", "0.0", "3"],
        ["validation", "walker_01", "3", "120", "0.0", "3"],
        ["test", "walker_02", "3", "120", "0.0", "3"],
    ]
