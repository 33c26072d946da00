"""A chart and its table from one set of numbers: Chart.js, as it comes with the theme, draws it.

Colours are names of CSS variables (`leads/home.css`), one value for the light and one for the dark
theme; `leads/charts.js` takes them again when the theme is switched.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

PER_ROW, AXES = 84, 130  # pixels of a horizontal chart


@dataclass(frozen=True)
class Series:
    """One row of bars or one line; a value of None is drawn as a gap."""

    label: str
    values: Sequence[int | None]
    colour: str
    dashed: bool = False


@dataclass(frozen=True)
class Line:
    """One row of the table: its label, where that leads to, and its numbers."""

    label: str
    url: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """What is drawn: `rows` are the labels along the axis, one value of each series for each.

    `form` is stacked (bars on each other), side by side (horizontal), or line; `corner` heads the
    table's first column, `note` says as of when the numbers are, `unit` what they are.
    """

    name: str
    title: str
    corner: str
    rows: Sequence[str]
    series: Sequence[Series]
    note: str
    form: str = "stacked"
    unit: str = ""
    urls: Sequence[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)

    @property
    def height(self) -> int:
        """In pixels."""
        return AXES + PER_ROW * len(self.rows) if self.form == "side by side" else 300

    @property
    def data(self) -> str:
        """Chart.js's `data`."""
        return json.dumps(
            {
                "labels": list(self.rows),
                "datasets": [_dataset(one, self.form) for one in self.series],
            }
        )

    @property
    def options(self) -> str:
        """Chart.js's `options`."""
        across = self.form == "side by side"
        stacked = self.form == "stacked"
        box = 8 if self.form == "line" else 14
        category: dict[str, Any] = {
            "stacked": stacked,
            "grid": {"display": False},
            "ticks": {"autoSkip": not across, "maxRotation": 0, "autoSkipPadding": 16},
        }
        numbers: dict[str, Any] = {
            "stacked": stacked,
            "beginAtZero": True,
            "grid": {"display": True},
            "ticks": {"precision": 0, "maxTicksLimit": 6},
            "title": {"display": bool(self.unit), "text": self.unit},
        }
        return json.dumps(
            {
                "animation": False,
                "responsive": True,
                "maintainAspectRatio": False,
                "locale": get_language() or "en",
                "indexAxis": "y" if across else "x",
                "interaction": {
                    "mode": "index",
                    "intersect": False,
                    "axis": "y" if across else "x",
                },
                "plugins": {
                    "legend": {
                        "position": "bottom",
                        "labels": {
                            "boxWidth": box,
                            "boxHeight": box,
                            "usePointStyle": self.form == "line",
                        },
                    }
                },
                "scales": {
                    "x": numbers if across else category,
                    "y": category if across else numbers,
                },
            }
        )

    @property
    def headers(self) -> list[str]:
        """The heads of the table's columns."""
        return [self.corner, *(series.label for series in self.series)]

    @property
    def lines(self) -> list[Line]:
        """The rows of the table: the numbers that are drawn."""
        urls = self.urls or [""] * len(self.rows)
        return [
            Line(label, url, [series.values[place] for series in self.series])
            for place, (label, url) in enumerate(zip(self.rows, urls, strict=True))
        ]


def _dataset(series: Series, form: str) -> dict[str, Any]:
    colour = f"var({series.colour})"
    dataset: dict[str, Any] = {
        "label": str(series.label),
        "data": list(series.values),
        "colour": series.colour,
        "backgroundColor": colour,
    }
    if form != "line":
        # A gap between neighbours, so that they are told apart without their colours as well.
        return {
            **dataset,
            "borderColor": "var(--chart-gap)",
            "borderWidth": 1,
            "maxBarThickness": 28,
        }
    return {
        **dataset,
        "borderColor": colour,
        "borderWidth": 2,
        "borderDash": [6, 4] if series.dashed else [],
        "pointStyle": "triangle" if series.dashed else "circle",
        "pointRadius": 3,
        "spanGaps": False,
    }
