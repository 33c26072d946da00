"""How many leads were decided together: what was one act of a person, seen from one of its leads.

The database writes the history of one statement in one go, so the rows of an act lie beside each
other: they are found by the primary key around the lead's own row, never by a scan. Where other
writers came between many of them, fewer are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

# Beyond it the number is not told, only that there were more.
MOST_OTHERS = 1000
# What other writers may put between the rows of one act and not be noticed.
SLACK = 500

OTHERS = """
SELECT act.id, count(other.pgh_obj_id),
    coalesce(bool_and(lead.import_run_id = %(import_run)s), false)
FROM unnest(%(acts)s::bigint[]) AS act(id)
CROSS JOIN LATERAL (
    SELECT near.pgh_obj_id
    FROM leads_leadstanding own
    JOIN leads_leadstanding near ON near.pgh_id BETWEEN act.id - %(far)s AND act.id + %(far)s
        AND near.pgh_context_id = own.pgh_context_id AND near.status = own.status
        AND near.pgh_obj_id <> own.pgh_obj_id AND near.pgh_created_at = own.pgh_created_at
    WHERE own.pgh_id = act.id
    LIMIT %(most)s
) other
LEFT JOIN leads_lead lead ON lead.id = other.pgh_obj_id
GROUP BY act.id
"""


class Others(NamedTuple):
    """How many other leads (MOST_OTHERS + 1 stands for more), and whether all are of the same
    import."""

    number: int
    same_import: bool


def others_of(acts: Sequence[Any], import_run: int) -> dict[int, Others]:
    """`pgh_id` of each row of LeadStanding in `acts` -> the other leads of that act, in one query.

    `import_run` is the lead's own import. Acts of one lead alone are not in the answer.
    """
    if not acts:
        return {}
    values = {
        "acts": [act.pgh_id for act in acts],
        "import_run": import_run,
        "far": MOST_OTHERS + SLACK,
        "most": MOST_OTHERS + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, values)
        return {pgh_id: Others(number, same) for pgh_id, number, same in cursor.fetchall()}
