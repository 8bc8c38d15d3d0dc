"""Some damages of each target: read right, or refused in one clear line."""

import datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzzing.target import refusal
from fuzzing.targets import TARGETS

CASES = 200
SLOWEST = datetime.timedelta(seconds=5)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_read_or_refused(tmp_path, name):
    target = TARGETS[name]
    path = target.write(tmp_path / "source")
    whole = path.read_bytes()
    assert refusal(target, path) is None
    refused = []

    @settings(
        max_examples=CASES // target.cost,
        deadline=SLOWEST,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.randoms(use_true_random=False))
    def run(rng):
        path.write_bytes(target.damage(whole, rng))
        refused.append(refusal(target, path) is not None)

    run()
    if target.cost == 1:  # Else the damage is none, or always fatal.
        assert set(refused) == {True, False}
