"""Where leads stand: by status over the days, and per source.

Few leads are counted when they are asked for; of many, the last tally is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from leads.models import LeadStatus, TallyState
from leads.reports.counted import DAYS, last_days, today
from leads.tally import LEADS_NOW

S = LeadStatus
MOST_SOURCES = 10
# What was approved at one time, whatever came of it.
APPROVED = (S.APPROVED, S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED, S.REFUSED)
_NOW = f"""
    SELECT %(today)s::date AS day, lead_source_id, status, leads FROM ({LEADS_NOW}) now
    WHERE %(live)s
"""  # noqa: S608 - our own words
_BY_DAY = f"""
SELECT day, status, sum(leads) FROM (
    SELECT day, lead_source_id, status, leads FROM leads_leadtally
    WHERE day >= %(first)s AND NOT (%(live)s AND day = %(today)s)
    UNION ALL {_NOW}
) each GROUP BY day, status
"""  # noqa: S608 - our own words
_BY_SOURCE = f"""
SELECT source.id, source.name, each.status, each.leads FROM (
    SELECT day, lead_source_id, status, leads FROM leads_leadtally
    WHERE NOT %(live)s AND day = (SELECT max(day) FROM leads_leadtally)
    UNION ALL {_NOW}
) each JOIN leads_source source ON source.id = each.lead_source_id
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Standing:
    """As of when leads are counted (None: never yet), and whether that is at this moment."""

    live: bool
    at: datetime | None


@dataclass(frozen=True)
class Funnel:
    """What came in from one source, and how far its leads are now."""

    source_id: int
    source: str
    rows: int
    invalid: int
    duplicate: int
    approved: int
    pushed: int
    refused: int


def standing(few: bool, now: datetime) -> Standing:
    """How leads are counted: now if they are `few`, else as of the last tally."""
    if few:
        return Standing(True, now)
    return Standing(False, TallyState.objects.values_list("leads_at", flat=True).first())


def leads_by_day(live: bool, days: int = DAYS) -> dict[date, dict[str, int]]:
    """Day -> status -> leads at its end (today: so far), by one query.

    Of the last `days` days; one on which nothing was counted has no statuses.
    """
    span = last_days(days)
    found: dict[date, dict[str, int]] = {day: {} for day in span}
    values: dict[str, Any] = {"first": span[0], "today": span[-1], "live": live}
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, values)
        for day, status, leads in cursor.fetchall():
            if day in found:
                found[day][status] = int(leads)
    if live and not found[span[-1]]:
        found[span[-1]] = dict.fromkeys(S.values, 0)
    return found


def funnels(live: bool, most: int = MOST_SOURCES) -> list[Funnel]:
    """The `most` sources with the most leads, the largest first, by one query."""
    sources: dict[tuple[int, str], dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_SOURCE, {"live": live, "today": today()})
        for source_id, name, status, leads in cursor.fetchall():
            sources.setdefault((source_id, name), {})[status] = int(leads)
    found = [_funnel(*source, counts) for source, counts in sources.items()]
    return sorted(found, key=lambda each: (-each.rows, each.source))[:most]


def _funnel(source_id: int, name: str, counts: dict[str, int]) -> Funnel:
    return Funnel(
        source_id,
        name,
        rows=sum(counts.values()),
        invalid=counts.get(S.INVALID, 0),
        duplicate=counts.get(S.DUPLICATE, 0),
        approved=sum(counts.get(status, 0) for status in APPROVED),
        pushed=counts.get(S.PUSHED, 0),
        refused=counts.get(S.REFUSED, 0),
    )
