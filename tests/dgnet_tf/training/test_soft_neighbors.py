"""How tau of soft neighbours falls in training."""

import numpy as np
import pytest
from support import record_sets

from dgnet_tf import DGNet
from dgnet_tf.config import config
from dgnet_tf.training import fit
from dgnet_tf.training.soft_neighbors import Hardening

TINY = {"channels": 4, "blocks": 1, "non_local": False, "neighbor_softness": 2.0}


def taus(model):
    """tau of each convolution of the first block."""
    modules = model.get_layer("dg_block_1").chain
    convolutions = [c for module in modules for c in (module.conv_1, module.conv_2)]
    return [float(c.tau) for c in convolutions if getattr(c, "tau", None) is not None]


def test_tau_is_a_function_of_the_step():
    # 2 at first, 0.02 at the end: 0.2 half-way, after 3 of 6 steps.
    model = DGNet(frames=2, **TINY)
    assert taus(model) == [2.0] * 4  # DSG and DTG, two layers each.
    hardening = Hardening(model, 0.01, epoch_steps=2, steps=6)
    for epoch, batch, expected in (
        (0, 0, 2.0),
        (1, 1, 0.2),
        (2, 0, 2 * 0.01 ** (4 / 6)),
    ):
        hardening.on_epoch_begin(epoch)
        hardening.on_train_batch_begin(batch)
        np.testing.assert_allclose(taus(model), [expected] * 4, rtol=1e-5)
    hardening.on_train_end()
    np.testing.assert_allclose(taus(model), [0.02] * 4, rtol=1e-5)


@pytest.mark.slow
def test_a_trained_network_has_the_last_tau_its_average_too(tmp_path):
    folder = record_sets.write(tmp_path / "data", {"train": record_sets.takes(40, 40)})
    chosen = config.make(
        "smoke", **TINY, epochs=2, batch_size=2, weight_average=0.9, spatial_unit="dsg",
        temporal_unit="ftg+dtg", neighbor_softness_decay=0.05,
    )  # fmt: skip
    for _ in range(2):  # The second finds it finished.
        run = fit.train(chosen, folder, tmp_path / "run", progress=False)
        dsg, beside = run.model.get_layer("dg_block_1").chain
        for convolution in (dsg.conv_1, dsg.conv_2, beside.gated.conv_1):
            assert float(convolution.tau) == pytest.approx(0.1, rel=1e-5)
        assert float(beside.gate) != 0
