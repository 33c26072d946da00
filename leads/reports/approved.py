"""Approved leads that wait to be pushed, per source."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

MOST_COUNTED = 2_000

# Up to MOST_COUNTED are counted one by one; of more, the last tally says how many (before the first
# one these are the newest, and more).
_WAITING = f"""
WITH first AS MATERIALIZED (
    SELECT lead_source_id FROM leads_lead WHERE status = 'approved'
    ORDER BY id DESC LIMIT {MOST_COUNTED + 1}
), many AS (
    SELECT count(*) > {MOST_COUNTED} AND EXISTS (SELECT FROM leads_leadtally) AS yes FROM first
)
SELECT source.id, source.name, each.leads FROM (
    SELECT lead_source_id, count(*) AS leads FROM first WHERE NOT (SELECT yes FROM many)
    GROUP BY lead_source_id
    UNION ALL
    SELECT lead_source_id, leads FROM leads_leadtally
    WHERE (SELECT yes FROM many) AND status = 'approved'
        AND day = (SELECT max(day) FROM leads_leadtally)
) each JOIN leads_source source ON source.id = each.lead_source_id
ORDER BY each.leads DESC, source.name
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Waiting:
    """How many approved leads of a source wait."""

    source_id: int
    source: str
    leads: int


def approved_by_source() -> list[Waiting]:
    """The sources with approved leads, the most first, by one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return [Waiting(*row) for row in cursor.fetchall()]
