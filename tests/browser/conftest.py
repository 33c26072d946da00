"""A real browser on a real web server, with a real worker behind it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if CHROMIUM.exists():
        return
    if os.environ.get("PORTAL_REQUIRE_BROWSER"):
        pytest.fail(f"There is no {CHROMIUM}, and here the browser tests must run.")
    pytest.skip(f"There is no {CHROMIUM}: install the package chromium.")


@pytest.fixture
def portal(start: Callable[..., Any], worker: None) -> str:
    """The address of a portal that serves this test's own database."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        number = listening.fileno()
        options = ["--no-control-socket", "--bind", f"fd://{number}", "--threads", "4"]
        start("gunicorn", "portal.wsgi", *options, pass_fds=[number])
        port = listening.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    requests.get(f"{url}healthz", timeout=20)
    return url


@pytest.fixture
def in_browser(portal: str) -> Callable[..., None]:
    """Run steps in a browser, in a thread of its own: Playwright's event loop would keep Django
    from the database in this one. The steps get a function that signs a user in."""

    def run(steps: Callable[[Callable[..., Page]], None]) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_browse, portal, steps).result()

    return run


def _browse(portal: str, steps: Callable[[Callable[..., Page]], None]) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        steps(lambda username, width=1280, **more: _sign_in(browser, portal, username, width, more))
        browser.close()


def _sign_in(
    browser: Browser, portal: str, username: str, width: int, more: dict[str, Any]
) -> Page:
    viewport = {"width": width, "height": 900}
    page = browser.new_context(viewport=viewport, base_url=portal, **more).new_page()  # type: ignore[arg-type]
    page.goto("admin/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page
