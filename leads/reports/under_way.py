"""How far batches are, without counting those of a million leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from leads.models import PushBatch
from leads.models.status import MOVES, OPEN, quoted
from leads.reports.batches import percent_settled

MOST_COUNTED = 10_000

# One walk of an index for each status, to the first or last lead of the batch in it.
_END = """(
    SELECT {which}(there.id) FROM unnest(ARRAY[{statuses}]) each(status) CROSS JOIN LATERAL (
        SELECT id FROM leads_lead WHERE batch_id = batch.id AND status = each.status
        ORDER BY id {order} LIMIT 1
    ) there
)"""
_FAR = f"""
SELECT batch.id, (
        SELECT count(*) FROM (SELECT 1 FROM leads_lead WHERE batch_id = batch.id
            AND status IN ({quoted(OPEN)}) LIMIT {MOST_COUNTED + 1}) counted
    ),
    {_END.format(which="min", order="ASC", statuses=quoted(MOVES))},
    {_END.format(which="min", order="ASC", statuses="'queued'")},
    {_END.format(which="max", order="DESC", statuses=quoted(MOVES))}
FROM leads_pushbatch batch WHERE batch.id = ANY(%s)
"""  # noqa: S608 - our own words


@dataclass(frozen=True)
class Progress:
    """How many leads of a batch are still open, whether that is `about` so many, and a percentage."""  # noqa: E501

    still_open: int
    about: bool
    percent: int

    def minutes_left(self, answers_per_minute: float) -> int | None:
        """Minutes until all have their answer at this rate; None where that cannot be told."""
        if not self.still_open or answers_per_minute <= 0:
            return None
        return max(1, round(self.still_open / answers_per_minute))


def progress(batches: Iterable[PushBatch]) -> Mapping[int, Progress]:
    """Batch id -> how far it is, by one query.

    Leads are sent in the order of their ids: where more than MOST_COUNTED are open, how many is
    told from where among the batch's ids the next one lies.
    """
    selected = {batch.pk: batch.selected for batch in batches}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_FAR, [list(selected)])
        for pk, counted, first, upcoming, last in cursor.fetchall():
            about = counted > MOST_COUNTED
            still_open = counted
            if about and upcoming is not None and last > first:
                part = (last - upcoming) / (last - first)
                still_open = max(counted, round(selected[pk] * part))
            found[pk] = Progress(still_open, about, percent_settled(selected[pk], still_open))
    return found
