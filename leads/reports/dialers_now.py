"""What dialers are doing at this moment, told from their newest calls: no count goes further."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

MINUTES = 5
MOST_CALLS = 1_000

_NEWEST = f"""
SELECT dialer.id, call.batch_id, call.kind, call.outcome, count(*),
    extract(epoch FROM now() - min(call.opened_at))
FROM leads_dialer dialer CROSS JOIN LATERAL (
    SELECT batch_id, kind, outcome, opened_at FROM leads_pushattempt
    WHERE dialer_id = dialer.id ORDER BY id DESC LIMIT {MOST_CALLS}
) call
WHERE call.opened_at > now() - interval '{MINUTES} minutes'
GROUP BY dialer.id, call.batch_id, call.kind, call.outcome
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
    """Dialer id -> its newest calls, at most MINUTES minutes or MOST_CALLS of them; one query."""
    found: dict[int, Recent] = {}
    walked: Counter[int] = Counter()
    oldest: dict[int, float] = {}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        for dialer, batch, kind, outcome, calls, seconds in cursor.fetchall():
            recent = found.setdefault(dialer, Recent())
            walked[dialer] += calls
            oldest[dialer] = max(oldest.get(dialer, 0.0), float(seconds))
            if kind == "add":
                recent.adds += calls
                recent.outcomes[outcome] += calls
            if outcome in FINAL:
                recent.answers[batch] += calls
    for dialer, calls in walked.items():
        if calls >= MOST_CALLS:
            # More calls than were looked at: they are those of a shorter time.
            found[dialer].minutes = max(oldest[dialer] / 60, 1 / 60)
    return found
