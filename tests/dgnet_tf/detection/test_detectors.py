"""The detectors by name; rtmlib is a stand-in here."""

import sys
import types

import numpy as np
import pytest

from dgnet_tf.detection import detectors
from dgnet_tf.errors import UserError


class Body:
    """Sees two people unless the image is dark."""

    def __init__(self, mode, backend, device):
        assert (mode, backend, device) == ("balanced", "onnxruntime", "cpu")

    def det_model(self, image):
        assert image[0, 0].tolist() == [3, 2, 1]  # BGR.
        return np.zeros((2 if image.max() > 50 else 0, 4))

    def pose_model(self, image, bboxes):
        keypoints = np.arange(len(bboxes) * 34.0).reshape(-1, 17, 2)
        return keypoints, np.full((len(bboxes), 17), 1.2, np.float32)


def image(brightness):
    found = np.full((4, 4, 3), brightness, np.uint8)
    found[0, 0] = 1, 2, 3
    return found


def test_rtmlib_sees_several_people_or_nobody(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmlib", types.SimpleNamespace(Body=Body))
    found = detectors.load("rtmlib")
    assert found.layout == "coco_17"
    first, second = (seen.rows for seen in found.detect(image(200)))
    np.testing.assert_array_equal(first[:, :2].ravel(), np.arange(34))
    assert second[0].tolist() == [34, 35, 1]
    assert found.detect(image(10)) == []


def test_what_rtmlib_lacks_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmlib", None)
    with pytest.raises(UserError, match="pip install rtmlib onnxruntime"):
        detectors.load("rtmlib")

    def offline(**_):
        raise OSError("no route to host")

    module = types.SimpleNamespace(Body=offline)
    monkeypatch.setitem(sys.modules, "rtmlib", module)
    with pytest.raises(UserError, match="could not load its weights .OSError: no ro"):
        detectors.load("rtmlib")
    with pytest.raises(UserError, match="are for --detector=blazepose"):
        detectors.load("rtmlib", "weights.tgz")


def test_another_name_is_an_error():
    with pytest.raises(ValueError, match="`detector` must be one of"):
        detectors.load("openpose")
