"""Runs the converting command in this process."""

import copy

from dgnet_tf.data import manifest, views
from preprocessing import convert


def parse(*arguments):
    """The flags of the converting command, as given; one worker converts."""
    values = copy.deepcopy(convert.FLAGS)
    values(["convert", "--workers=1", *arguments])
    return values


def converted(folder, *arguments):
    """Runs the command; returns its manifest, and the views by their ids."""
    out = folder / "out"
    convert.main(parse(f"--output={out}", *arguments))
    content = manifest.read(out)
    return content, {
        (view.subject, view.action, view.take, view.camera): view
        for split in content.splits
        for view in views.load_views(out, split)
    }
