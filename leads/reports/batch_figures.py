"""What a batch's page asks again every two seconds: counts, reasons, pace. All by index.

Counts of a large batch take their time; then they are kept for a while, many times longer than they
took, so that looking at a batch never costs the database more than a few per cent of its time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from leads.models import AttemptKind, Lead, LeadStatus, PushAttempt, PushBatch
from leads.reports.batches import counts_by_batch, refusals

S = LeadStatus
PACE_SECONDS = 60
# Counts that took longer than this are kept, this many times as long as they took.
SLOW_SECONDS = 0.03
KEPT_TIMES = 50
MOST_KEPT_SECONDS = 30.0
# Statuses of a lead on the dialer that nobody has worked on (as in `leads.push.undo`).
UNTOUCHED = {"NEW", "CBHOLD"}


@dataclass(frozen=True)
class Figures:
    """Leads by status; refused and unclear ones by reason, most first; and when it was counted."""

    counts: Mapping[str, int]
    refused: list[tuple[str, int]]
    unclear: list[tuple[str, int]]
    at: datetime


def figures(batch_id: int) -> Figures:
    """The figures as they are now, or as they were a few seconds ago where counting takes long."""
    key = _key(batch_id)
    known: Figures | None = cache.get(key)
    if known is not None:
        return known
    began = time.perf_counter()
    counts = counts_by_batch([batch_id]).get(batch_id, {})
    found = Figures(
        counts,
        refusals(batch_id) if counts.get(S.REFUSED) else [],
        unclear_by_reason(batch_id) if counts.get(S.UNCLEAR) else [],
        timezone.now(),
    )
    took = time.perf_counter() - began
    if took > SLOW_SECONDS:
        cache.set(key, found, min(took * KEPT_TIMES, MOST_KEPT_SECONDS))
    return found


def counts_of(batch_ids: Sequence[int]) -> dict[int, Mapping[str, int]]:
    """Batch id -> status -> number of its leads, of many batches by one query: as they are now, or
    as they were a few seconds ago where counting takes long."""
    known: dict[str, Mapping[str, int]] = cache.get_many([_counts_key(one) for one in batch_ids])
    found = {one: known[key] for one in batch_ids if (key := _counts_key(one)) in known}
    missing = [one for one in batch_ids if one not in found]
    if not missing:
        return found
    began = time.perf_counter()
    counted = counts_by_batch(missing)
    took = time.perf_counter() - began
    fresh = {one: counted.get(one, {}) for one in missing}
    if took > SLOW_SECONDS:
        kept = {_counts_key(one): counts for one, counts in fresh.items()}
        cache.set_many(kept, min(took * KEPT_TIMES, MOST_KEPT_SECONDS))
    return found | fresh


def forget(batch_id: int) -> None:
    """Count anew at the next look: somebody has just changed something."""
    cache.delete_many([_key(batch_id), _counts_key(batch_id)])


def _key(batch_id: int) -> str:
    return f"batch-figures-{batch_id}"


def _counts_key(batch_id: int) -> str:
    return f"batch-counts-{batch_id}"


def unclear_by_reason(batch_id: int) -> list[tuple[str, int]]:
    """(reason code of the last call, number of leads) of what is unclear, most first."""
    calls = PushAttempt.objects.filter(lead=OuterRef("pk"), kind=AttemptKind.ADD).order_by("-id")
    unclear = Lead.objects.filter(batch=batch_id, status=S.UNCLEAR).order_by()
    why = unclear.annotate(why=Coalesce(Subquery(calls.values("reason")[:1]), Value("")))
    found: dict[str, int] = {}
    for reason in why.values_list("why", flat=True).iterator():
        found[reason] = found.get(reason, 0) + 1
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def per_second(batch: PushBatch, now: datetime | None = None) -> float:
    """Calls a second that were answered in the last minute, or since the batch was queued."""
    now = now or timezone.now()
    since = max(now - timedelta(seconds=PACE_SECONDS), batch.created_at)
    answered = PushAttempt.objects.filter(
        batch=batch, kind=AttemptKind.ADD, opened_at__gte=since, sealed_at__isnull=False
    ).count()
    return answered / max((now - since).total_seconds(), 1.0)


def seconds_left(waiting: int, pace: float) -> int | None:
    """How long `waiting` leads take at this pace; None if nothing moves or nothing waits."""
    return round(waiting / pace) if waiting and pace > 0 else None


def before_undo(batch: PushBatch) -> list[tuple[str, int]]:
    """What an undo would find, as last known: (a code, number of leads), only what there is.

    Codes: "queued", "untouched", "status:X" (the status X there), "moved" (in another list),
    "open" (still on their way), "refused" (never were on the dialer).
    """
    counts = counts_by_batch([batch.pk]).get(batch.pk, {})
    pushed = Lead.objects.filter(batch=batch, status=S.PUSHED).order_by()
    grouped = pushed.values_list("vicidial_status", "vicidial_list_id").annotate(n=Count("pk"))
    found: dict[str, int] = {"queued": counts.get(S.QUEUED, 0)}
    for status, list_id, number in grouped.order_by("vicidial_status", "vicidial_list_id"):
        moved = list_id != batch.dialer_list.list_id
        code = "moved" if moved else "untouched" if status in UNTOUCHED else f"status:{status}"
        found[code] = found.get(code, 0) + number
    found["open"] = counts.get(S.SENDING, 0) + counts.get(S.UNCLEAR, 0)
    found["refused"] = counts.get(S.REFUSED, 0)
    return [(code, number) for code, number in found.items() if number]
