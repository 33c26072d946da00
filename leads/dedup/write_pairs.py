"""Pairs into their table, many at once; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

_TEMPORARY = "found_pairs"
CREATE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS {_TEMPORARY} (
    lead_id bigint, other_id bigint, kind text, score double precision, rule text, reasons jsonb
) ON COMMIT DROP
"""
INSERT = f"""
INSERT INTO leads_pair (
    lead_id, import_run_id, other_id, kind, score, rule, reasons, found_at, state, comment)
SELECT found.lead_id, lead.import_run_id, other_id, kind, score, rule, found.reasons, now(),
    'open', ''
FROM {_TEMPORARY} AS found JOIN leads_lead AS lead ON lead.id = found.lead_id
ON CONFLICT (lead_id, other_id) DO NOTHING
"""  # noqa: S608 - our own words


class FoundPair(NamedTuple):
    """A pair to be written: the newer lead, the older one, and what was found."""

    lead: int
    other: int
    kind: str
    score: float
    rule: str
    reasons: str  # JSON


def write(pairs: Iterable[FoundPair]) -> int:
    """Write the pairs that are not there, whatever became of those; return how many were new."""
    lines = [
        f"{pair.lead}\t{pair.other}\t{pair.kind}\t{pair.score}\t{pair.rule}\t"
        + pair.reasons.replace("\\", "\\\\")
        for pair in pairs
    ]
    if not lines:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
        with cursor.copy(f"COPY {_TEMPORARY} FROM STDIN") as copy:
            copy.write("\n".join([*lines, ""]))
        cursor.execute(INSERT)
        number = int(cursor.rowcount)
        cursor.execute(f"TRUNCATE {_TEMPORARY}")
    return number
