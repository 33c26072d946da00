"""The review desk's queues over all imports: how many leads wait in each, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from leads.review.desk import Queue

MOST_COUNTED = 3_000

# As `leads.review.desk` has them, but as one short walk of an index over all imports, the oldest
# first. OFFSET 0 has the pairs asked for row by row: as a join, all would be read for a few leads.
_FREE = """
    NOT EXISTS (SELECT 1 FROM leads_pair pair
                WHERE pair.lead_id = item.id AND pair.state = 'open' OFFSET 0)
"""
_LEADS = {
    Queue.DUPLICATES: """
        SELECT DISTINCT pair.import_run_id AS run, pair.lead_id AS id FROM leads_pair pair
        WHERE pair.state = 'open' AND EXISTS (SELECT 1 FROM leads_lead item
            WHERE item.id = pair.lead_id AND item.status IN ('staged', 'approved') OFFSET 0)
    """,
    Queue.WARNINGS: f"""
        SELECT item.import_run_id AS run, item.id FROM leads_lead item
        WHERE item.status = 'staged' AND item.warnings <> '{{}}' AND {_FREE}
    """,  # noqa: S608 - our own words
    Queue.INVALID: """
        SELECT item.import_run_id AS run, item.id FROM leads_lead item
        WHERE item.status = 'invalid'
    """,
    Queue.CLEAN: f"""
        SELECT item.import_run_id AS run, item.id FROM leads_lead item
        WHERE item.status = 'staged' AND item.warnings = '{{}}' AND {_FREE}
    """,  # noqa: S608 - our own words
}


@dataclass(frozen=True)
class Waits:
    """How many wait in a queue (none counted beyond MOST_COUNTED), the oldest since when."""

    queue: Queue
    leads: int
    since: datetime | None


def waits() -> list[Waits]:
    """Every queue of the desk, by one query."""
    parts = " UNION ALL ".join(
        f"SELECT '{queue}',"  # noqa: S608 - our own words
        f" (SELECT count(*) FROM ({leads} ORDER BY run, id LIMIT {MOST_COUNTED + 1}) counted),"
        " (SELECT created_at FROM leads_import WHERE id ="
        f" (SELECT run FROM ({leads} ORDER BY run, id LIMIT 1) oldest))"
        for queue, leads in _LEADS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        rows = {name: (leads, since) for name, leads, since in cursor.fetchall()}
    return [Waits(queue, *rows[queue.value]) for queue in Queue]
