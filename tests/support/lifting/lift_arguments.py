"""What the lifting command is given."""

import numpy as np


def one_person(folder):
    """Writes eight frames of keypoints."""
    path = folder / "person.npz"
    rng = np.random.default_rng(0)
    np.savez(path, keypoints=rng.uniform(100, 900, (8, 17, 2)))
    return path


def arguments(model, keypoints, output, *more):
    """The flags to lift `one_person` or another file of COCO's joints."""
    return (
        f"--model={model}",
        f"--keypoints={keypoints}",
        "--layout=coco_17",
        "--image_size=1000x1000",
        f"--output={output}",
        *more,
    )
