"""Some damages of each target: read right, or refused in one clear line."""

import time

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzzing import child
from fuzzing.target import refusal
from fuzzing.targets import TARGETS

CASES = 200


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_read_or_refused(tmp_path, name):
    """One that fails is `python -m fuzzing --target=NAME --case=CASE`."""
    target = TARGETS[name]
    path = target.write(tmp_path / "source")
    whole = path.read_bytes()
    assert refusal(target, path) is None
    refused = []

    @settings(
        max_examples=max(1, CASES // target.cost),
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.integers(0, 10_000))
    def run(case):
        path.write_bytes(child.damaged(target, whole, 0, case))
        start = time.process_time()  # Whatever else the machine does.
        refused.append(refusal(target, path) is not None)
        assert time.process_time() - start < child.MOST_SECONDS

    run()
    if target.cost == 1:  # Else the damage is none, or always fatal.
        assert set(refused) == {True, False}
