"""The site of the documents opens from its files, and asks for nothing else."""

import pathlib
import subprocess
import sys

import pytest
from support import browser

ROOT = pathlib.Path(__file__).parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not browser.present(), reason=browser.MISSING),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", f"--site-dir={folder}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browser.session(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize(
    "page", ["index", "tutorials/your_training", "reference/layers", "datasets"]
)
def test_a_page_asks_for_files_alone_and_fits(site, driver, page, width):
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.open_page(driver, site / f"{page}.html")
    asked = browser.requested(driver)
    assert any(address.endswith(".css") for address in asked)
    assert all(address.startswith(site.as_uri()) for address in asked)
    assert browser.complaints(driver) == []
    # What is wide scrolls by itself.
    assert driver.execute_script("return document.body.scrollWidth") <= width


@pytest.mark.parametrize("page", ["commands", "serving"])
def test_code_in_a_cell_stays_whole_on_a_phone(site, driver, page):
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.open_page(driver, site / f"{page}.html")
    lines = driver.execute_script(
        "return [...document.querySelectorAll('td code')]"
        ".map((code) => [code.textContent, code.getClientRects().length])"
    )
    assert len(lines) > 10
    assert [text for text, count in lines if count > 1] == []


def test_the_search_works_from_files(site, driver):
    from selenium.webdriver.support.ui import WebDriverWait

    browser.open_page(driver, site / "reference/layers.html")
    driver.execute_script("document.querySelector('.md-search__input').focus()")
    browser.press(driver, "SumSquaredError")
    found = WebDriverWait(driver, 20).until(
        lambda driver: driver.execute_script(
            "return [...document.querySelectorAll('.md-search-result__link')]"
            ".map((link) => link.href)"
        )
    )
    assert any("reference/training.html" in address for address in found)
    assert any("explanation/equations.html" in address for address in found)
    assert browser.complaints(driver) == []
