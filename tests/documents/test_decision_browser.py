"""The decision page in a real browser: nothing loaded, nothing logged, usable by everybody.

Debian's chromium, headless, driven by selenium; axe-core comes with its package, so nothing is
downloaded. A machine without chromium cannot run these tests: they fail and say what to install.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from dagster_project.documents.decision import write_decisions

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_PAGES = ("index", "acme/2026-03", "acme/2026-01", "held/2026-03", "hoshi/2026-03",
          "partner/2026-03", "open/2026-03")  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the small warehouse, on disk."""
    folder = tmp_path_factory.mktemp("decisions")
    with duckdb.connect() as con:
        con.execute(Path(__file__).with_name("decision_warehouse.sql").read_text())
        write_decisions(con, folder)
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser with an empty profile, its console and network logged."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.fail(
            "the decision page is tested in a real browser: install it with "
            "`apt-get install chromium chromium-driver`"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    # leaves the browser's own first page, which loads things
    chrome.get("about:blank")
    yield chrome
    chrome.quit()


def _open(
    browser: Chrome,
    page: Path,
    *,
    scheme: str = "light",
    width: int = 1100,
    script: bool = True,
) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.get(page.with_suffix(".html").as_uri())


def _axe(browser: Chrome) -> list[str]:
    source = resources.files("axe_core_python") / "axe.min.js"
    browser.execute_script(source.read_text(encoding="utf-8"))
    found: dict[str, Any] = browser.execute_async_script(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})"
        ".then(arguments[arguments.length - 1])"
    )
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("page", _PAGES)
def test_a_page_opens_from_disk_without_requests_scripts_or_console_words(
    page: str, pages: Path, browser: Chrome
) -> None:
    for log in ("browser", "performance"):
        browser.get_log(log)
    _open(browser, pages / page)
    assert browser.find_element("css selector", "h1").text
    assert browser.get_log("browser") == []
    requested = [
        entry["message"]
        for entry in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in entry["message"]
        and "data:" not in entry["message"].partition('"url":"')[2][:5]
    ]
    assert len(requested) == 1, requested
    assert browser.find_elements("css selector", "script, iframe, link[rel=stylesheet], img") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", _PAGES)
def test_axe_finds_nothing_in_light_and_in_dark(
    page: str, scheme: str, pages: Path, browser: Chrome
) -> None:
    _open(browser, pages / page, scheme=scheme)
    assert _axe(browser) == []


def test_dark_is_dark_and_light_is_light(pages: Path, browser: Chrome) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    _open(browser, pages / "acme/2026-03", scheme="light")
    light = browser.execute_script(colour)
    _open(browser, pages / "acme/2026-03", scheme="dark")
    dark = browser.execute_script(colour)
    assert (light, dark) == ("rgb(251, 250, 247)", "rgb(18, 22, 29)")


@pytest.mark.parametrize("width", [320, 480, 1100])
@pytest.mark.parametrize("page", _PAGES)
def test_the_page_itself_never_scrolls_sideways(
    page: str, width: int, pages: Path, browser: Chrome
) -> None:
    _open(browser, pages / page, width=width)
    beyond = browser.execute_script(
        "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert beyond <= 0


def test_everything_can_be_reached_by_keyboard_in_reading_order(
    pages: Path, browser: Chrome
) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, pages / "acme/2026-03")
    stops = []
    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        stop = browser.execute_script(
            "const e = document.activeElement, r = e.getBoundingClientRect();"
            "return [e.tagName, (e.getAttribute('aria-labelledby') || e.textContent).trim(),"
            " r.top + scrollY, getComputedStyle(e).outlineStyle]"
        )
        if stop[0] == "BODY":
            break
        stops.append(stop)
    assert stops[0][:2] == ["A", "Skip to the content"]
    assert [stop[1] for stop in stops[1:3]] == ["All decisions", "February 2026"]
    wanted = {"way", "causes", "compared", "committed", "allowance", "trend"}
    assert wanted <= {stop[1] for stop in stops}
    tops = [stop[2] for stop in stops[1:]]
    assert tops == sorted(tops), "the focus follows the page from top to bottom"
    assert {stop[3] for stop in stops} == {"solid"}, "the focus is always seen"


def test_the_skip_link_leads_to_the_content(pages: Path, browser: Chrome) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, pages / "acme/2026-03")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.execute_script("return document.activeElement.id") == "content"


def test_it_reads_the_same_without_javascript(pages: Path, browser: Chrome) -> None:
    _open(browser, pages / "acme/2026-03", script=False)
    text = browser.find_element("css selector", "body").text
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "Pay 12,311.02 USD, dispute 896.50 USD" in text


def test_it_prints_to_pages_of_paper(pages: Path, browser: Chrome, tmp_path: Path) -> None:
    _open(browser, pages / "acme/2026-03", scheme="dark")
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    content = base64.b64decode(printed["data"])
    assert content.startswith(b"%PDF-")
    assert 2 <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") <= 9
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.execute_script(
        "return [getComputedStyle(document.body).backgroundColor,"
        " getComputedStyle(document.querySelector('nav')).display]"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == ["rgb(255, 255, 255)", "none"], "paper is white, and has no links to follow"
