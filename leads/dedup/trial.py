"""What a policy would make of an import that is loaded already. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from leads.dedup.apply import pairs_of, treatment
from leads.dedup.policy import is_about, rank
from leads.dedup.same_number import PERSON, Judge
from leads.models import DuplicatePolicy, Import, ImportStatus, Lead, LeadStatus, Treatment

MOST = 100_000  # rows that are looked at
_CHUNK = 5000
_LATEST = 1000  # imports that are looked at for one that the policy is for
# The strictest counts.
_STRICT = (Treatment.PASS, Treatment.HOLD, Treatment.MARK)
_FOUND = "pair.state <> 'different' AND item.status <> 'invalid'"


@dataclass(frozen=True)
class Trial:
    """Of `rows` rows of `run` whose number can be called, how many for which another lead was found
    would be treated how, and how many are duplicates as they stand."""

    run: Import
    rows: int
    counts: dict[Treatment, int]
    now_duplicates: int


def last_import(policy: DuplicatePolicy) -> Import | None:
    """The latest import that the policy is for: no other policy is more special for it."""
    others = [
        one for one in DuplicatePolicy.objects.exclude(pk=policy.pk) if rank(one) > rank(policy)
    ]
    runs = Import.objects.filter(status=ImportStatus.DONE)
    if policy.lead_source_id:
        runs = runs.filter(lead_source=policy.lead_source_id)
    if policy.list_id:
        runs = runs.filter(list_id=policy.list_id)
    latest = runs.order_by("-id")[:_LATEST]
    return next((run for run in latest if not any(is_about(one, run) for one in others)), None)


def trial(policy: DuplicatePolicy, run: Import) -> Trial:
    """Judge the rows of an import by a policy, saved or not, as if it came in now: by their number,
    and by the pairs that were found when they were compared, but what a person found different.

    At most the first MOST rows. Leads that came after the import count as little as they did then.
    """
    judge = Judge(policy, run)
    rows, now, last = 0, 0, 0
    treated: dict[int, Treatment] = {}
    for chunk in _chunks(run):
        ids = [lead["pk"] for lead in chunk]
        phones = [lead["phone_e164"] for lead in chunk]
        judged = judge.judge(ids, phones, range(len(chunk)), chunk.__getitem__, older_than=ids[0])
        _strictest(treated, ((ids[place], one.treatment) for place, one in judged.items()))
        rows, last = rows + len(chunk), ids[-1]
        now += sum(lead["status"] == LeadStatus.DUPLICATE for lead in chunk)
    pairs = (one for one in pairs_of(run, policy, _FOUND) if one.counts and one.lead <= last)
    _strictest(treated, ((one.lead, treatment(policy, one)) for one in pairs))
    counts = Counter(treated.values())
    return Trial(run, rows, {one: counts[one] for one in Treatment}, now)


def _strictest(treated: dict[int, Treatment], more: Iterable[tuple[int, Treatment]]) -> None:
    for lead, what in more:
        treated[lead] = max(what, treated.get(lead, what), key=_STRICT.index)


def _chunks(run: Import) -> Iterator[list[dict[str, Any]]]:
    leads = Lead.objects.filter(import_run=run).exclude(status=LeadStatus.INVALID).order_by("pk")
    rows = iter(leads.values("pk", "status", *PERSON)[:MOST].iterator(_CHUNK))
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
