"""How long dialers take to answer an add_lead: median and 95th percentile, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from leads.reports.counted import LATENCIES, Counted
from leads.tally import MIDDLE

HOURS = 48

# The smallest bucket with at least so many of the hour's calls in it and those below.
_BY_HOUR = f"""
WITH buckets AS (
    SELECT hour, bucket, sum(calls) AS calls FROM ({LATENCIES}) each GROUP BY hour, bucket
), ranked AS (
    SELECT hour, bucket, sum(calls) OVER (PARTITION BY hour ORDER BY bucket) AS upto,
        sum(calls) OVER (PARTITION BY hour) AS calls
    FROM buckets
)
SELECT hour, max(calls), round({MIDDLE.replace("bucket", "min(bucket) FILTER (WHERE upto >= 0.5 * calls)")}),
    round({MIDDLE.replace("bucket", "min(bucket) FILTER (WHERE upto >= 0.95 * calls)")})
FROM ranked GROUP BY hour
"""  # noqa: S608, E501 - our own words


@dataclass(frozen=True)
class Latency:
    """An hour's calls, and their median and 95th percentile in milliseconds (to within 3 %)."""

    calls: int
    median: int
    high: int


def latency_by_hour(counted: Counted, hours: int = HOURS) -> dict[datetime, Latency | None]:
    """Hour -> latency over all dialers, None without a call; the last `hours`, by one query."""
    now = timezone.localtime(timezone=timezone.get_default_timezone())
    last = now.replace(minute=0, second=0, microsecond=0)
    span = [last - timedelta(hours=back) for back in reversed(range(hours))]
    found: dict[datetime, Latency | None] = dict.fromkeys(span)
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, counted.values(span[0]))
        for hour, calls, median, high in cursor.fetchall():
            if hour in found:
                found[hour] = Latency(int(calls), int(median), int(high))
    return found
