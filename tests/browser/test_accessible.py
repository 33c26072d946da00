"""No page has a serious finding of axe-core's rules for WCAG 2.2 AA, light or dark; none is wider
than a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.in_use import InUse, media_in

pytestmark = pytest.mark.browser
SignIn = Callable[..., Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


def findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page: rule, where, and what to do."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "width", "each"), [("light", 1280, 1), ("dark", 390, 2)])
def test_no_page_has_a_serious_finding_or_is_wider_than_a_phone(
    scheme: str,
    width: int,
    each: int,
    in_browser: Callable[..., None],
    settings: Any,
    tmp_path: Path,
) -> None:
    media_in(settings, tmp_path)
    portal = InUse()
    pages, username = list(portal.pages()), portal.superuser.username
    # In the dark the rules see every other one: what they are made of is the same.
    looked_at = {name for name, _ in pages[::each]}
    found: dict[str, list[str]] = {}
    wide: dict[str, int] = {}

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username, width)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for name, address in pages:
            answer = page.goto(address)
            if (own := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[name] = own
            if name in looked_at and answer and answer.ok and (wrong := findings(page)):
                found[name] = wrong

    in_browser(steps)
    assert len(pages) > 50
    assert not found, "\n".join(f"{name}: {one}" for name, few in found.items() for one in few)
    assert wide == {}
