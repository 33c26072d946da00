"""What dialers are doing at this moment, told from their newest calls: no count goes further."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

MINUTES = 5
MOST_CALLS = 3_000

# The newest of all dialers, by their ids: for those of one dialer PostgreSQL might walk through all
# calls of the others.
_NEWEST = f"""
SELECT dialer_id, batch_id, kind, outcome, count(*), extract(epoch FROM now() - min(opened_at))
FROM (
    SELECT dialer_id, batch_id, kind, outcome, opened_at FROM leads_pushattempt
    ORDER BY id DESC LIMIT {MOST_CALLS}
) newest
WHERE opened_at > now() - interval '{MINUTES} minutes'
GROUP BY dialer_id, batch_id, kind, outcome
"""  # noqa: S608 - our own words
FINAL = {"added", "found", "duplicate", "refused"}


@dataclass
class Recent:
    """A dialer's newest calls: how many, of which outcome, over how many minutes."""

    minutes: float = MINUTES
    adds: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def calls_per_minute(self) -> int:
        """add_lead calls a minute."""
        return round(self.adds / self.minutes)

    def answers_per_minute(self, batch_id: int) -> float:
        """Leads of the batch that got their final answer, a minute."""
        return self.answers[batch_id] / self.minutes


def recent_calls() -> dict[int, Recent]:
    """Dialer id -> its newest calls: of the last MINUTES minutes, or of the time in which all
    dialers together had MOST_CALLS; one query."""
    found: dict[int, Recent] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        rows = cursor.fetchall()
    for dialer, batch, kind, outcome, calls, _seconds in rows:
        recent = found.setdefault(dialer, Recent())
        if kind == "add":
            recent.adds += calls
            recent.outcomes[outcome] += calls
        if outcome in FINAL:
            recent.answers[batch] += calls
    if sum(row[4] for row in rows) >= MOST_CALLS:
        # There may be more than were looked at: these are those of a shorter time.
        for recent in found.values():
            recent.minutes = max(float(max(row[5] for row in rows)) / 60, 1 / 60)
    return found
