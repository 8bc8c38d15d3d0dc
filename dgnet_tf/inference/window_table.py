"""Which windows a video is cut into, and where each frame's pose is read from them."""

from __future__ import annotations

import numpy as np

from dgnet_tf.inference.options import InferenceOptions


def window_table(length, options: InferenceOptions, arange=np.arange):
    """Returns which frames each window holds and where each frame is read.

    A window holds T = `frames` frames, `frame_stride` (s) apart. The rules of `overlap`
    are

    - "once": each frame is in one window. Every block of T s frames is cut into s
      interleaved windows.
    - "center": a window for each frame, which stands in its slot (T - 1) // 2.
    - "mean": the mean over all T windows that cover the frame.
    - "interior": each frame is read once, but not from the first or last T // 4 slots
      of a window, where the network sees too little of what comes before or after.
      Windows overlap by as much; below T = 4 the rule is "once".

    Args:
        length: F, number of frames; an int32 scalar tensor for `tf.range`.
        options: see above.
        arange: `np.arange` or `tf.range`, for arrays or tensors.

    Returns:
        (W, T) frame index of each window's slots, which may lie outside of
        0..F-1; (F, R) indices into the W T slots, to be averaged for each frame.
    """
    frames, stride, span = options.frames, options.frame_stride, options.span
    frame = arange(length)[:, None]  # (F, 1)
    if options.overlap == "once":
        windows = arange((length + span - 1) // span * stride)
        starts = windows // stride * span + windows % stride
        window = frame // span * stride + frame % stride
        slot = frame % span // stride
    elif options.overlap == "center":
        slot = (frames - 1) // 2
        window = frame
        starts = arange(length) - slot * stride
    elif options.overlap == "interior":
        block, margin = options.block, options.margin
        windows = arange((length + block - 1) // block * stride)
        starts = windows // stride * block + windows % stride - margin * stride
        window = frame // block * stride + frame % stride
        slot = margin + frame % block // stride
    else:  # "mean"
        slot = arange(frames)[None]  # (1, T)
        reach = (frames - 1) * stride
        window = frame + reach - slot * stride
        starts = arange(length + reach) - reach
    slots = starts[:, None] + arange(frames) * stride  # (W, T)
    return slots, window * frames + slot
