"""Two evaluated views and their report, shared by the tests of an evaluation."""

import pytest
from support.lifting.lifting_stand_ins import Config, small_model
from support.reports import evaluated_takes

from dgnet_tf.evaluation import evaluation


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return evaluated_takes.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def model():
    return small_model()


@pytest.fixture(scope="module")
def plain(data_dir, model):
    """The report without any option."""
    return evaluation.evaluate(model, Config(), data_dir)
