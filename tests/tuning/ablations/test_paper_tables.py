"""The ablation tables: fields, figures and where the paper's default stands."""

import dataclasses

import pytest

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from dgnet_tf.layers.neighbor_masks import CONNECTIONS
from dgnet_tf.layers.pair_score import WEIGHTINGS
from tuning.ablations import paper_tables

PAPER = config.make("paper")
ROWS = [row for table in paper_tables.TABLES.values() for row in table.rows]


def resolved(row):
    return dataclasses.replace(PAPER, **row.overrides)


def test_the_tables_are_the_papers_in_size_and_number():
    sizes = {t.name: (t.number, len(t.rows)) for t in paper_tables.TABLES.values()}
    assert sizes == {
        "neighbors": ("V", 9),
        "graphs": ("VI", 18),
        "units": ("VII", 12),
        "blocks_frames": ("VIII", 7),
        "design": ("IX", 8),
    }


def test_rows_set_fields_of_the_configuration_and_each_row_another_thing():
    fields = {field.name for field in dataclasses.fields(config.Config)}
    assert all(set(row.overrides) <= fields for row in ROWS)
    for table in paper_tables.TABLES.values():
        for group in table.groups:
            members = [row for row in table.rows if row.group == group]
            settings = {
                (tuple(resolved(row).__dict__.items()), row.estimate, row.source)
                for row in members
            }
            assert len(settings) == len(members)


def test_the_paper_default_stands_in_each_group_with_45_3_mm():
    for table in paper_tables.TABLES.values():
        for group in table.groups:
            if group in ("coordinates", "2-D source", "dynamical spatial unit"):
                continue
            figures = [
                row.published
                for row in table.rows
                if row.group == group and resolved(row) == PAPER
            ]
            assert figures == [45.3], group


def test_the_graphs_table_crosses_every_connection_with_every_weighting():
    found = [tuple(row.overrides.values()) for row in paper_tables.get("graphs").rows]
    assert sorted(found) == sorted((c, w) for c in CONNECTIONS for w in WEIGHTINGS)


def test_the_spatial_rows_have_no_temporal_unit_and_the_temporal_ones_fsg_dsg():
    units = [row.overrides for row in paper_tables.get("units").rows]
    assert [u["temporal_unit"] for u in units[:5]] == [""] * 5
    assert {u["spatial_unit"] for u in units[5:]} == {"fsg,dsg"}
    names = [row.name for row in paper_tables.get("units").rows]
    assert names[1] == "FSG+DSG" and names[9] == "FSG+DSG+FTG+DTG+FTG"


def test_an_unknown_table_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="--table must be one of neighbors.*'joints'"):
        paper_tables.get("joints")
