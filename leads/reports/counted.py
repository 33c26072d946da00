"""What pages count from: the tallies, and the calls that came after them if they are few.

`CALLS` and `LATENCIES` are the rows of one report's query: tallied up to where the tallies are,
then one by one. A page is right without a worker too, as long as few calls are not tallied yet;
beyond that it says as of when its numbers are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from leads.tally import BUCKET, HOUR

MOST_FRESH = 5_000
DAYS = 30

_FRESH = """
    FROM leads_pushattempt
    WHERE %(live)s AND id > %(upto)s AND outcome <> '' AND opened_at >= %(first)s
"""
CALLS = f"""
    SELECT hour, batch_id, kind, outcome, reason, calls FROM leads_pushtally WHERE hour >= %(first)s
    UNION ALL
    SELECT {HOUR}, batch_id, kind, outcome, reason, 1 {_FRESH}
"""  # noqa: S608 - our own words
LATENCIES = f"""
    SELECT hour, dialer_id, bucket, calls FROM leads_latencytally WHERE hour >= %(first)s
    UNION ALL
    SELECT {HOUR}, dialer_id, {BUCKET}, 1 {_FRESH} AND kind = 'add' AND milliseconds IS NOT NULL
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Counted:
    """How far calls are counted: all up to the id `upto`, and if `live` those after it as well.

    `at` is the moment as of which the numbers are: now if `live`, None if nothing was counted yet.
    """

    upto: int
    live: bool
    at: datetime | None

    def values(self, first: datetime) -> dict[str, Any]:
        """The values that `CALLS` and `LATENCIES` need; calls from `first` on."""
        return {
            "upto": self.upto,
            "live": self.live,
            "first": first,
            "zone": settings.TIME_ZONE,
            "today": today(),
        }


def how_far() -> Counted:
    """How far calls are counted now, by one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state.calls_upto, state.calls_at, (SELECT count(*) FROM (SELECT 1"
            " FROM leads_pushattempt WHERE id > state.calls_upto LIMIT %s) fresh)"
            " FROM leads_tallystate state",
            [MOST_FRESH + 1],
        )
        upto, at, fresh = cursor.fetchone() or (0, None, MOST_FRESH + 1)
    live = fresh <= MOST_FRESH
    return Counted(upto, live, timezone.now() if live else at)


def today() -> date:
    """The day that it is in the portal's time zone, whatever the user's is."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def midnight(day: date) -> datetime:
    """When the day begins in the portal's time zone."""
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())


def last_days(days: int = DAYS) -> list[date]:
    """The last `days` days, today the last of them."""
    end = today()
    return [end - timedelta(days=back) for back in reversed(range(days))]
