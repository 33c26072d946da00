"""What a batch's page asks again every two seconds: counts, reasons, pace. All by index; counts of
a large batch are kept for a while (`leads.reports.kept`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from leads.models import AttemptKind, Lead, LeadStatus, PushAttempt, PushBatch
from leads.reports import kept
from leads.reports.batches import counts_by_batch, refusals

S = LeadStatus
PACE_SECONDS = 60
FIGURES, COUNTS = "batch-figures", "batch-counts"
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

    def count() -> Figures:
        counts = counts_by_batch([batch_id]).get(batch_id, {})
        return Figures(
            counts,
            refusals(batch_id) if counts.get(S.REFUSED) else [],
            unclear_by_reason(batch_id) if counts.get(S.UNCLEAR) else [],
            timezone.now(),
        )

    return kept.kept(kept.key_of(FIGURES, batch_id), count)


def counts_of(batch_ids: Sequence[int]) -> dict[int, Mapping[str, int]]:
    """Batch id -> status -> number of its leads, of many batches by one query: as they are now, or
    as they were a few seconds ago where counting takes long."""

    def count(ids: Sequence[int]) -> dict[int, Mapping[str, int]]:
        counted = counts_by_batch(ids)
        return {one: counted.get(one, {}) for one in ids}

    return kept.each_kept(COUNTS, batch_ids, count)


def forget(batch_id: int) -> None:
    """Count anew at the next look: somebody has just changed something."""
    kept.forget(kept.key_of(FIGURES, batch_id), kept.key_of(COUNTS, batch_id))


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
