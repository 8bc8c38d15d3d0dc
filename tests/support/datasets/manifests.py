"""What a converted data set says of itself."""

from dgnet_tf.data import manifest

DATA = manifest.Manifest(
    dataset="human36m",
    skeleton="human36m_17",
    fps=50.0,
    record_frames=128,
    record_overlap=12,
    options={"detections": "none"},
    sources={"metadata.xml": "ab" * 32},
    splits={
        "train": manifest.Split(4, 400, 8.0, 4, ("S1", "S5"), ((0.0,) * 3,) * 17, ()),
        "test": manifest.Split(2, 90, 1.8, 1, ("S9",), ((0.0,) * 3,) * 17, ()),
    },
)
