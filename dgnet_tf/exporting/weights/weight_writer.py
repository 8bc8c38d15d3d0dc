"""Writes folders of trained weights, loaded again before they appear."""

from __future__ import annotations

import pathlib

import numpy as np

from dgnet_tf.command_line import progress
from dgnet_tf.exporting.weights import weight_card, weight_engine
from dgnet_tf.files import json_documents, provenance
from dgnet_tf.files.atomic import replacing
from dgnet_tf.models import architectures, pretrained, weight_files, weight_folders
from dgnet_tf.models.runs import Run

# What a float32 file may change, metres; what float16 changes is only reported.
_SAME = 1e-5


def write_folder(
    run: Run, content: dict, folder, *, half: bool, overwrite: bool
) -> float:
    """Writes the folder, whole or not at all, after loading it again.

    `content` is from `weight_card.content_of`; `half` rounds to float16; `overwrite`
    replaces a folder of trained weights. Returns how far the loaded weights move a
    joint of `pretrained.probe`, metres.

    Raises:
        UserError: if the folder is there or being written, or a weight is beyond
            float16.
    """
    folder = pathlib.Path(folder)
    weight_folders.check_free(folder, overwrite)
    with replacing(folder, alone=True, folder=overwrite) as beside:
        beside.mkdir()
        path = weight_files.save(run.model, beside / weight_folders.WEIGHTS, half=half)
        content = {
            **content,
            "weights": {
                "bytes": path.stat().st_size,
                "sha256": provenance.sha256(path),
                "dtype": "float16" if half else "float32",
                "parameters": int(run.model.count_params()),
            },
        }
        json_documents.write(beside / weight_folders.FILE, content)
        progress.doing("load the weights again")
        with architectures.precision(run.config.precision):
            ours = pretrained.probe(run.model, run.config)
        again = pretrained.load(beside)
        theirs = pretrained.probe(again.model, again.config)
        difference = float(np.abs(theirs - ours).max())
        if not half and not difference <= _SAME:
            raise RuntimeError(f"the weights changed on the way: {difference} m")
        content["probe"] = [[round(float(x), 7) for x in joint] for joint in theirs]
        json_documents.write(beside / weight_folders.FILE, content)
        if engine := weight_engine.write(again, beside):
            content["engine"] = engine
            json_documents.write(beside / weight_folders.FILE, content)
        card = weight_card.markdown(content)
        (beside / weight_folders.CARD).write_text(card, encoding="utf-8")
    return difference
