import operator
import os

import pytest

from dgnet_tf.errors import UserError
from preprocessing.conversion import parallel


def refuse(task):
    raise UserError(f"task {task} is bad")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_done(workers):
    found = parallel.run(operator.neg, [3, 1, 2], workers)
    assert sorted(found) == [-3, -2, -1]


def test_one_worker_is_this_process_and_works_lazily():
    results = parallel.run(lambda task: (task, os.getpid()), [1, 2], 1)
    assert next(results) == (1, os.getpid())


def test_an_error_in_a_worker_arrives_here():
    with pytest.raises(UserError, match="task [12] is bad"):
        list(parallel.run(refuse, [1, 2], 2))


def test_a_worker_that_dies_is_a_clear_error():
    with pytest.raises(UserError, match="worker process ended unexpectedly"):
        list(parallel.run(os._exit, [3, 3], 2))
