"""A browser, and the pages that it opens."""

import pytest
from support import browser
from support.pages import viewer_pages


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browser.session(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return viewer_pages.write(tmp_path_factory.mktemp("pages"))
