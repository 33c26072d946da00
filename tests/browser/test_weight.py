"""What pages cost a browser over the wire: at first, and with its cache full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.in_use import InUse, media_in

pytestmark = pytest.mark.browser
SignIn = Callable[..., Page]
COLD, WARM = 700_000, 60_000
# The heaviest of each kind.
PAGES = ["admin/", "admin/leads/lead/", "admin/leads/lead/desk/clean/", "admin/leads/pushattempt/"]
OBJECTS = ["leads.lead", "leads.pushbatch", "leads.dialer"]


class Wire:
    """Counts the bytes that a page's requests bring, headers and compression included."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._bytes: dict[str, int] = {}
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on(
            "Network.loadingFinished",
            lambda one: self._bytes.update({one["requestId"]: int(one["encodedDataLength"])}),
        )

    def forget(self) -> None:
        """Empty the browser's cache."""
        self._session.send("Network.clearBrowserCache")

    def of(self, address: str) -> int:
        """The bytes that this page brings."""
        self._bytes.clear()
        self._page.goto(address, wait_until="networkidle")
        return sum(self._bytes.values())


def test_no_page_is_heavy(in_browser: Callable[..., None], settings: Any, tmp_path: Path) -> None:
    media_in(settings, tmp_path)
    portal = InUse()
    objects = [
        f"admin/{label.replace('.', '/')}/{portal.objects[label].pk}/change/" for label in OBJECTS
    ]
    username = portal.superuser.username
    heavy: list[str] = []

    def steps(sign_in: SignIn) -> None:
        wire = Wire(sign_in(username))
        for address in [*PAGES, *objects]:
            wire.forget()
            for most, when in ((COLD, "cold"), (WARM, "warm")):
                if (found := wire.of(address)) > most:
                    heavy.append(f"{address} {when}: {found:,} bytes")

    in_browser(steps)
    assert not heavy, heavy
