"""The first damages of each target: read right, or refused in one clear line.

A case that fails here is `python -m fuzzing --target=NAME --case=CASE`.
"""

import time

import pytest

from fuzzing import child
from fuzzing.target import refusal
from fuzzing.targets import TARGETS

CASES = 200


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_read_or_refused(tmp_path, name):
    target = TARGETS[name]
    path = target.write(tmp_path / "source")
    whole = path.read_bytes()
    assert refusal(target, path) is None
    refused = []
    for case in range(max(1, CASES // target.cost)):
        path.write_bytes(child.damaged(target, whole, 0, case))
        start = time.process_time()  # Whatever else the machine does.
        try:
            refused.append(refusal(target, path) is not None)
        except Exception as error:
            raise AssertionError(f"case {case}") from error
        assert time.process_time() - start < child.MOST_SECONDS, f"case {case}"
    # Else the damage is none, or always fatal.
    assert len(refused) < CASES // 2 or set(refused) == {True, False}
