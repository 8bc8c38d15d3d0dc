"""Estimates from keypoints and predicted depth beside the network's own (Table IX).

The network gives root-relative (x, y, z). Keypoints (u, v) with a depth for each joint
give another estimate of x and y: the depth is the root's, which somebody must tell,
plus the network's z. The paper averages the two estimates plainly (Sec. IV-C).
"""

from __future__ import annotations

import numpy as np

from dgnet_tf import cameras
from dgnet_tf.inference import root_trajectory

XYZ = "xyz"
# What each estimate is made of; the first is the network's own.
CONSUMES = {
    XYZ: "The network's output: keypoints and image size, nothing else.",
    "uvd_true_root": "Keypoints at the predicted depth, the camera's intrinsics, and "
    "the root's true depth, which is ground truth.",
    "balanced_true_root": "Plain mean of xyz and uvd_true_root: the paper's balanced "
    "coordinates (Table IX). Needs intrinsics and ground truth.",
    "uvd_fitted_root": "Keypoints at the predicted depth, the camera's intrinsics, and "
    "the root's depth fitted to keypoints and predicted pose. Needs no ground truth.",
    "balanced_fitted_root": "Plain mean of xyz and uvd_fitted_root. Needs intrinsics, "
    "no ground truth.",
}


def all_estimates(view, keypoints, predicted, root: int):
    """Returns {name in `CONSUMES`: (F, N, 3)}, and (F,) where a root was fitted.

    Poses, `predicted` too, are metres with the root at 0; `keypoints` are the pixels
    that were lifted, and are freed of the lens' distortion first. Where no root can be
    fitted to a frame (`root_trajectory.fit_each_frame`), its fitted estimates are xyz.

    Raises:
        UserError: if the view has no intrinsics.
    """
    intrinsics = view.camera_intrinsics("the balanced estimates", "--balance")
    pixels = cameras.undistort(keypoints, intrinsics)
    predicted = predicted.astype(np.float64)
    true = view.positions[:, root, 2].astype(np.float64)
    fitted = root_trajectory.fit_each_frame(
        predicted, pixels, intrinsics, view.confidence
    )[:, 2]
    found = {XYZ: predicted}
    for source, depth in (("true", true), ("fitted", fitted)):
        known = np.isfinite(depth)
        uvd = predicted.copy()
        uvd[known] = from_depth(
            pixels[known], depth[known], predicted[known], intrinsics, root
        )
        found[f"uvd_{source}_root"] = uvd
        found[f"balanced_{source}_root"] = (predicted + uvd) / 2
    return found, np.isfinite(fitted)


def from_depth(pixels, root_depth, predicted, intrinsics, root: int) -> np.ndarray:
    """Puts pixels (F, N, 2), undistorted, at the root's depth (F,) plus predicted z.

    Returns (F, N, 3) metres, the root at 0.
    """
    depth = root_depth[:, None] + predicted[..., 2]  # (F, N)
    positions = cameras.back_project(pixels, depth, intrinsics)
    return positions - positions[:, root, None]
