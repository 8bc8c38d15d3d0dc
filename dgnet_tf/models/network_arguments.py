"""Derives a network's class and its constructor's arguments from a configuration."""

from __future__ import annotations

from collections.abc import Mapping

from dgnet_tf.config import fields

# By the names of `--architecture`.
CLASSES = {
    "dgnet": "DGNet",
    "baseline": "DGNet",
    "martinez": "Martinez",
    "semgcn": "SemGCN",
    "tcn": "TCN",
    "stgcn": "STGCN",
}
# What tables and charts call them; an architecture that is not here, by its name.
TITLES = {
    "dgnet": "DG-Net",
    "baseline": "baseline",
    "martinez": "Martinez et al.",
    "semgcn": "SemGCN",
    "tcn": "Pavllo et al.",
    "stgcn": "Cai et al.",
}


def derive(config: Mapping) -> dict:
    """Returns the network that a configuration asks for, ready for JSON.

    The paper's baseline is DG-Net with fixed graphs only: FSG stands where DG-Net has
    DSG, FTG where it has DTG (Sec. IV-D and IV-F name the baseline and its "fixed
    spatial and temporal graph convolutions"; Table VII has both replacements as rows).
    Sizes, non-local blocks and training stay.

    Fields that an older version's configuration lacks are at their defaults. The result
    is {"class": its name, "arguments": of its constructor, by name}.
    """
    architecture = str(config.get("architecture", "dgnet"))
    arguments = {
        name: config.get(name, fields.FIELDS[name].default)
        for name in ("skeleton", *fields.names(fields.NETWORK, architecture), "seed")
        if name != "architecture"
    }
    if architecture == "baseline":
        for unit, dynamic, fixed in (
            ("spatial_unit", "dsg", "fsg"),
            ("temporal_unit", "dtg", "ftg"),
        ):
            without = str(arguments[unit]).replace(f"+{dynamic}", "")
            arguments[unit] = without.replace(dynamic, fixed)
    return {"class": CLASSES.get(architecture, architecture), "arguments": arguments}


def title(name: str) -> str:
    """Returns what tables and charts call an architecture."""
    return TITLES.get(name, name)
