"""The page that plays a clip: it opens from its file, and is written whole."""

import pytest
from support import browser
from support.pages import clip_stand_ins

from dgnet_tf.pages import viewer

needs_browser = pytest.mark.skipif(not browser.present(), reason=browser.MISSING)


@needs_browser
def test_a_page_opens_without_asking_for_anything(driver, pages):
    for name in ("one", "several", "walk"):
        browser.open_page(driver, pages / f"{name}.html")
        assert browser.drawn(driver)["bones"] > 0
        assert browser.requested(driver) == []
        assert browser.complaints(driver) == []


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(OSError):
        viewer.write(
            clip_stand_ins.clip(clip_stand_ins.person()), tmp_path / "taken.html"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["taken.html"]
