import operator
import os

import pytest

from dgnet_tf.command_line import parallel
from dgnet_tf.errors import UserError


def refuse(task):
    raise UserError(f"task {task} is bad")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_is_done(workers):
    found = parallel.results(operator.neg, [3, 1, 2], workers)
    assert sorted(found) == [-3, -2, -1]


def test_one_worker_is_this_process_and_works_lazily():
    results = parallel.results(lambda task: (task, os.getpid()), [1, 2], 1)
    assert next(results) == (1, os.getpid())


def test_an_error_in_a_worker_arrives_here():
    with pytest.raises(UserError, match="task [12] is bad"):
        list(parallel.results(refuse, [1, 2], 2))


def test_a_worker_that_dies_is_a_clear_error():
    with pytest.raises(UserError, match="worker process ended unexpectedly"):
        list(parallel.results(os._exit, [3, 3], 2))


def die_of_three(task):
    if task == 3:
        os._exit(3)
    return task, os.getpid()


def test_a_task_that_kills_its_process_is_the_only_one_lost():
    tasks = [1, 2, 3, 4, 5, 6]
    found = dict(parallel.survivors(die_of_three, tasks, 2))
    assert found.pop(3) is None
    assert {task: result[0] for task, result in found.items()} == {
        task: task for task in (1, 2, 4, 5, 6)
    }
    assert os.getpid() not in {process for _, process in found.values()}


def test_survivors_of_one_worker_are_done_here():
    found = list(parallel.survivors(lambda task: -task, [3, 1], 1))
    assert found == [(3, -3), (1, -1)]


def test_an_error_ends_the_survivors_too():
    with pytest.raises(UserError, match="task [12] is bad"):
        list(parallel.survivors(refuse, [1, 2], 2))
