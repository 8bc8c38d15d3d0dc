"""Warm-up requests: real messages, which the model they lie beside can answer."""

import sys

import numpy as np
import pytest
import tensorflow as tf
from support.lifting.lifting_stand_ins import Config, export, small_model

from dgnet_tf.exporting import saved_model, signatures, warmup
from dgnet_tf.inference.options import InferenceOptions


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("warmup") / "pose"
    return saved_model.save(small_model(), Config(), folder)


def logs(folder):
    from tensorflow_serving.apis import prediction_log_pb2

    records = tf.data.TFRecordDataset(str(folder / warmup.PATH))
    return [
        prediction_log_pb2.PredictionLog.FromString(record.numpy())
        for record in records
    ]


def test_each_signature_has_a_request_that_it_answers(exported):
    functions = tf.saved_model.load(str(exported)).signatures
    requests = [log.predict_log.request for log in logs(exported)]
    names = [request.model_spec.signature_name for request in requests]
    assert sorted(names) == sorted(functions)
    for request in requests:
        assert request.model_spec.name == "pose"
        name = request.model_spec.signature_name
        inputs = {k: tf.make_ndarray(v) for k, v in request.inputs.items()}
        described = signatures.descriptions(InferenceOptions.of(Config()))[name][
            "inputs"
        ]
        assert set(inputs) == set(described)
        outputs = functions[name](**{k: tf.constant(v) for k, v in inputs.items()})
        positions = outputs["positions"].numpy()
        assert np.isfinite(positions).all() and np.abs(positions).max() > 0.01
        if "valid" in outputs:
            assert outputs["valid"].numpy().tolist() == [True]


def test_without_the_package_the_export_is_whole_but_for_them(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)
    path = export(tmp_path / "pose")
    assert [p.name for p in (path / "assets.extra").iterdir()] == ["model_card.json"]
    assert "serving_default" in tf.saved_model.load(str(path)).signatures
