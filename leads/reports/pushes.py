"""What became of the calls of the last days: by day and outcome, by reason, by who pushed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from leads.models import Outcome
from leads.reports.counted import CALLS, DAYS, Counted, last_days, midnight

MOST_LINES = 15
# The outcomes of an add_lead that a chart tells apart; the rest were never sent.
ADDS = (Outcome.ADDED, Outcome.DUPLICATE, Outcome.REFUSED, Outcome.UNCLEAR)
NOT_SENT = (Outcome.NOT_SENT, Outcome.STOP)

_BY_DAY = f"""
SELECT (hour AT TIME ZONE %(zone)s)::date AS day, outcome, sum(calls)
FROM ({CALLS}) each WHERE kind = 'add' GROUP BY day, outcome
"""  # noqa: S608 - our own words
_REFUSALS = f"""
SELECT reason, outcome, sum(calls) AS calls FROM ({CALLS}) each
WHERE kind = 'add' AND outcome IN ('refused', 'duplicate')
GROUP BY reason, outcome ORDER BY calls DESC, reason LIMIT {MOST_LINES}
"""  # noqa: S608 - our own words
# A lead that was found there by a look-up was pushed by the call before it.
_BY_WHOM = f"""
SELECT person.id, person.username, list.id, list.list_id, list.name, dialer.id, dialer.name,
    sum(each.calls) AS leads
FROM ({CALLS}) each
JOIN leads_pushbatch batch ON batch.id = each.batch_id
JOIN leads_dialerlist list ON list.id = batch.dialer_list_id
JOIN leads_dialer dialer ON dialer.id = list.dialer_id
LEFT JOIN auth_user person ON person.id = batch.created_by_id
WHERE each.outcome = 'found' OR each.kind = 'add' AND each.outcome = 'added'
GROUP BY person.id, list.id, dialer.id ORDER BY leads DESC, list.id LIMIT {MOST_LINES}
"""  # noqa: S608 - our own words
_MIX = f"""
SELECT batch.dialer_id, each.outcome, sum(each.calls) FROM ({CALLS}) each
JOIN leads_pushbatch batch ON batch.id = each.batch_id
WHERE each.kind = 'add' GROUP BY batch.dialer_id, each.outcome
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Pushed:
    """How many leads one person (None: a command without one) put into one list."""

    user_id: int | None
    user: str
    list_pk: int
    list_id: int
    list_name: str
    dialer_id: int
    dialer: str
    leads: int


def outcomes_by_day(counted: Counted, days: int = DAYS) -> dict[date, dict[str, int]]:
    """Day -> outcome -> add_lead calls opened on it; each of the last `days` days, by one query."""
    span = last_days(days)
    found: dict[date, dict[str, int]] = {day: {} for day in span}
    for day, outcome, calls in _rows(_BY_DAY, counted, days):
        # Where the time zone of the portal was changed, an hour may be of the day before.
        if day in found:
            found[day][outcome] = int(calls)
    return found


def refusals(counted: Counted, days: int = DAYS) -> list[tuple[str, str, int]]:
    """(reason, outcome, calls) of what dialers refused, most first, at most MOST_LINES."""
    return [(reason, how, int(n)) for reason, how, n in _rows(_REFUSALS, counted, days)]


def by_whom(counted: Counted, days: int = DAYS) -> list[Pushed]:
    """Who put how many leads into which list, most first, at most MOST_LINES."""
    return [
        Pushed(user_id, user or "", list_pk, list_id, list_name, dialer_id, dialer, int(leads))
        for user_id, user, list_pk, list_id, list_name, dialer_id, dialer, leads in _rows(
            _BY_WHOM, counted, days
        )
    ]


def outcomes_by_dialer(counted: Counted, hours: int = 24) -> dict[int, dict[str, int]]:
    """Dialer id -> outcome -> add_lead calls of about the last `hours` hours (full ones)."""
    first = timezone.now() - timedelta(hours=hours)
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MIX, counted.values(first))
        for dialer, outcome, calls in cursor.fetchall():
            found.setdefault(dialer, {})[outcome] = int(calls)
    return found


def _rows(statement: str, counted: Counted, days: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, counted.values(midnight(last_days(days)[0])))
        return list(cursor.fetchall())
