"""The charts of home as a browser draws them: within the page, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from leads.models import LeadStatus
from tests.factories import make_attempt, make_lead, make_user

pytestmark = pytest.mark.browser
SignIn = Callable[..., Page]
LOOK = """() => [...document.querySelectorAll("canvas.chart")].map((canvas) => {
    const chart = Chart.getChart(canvas);
    return {
        bars: chart.data.datasets.map((each) => each.backgroundColor),
        text: chart.options.scales.x.ticks.color,
        legend: chart.options.plugins.legend.labels.color,
        grid: chart.options.scales.y.grid.color,
        width: canvas.getBoundingClientRect().width,
        height: canvas.getBoundingClientRect().height,
    };
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_charts_follow_the_theme_when_it_is_switched_on_the_page(
    width: int, in_browser: Callable[..., None]
) -> None:
    sealed = {"sealed_at": timezone.now(), "outcome": "added", "milliseconds": 21}
    make_attempt(make_lead(LeadStatus.PUSHED), **sealed)
    username = make_user("superuser").username
    seen: dict[str, list[dict[str, Any]]] = {}
    wide: list[int] = []

    def steps(sign_in: SignIn) -> None:
        page = sign_in(username, width)
        page.wait_for_load_state("load")
        for theme, has in (("light", "remove"), ("dark", "add")):
            page.evaluate(f"document.documentElement.classList.{has}('dark')")
            page.wait_for_timeout(300)
            seen[theme] = page.evaluate(LOOK)
        wide.append(page.evaluate("document.documentElement.scrollWidth"))

    in_browser(steps)
    assert len(seen["light"]) == 4
    for light, dark in zip(seen["light"], seen["dark"], strict=True):
        for part in ("text", "legend", "grid"):
            assert light[part] != dark[part], part
        assert all(a != b for a, b in zip(light["bars"], dark["bars"], strict=True))
        assert light["width"] > 200
        assert light["height"] > 150
    assert wide == [width]
