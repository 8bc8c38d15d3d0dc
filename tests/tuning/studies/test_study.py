"""The study folder: row ids, locks, and what may share a folder."""

import dataclasses

import pytest
from support import tuning_stand_ins

from dgnet_tf.config import config
from dgnet_tf.errors import UserError
from tuning.studies import study as studies

BASE = config.make("small")
STUDY = studies.Study(BASE, "d1", "cmu", "test")


def name(**overrides):
    return studies.row_id(STUDY, dataclasses.replace(BASE, **overrides), "d1")


def test_a_row_is_named_after_what_it_changes():
    assert name().startswith("base-")
    assert name(blocks=1).startswith("blocks-1-")
    assert name(temporal_unit="").startswith("temporal_unit-none-")
    assert len(name(spatial_unit="fsg,dsg,dsg", connection="precomputed")) < 100


def test_equal_settings_are_one_row_and_others_are_not():
    assert name(blocks=BASE.blocks) == name()
    assert name(seed=7) == name()
    assert len({name(), name(blocks=1), name(noise_px=1.0), name(frames=5)}) == 4
    assert studies.row_id(STUDY, BASE, "d2") != name()


def test_a_study_folder_is_of_one_study(tmp_path):
    studies.start(tmp_path, STUDY)
    studies.start(tmp_path, STUDY)
    assert studies.read(tmp_path) == STUDY
    other = dataclasses.replace(
        STUDY, base=config.make("small", channels=8), split="validation"
    )
    with pytest.raises(UserError) as error:
        studies.start(tmp_path, other)
    assert "split was 'test', is 'validation'" in str(error.value)
    assert "channels was 64, is 8" in str(error.value)
    with pytest.raises(UserError, match="data was 'd1', is 'd2'"):
        studies.start(tmp_path, dataclasses.replace(STUDY, data="d2"))


def test_a_folder_without_a_study_says_what_makes_one(tmp_path):
    with pytest.raises(UserError, match="study.json: not found.*run_ablations"):
        studies.read(tmp_path)
    (tmp_path / "study.json").write_text('{"version": 9}')
    with pytest.raises(UserError, match="not a study: field 'version' is 9"):
        studies.read(tmp_path)


def test_one_process_holds_a_folder_at_a_time(tmp_path):
    with studies.locked(tmp_path):
        with pytest.raises(UserError, match=r"process \d+ on .* runs a study there"):
            with studies.locked(tmp_path):
                pass
    with studies.locked(tmp_path):
        pass


def test_a_result_that_is_no_json_is_refused_by_name(tmp_path):
    path = studies.result_path(tmp_path, "row", 0)
    assert studies.read_result(tmp_path, "row", 0) is None
    path.parent.mkdir(parents=True)
    path.write_text('{"half')
    with pytest.raises(UserError, match="result.json: not what a study wrote"):
        studies.read_result(tmp_path, "row", 0)


def test_the_digest_is_of_the_records(tmp_path):
    from dgnet_tf.data import manifest

    read = [
        manifest.read(tuning_stand_ins.data(tmp_path / name, record_frames=frames))
        for name, frames in (("a", 16), ("b", 16), ("c", 20))
    ]
    a, b, c = map(studies.data_digest, read)
    assert a == b != c
