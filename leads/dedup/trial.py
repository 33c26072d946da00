"""What a policy would make of an import that is loaded already. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from leads.dedup.same_number import PERSON, Judge
from leads.models import DuplicatePolicy, Import, ImportStatus, Lead, LeadStatus, Treatment

MOST = 100_000  # rows that are looked at
_CHUNK = 5000


@dataclass(frozen=True)
class Trial:
    """Of `rows` rows of `run` whose number can be called, how many would be treated how, and how
    many of them are duplicates as they stand."""

    run: Import
    rows: int
    counts: dict[Treatment, int]
    now_duplicates: int


def last_import(policy: DuplicatePolicy) -> Import | None:
    """The latest import that the policy is about."""
    runs = Import.objects.filter(status=ImportStatus.DONE)
    if policy.lead_source_id:
        runs = runs.filter(lead_source=policy.lead_source_id)
    if policy.list_id:
        runs = runs.filter(list_id=policy.list_id)
    return runs.order_by("-id").first()


def trial(policy: DuplicatePolicy, run: Import) -> Trial:
    """Judge the rows of an import by a policy, saved or not, as if it came in now.

    At most the first MOST rows. Leads that came after the import count as little as they did then.
    """
    judge = Judge(policy, run)
    rows, now = 0, 0
    counts: Counter[Treatment] = Counter()
    for chunk in _chunks(run):
        ids = [lead["pk"] for lead in chunk]
        phones = [lead["phone_e164"] for lead in chunk]
        judged = judge.judge(ids, phones, range(len(chunk)), chunk.__getitem__, older_than=ids[0])
        counts.update(one.treatment for one in judged.values())
        rows += len(chunk)
        now += sum(lead["status"] == LeadStatus.DUPLICATE for lead in chunk)
    return Trial(run, rows, {one: counts[one] for one in Treatment}, now)


def _chunks(run: Import) -> Iterator[list[dict[str, Any]]]:
    leads = Lead.objects.filter(import_run=run).exclude(status=LeadStatus.INVALID).order_by("pk")
    rows = iter(leads.values("pk", "status", *PERSON)[:MOST].iterator(_CHUNK))
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk
