"""What the policy makes of the pairs that were found for an import's leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from leads import lifecycle
from leads.dedup.pairs import decide
from leads.dedup.policy import policy_for, within
from leads.dedup.score import DUPLICATE
from leads.history.context import because
from leads.models import DuplicatePolicy, Import, LeadStatus, Pair, PairKind, PairState, Treatment

_AT_ONCE = 5000
_PAIRS = """
SELECT pair.id, pair.lead_id, pair.other_id, pair.kind, pair.score, pair.rule, {counts} AS counts,
    item.phone_e164 = known.phone_e164 AS same_number,
    coalesce(known.vicidial_status = ANY(%(never_after)s), false) AS ended
FROM leads_pair pair
JOIN leads_lead item ON item.id = pair.lead_id
JOIN leads_lead known ON known.id = pair.other_id
WHERE item.import_run_id = %(run)s AND {which}
ORDER BY pair.lead_id, pair.score DESC, pair.other_id
"""
_OPEN = "pair.state = 'open' AND item.status = 'staged'"


class FoundPair(NamedTuple):
    """A pair as it is treated: `lead` may be `other`, which `counts` under the policy or not, and
    `ended` on the dialer in one of its final outcomes, or not."""

    id: int
    lead: int
    other: int
    kind: str
    score: float
    rule: str
    counts: bool
    same_number: bool
    ended: bool


@dataclass(frozen=True)
class Applied:
    """How many leads were marked as duplicates, and how many are held for a person."""

    marked: int
    held: int


def apply(run: Import) -> Applied:
    """Mark, hold or let pass each staged lead of an import for which an open pair was found.

    In one transaction; a pair that somebody has decided stays as it is. A lead with several pairs
    goes by the strictest. Running it again changes nothing more.
    """
    policy = policy_for(run)
    with transaction.atomic(), because(f"compared with other leads, import {run.pk}"):
        found = pairs_of(run, policy, _OPEN)
        treated = [(one, treatment(policy, one)) for one in found]
        marked = {one.lead: one for one, what in reversed(treated) if what is Treatment.MARK}
        moved = _mark(marked)
        decide([marked[lead].id for lead in moved], PairState.SAME, by=None)
        # What else was found for a lead that is a duplicate now need not be asked.
        passed = [
            one.id
            for one, what in treated
            if what is Treatment.PASS or (one.lead in moved and marked[one.lead].id != one.id)
        ]
        decide(passed, PairState.PASSED, by=None)
        _decide_marked(run)
        held = {one.lead for one, what in treated if what is Treatment.HOLD} - moved
    return Applied(len(moved), len(held))


def treatment(policy: DuplicatePolicy, one: FoundPair) -> Treatment:
    """What the policy makes of a lead for one pair."""
    if not one.counts:
        return Treatment.PASS
    found = _by_kind(policy, one)
    surely = one.same_number or (one.kind == PairKind.PERSON and one.score >= DUPLICATE)
    # Never after that outcome: neither this person nor this number.
    return Treatment.MARK if found is Treatment.PASS and one.ended and surely else found


def _by_kind(policy: DuplicatePolicy, one: FoundPair) -> Treatment:
    # Whoever shares an address, or another number than the one to be called, is called besides.
    if one.kind == PairKind.HOUSEHOLD:
        return Treatment(policy.same_household) if one.same_number else Treatment.PASS
    if one.kind == PairKind.NUMBER:
        return Treatment(policy.same_number if one.same_number else policy.likely)
    return Treatment(policy.same_person if one.score >= DUPLICATE else policy.likely)


def pairs_of(run: Import, policy: DuplicatePolicy, which: str) -> list[FoundPair]:
    """The pairs of an import's leads for which `which` is true, a condition over the aliases
    `pair`, `item` (the newer lead) and `known`; by lead, the likeliest first."""
    counting = within(policy, run)
    statement = _PAIRS.format(counts=f"({counting.sql})", which=which)
    values = {**counting.values, "run": run.pk, "never_after": list(policy.never_after)}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [FoundPair(*row) for row in cursor.fetchall()]


def _decide_marked(run: Import) -> None:
    """What was found of a lead that is marked for its number says of whom it is a duplicate: nobody
    will be asked."""
    pairs = Pair.objects.filter(
        import_run=run,
        state=PairState.OPEN,
        lead__status=LeadStatus.DUPLICATE,
        lead__duplicate_of=F("other"),
    )
    decide(list(pairs.values_list("pk", flat=True)), PairState.SAME, by=None)


def _mark(marked: dict[int, FoundPair]) -> set[int]:
    """Make these leads duplicates of the ones that stand for themselves; return those moved."""
    rows = [
        {
            "id": lead,
            "duplicate_of": _root(one.other, marked),
            "duplicate_why": one.rule.upper()[:40],
        }
        for lead, one in sorted(marked.items())
    ]
    moved: set[int] = set()
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        moved |= lifecycle.move_each(LeadStatus.DUPLICATE, part, only_from=LeadStatus.STAGED)
    return moved


def _root(lead: int, marked: dict[int, FoundPair]) -> int:
    """The lead that is kept, where the one found is a duplicate itself. Others are always older."""
    while lead in marked:
        lead = marked[lead].other
    return lead
