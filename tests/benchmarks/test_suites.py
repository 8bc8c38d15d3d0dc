"""The suites' parts on small networks: that they run, and what they compute."""

import importlib
import json

import numpy as np
import pytest
from support.lifting.lifting_stand_ins import run_command

from benchmarks import floor, lifters, memory, networks, result, run
from benchmarks.suites import page_cache, scaling, train
from dgnet_tf.inference.options import InferenceOptions
from tuning.comparing import contest


@pytest.fixture
def config():
    sizes = {"channels": 8, "blocks": 1, "batch_size": 3, "non_local": False}
    units = {"spatial_unit": "dsg", "temporal_unit": "ftg"}  # Quick to compile.
    return networks.config("small", **sizes, **units)


def test_products_count_what_they_multiply():
    found = floor.products(2, 5, 4)
    names = [product.contestant.name for product in found]
    assert len(set(names)) == len(names)
    assert {name.split(",")[0] for name in names} >= {"TensorFlow graph", "XLA"}
    flat = found[names.index("TensorFlow graph, flat, 4 x 12")]
    # 10 rows, 4 x 12 and back, 32 times over.
    assert flat.multiply_adds == 32 * 2 * 10 * 4 * 12
    assert flat.contestant.run().shape == (10, 4)
    batched = found[names.index("TensorFlow graph, batched, 4 x 4")]
    assert batched.contestant.run().shape == (2, 5, 4)
    gradient = found[names.index("TensorFlow graph, gradient of 4 x 12")]
    products = gradient.contestant.run()
    assert [product.shape for product in products] == [(4, 12)] * 8
    assert gradient.multiply_adds == 8 * 10 * 4 * 12
    np.testing.assert_allclose(
        found[names.index("XLA, flat, 4 x 12")].contestant.run(),
        flat.contestant.run(),
        rtol=1e-3,
        atol=1e-4,
    )


def test_the_floor_takes_the_best_rate():
    fast = [
        floor.Product(contest.Contestant("a", print), 100),
        floor.Product(contest.Contestant("b", print), 1000),
    ]
    found = {
        "a": contest.Times(((1.0,), (1.0,))),  # 100 a second.
        "b": contest.Times(((4.0,), (6.0,))),  # 200 a second.
    }
    assert floor.times(500, fast, found).rounds == ((2.0,), (3.0,))
    rates = floor.rates(fast, found)
    assert rates == pytest.approx({"a": 2e-7, "b": 4e-7})


@pytest.mark.slow
def test_all_that_lifts_gives_the_same_poses(config, tmp_path):
    found = {c.name: c.run() for c in lifters.contestants(config, 2, tmp_path)}
    expected = found[lifters.GRAPH]
    assert expected.shape == (2, 4, 17, 3)
    np.testing.assert_allclose(found[lifters.XLA], expected, atol=1e-5)
    rooted = expected - expected[:, :, :1]
    np.testing.assert_allclose(found[lifters.SAVED_MODEL], rooted, atol=1e-5)
    if lifters.LITERT in found:
        np.testing.assert_allclose(found[lifters.LITERT], rooted, atol=1e-5)
    if lifters.BFLOAT16_GRAPH in found:
        np.testing.assert_allclose(found[lifters.BFLOAT16_GRAPH], expected, atol=0.05)


def test_the_timed_step_trains(config):
    step, seconds = train.step(config, False)
    values = [step() for _ in range(20)]
    assert seconds > 0
    assert np.isfinite(values).all()
    # The running mean of the loss on one batch, again and again.
    assert values[-1] < values[0]


def test_the_torch_step_trains(config):
    pytest.importorskip("torch")
    step = train.torch_step(config, networks.build_torch(config))
    values = [step() for _ in range(20)]
    assert values[-1] < values[0]


def test_a_process_of_its_own_reports_its_own_memory():
    held = np.ones(2**27, np.uint8)  # 128 MiB, in this process alone.
    before = memory.in_own_process(memory.peak)
    assert before < memory.peak() - held.nbytes // 2
    assert memory.resident() >= held.nbytes


def test_a_dropped_file_is_read_from_disk_or_memory_alike(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(100_000))
    page_cache.drop([path])
    before = page_cache.bytes_from_disk()
    page_cache.fill([path])
    first = page_cache.bytes_from_disk() - before
    page_cache.fill([path])
    # Once it is cached nothing comes from the disk (temporary folders may never be).
    assert page_cache.bytes_from_disk() - before == first


def test_the_lifted_video_has_all_frames(config, tmp_path):
    from dgnet_tf.inference import whole_videos

    serve = whole_videos.serving_function(
        networks.build(config), InferenceOptions.of(config, flip=False)
    )
    assert scaling.lifting(serve, 9).run().shape == (9, 17, 3)


@pytest.mark.parametrize("suite", run.SUITES)
def test_the_command_prints_and_writes_what_a_suite_found(
    suite, tmp_path, monkeypatch, capsys
):
    module = importlib.import_module(f"benchmarks.suites.{suite}")
    found = result.Result([result.exact("one ratio", 2.5)], {}, {}, ["A note."])
    monkeypatch.setattr(module, "run", lambda preset, rounds: found)
    output = tmp_path / "found.json"
    run_command(run, f"--suite={suite}", "--preset=small", f"--output={output}")
    assert "one ratio" in capsys.readouterr().out
    content = json.loads(output.read_text())
    assert content["suite"] == suite and content["figures"][0]["ratio"] == 2.5
