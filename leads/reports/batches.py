"""How far batches are: counts by status and by reason, one grouped query each."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from leads.models import Lead, LeadStatus, Outcome, PushAttempt, PushBatch


def counts_by_batch(batch_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Batch id -> status -> number of its leads now."""
    found: dict[int, dict[str, int]] = {}
    rows = Lead.objects.filter(batch__in=list(batch_ids)).order_by()
    for batch, status, number in rows.values_list("batch", "status").annotate(n=Count("pk")):
        found.setdefault(batch, {})[status] = number
    return found


def percent_settled(selected: int, still_open: int) -> int:
    """How much of a batch is at its end, 0 to 100; leads that left it (cancelled, undone) are."""
    return max(0, min(100, 100 * (selected - still_open) // max(selected, 1)))


def refusals(batch_id: int) -> list[tuple[str, int]]:
    """(reason code, number of leads) of what the dialer refused, most first."""
    refused = Lead.objects.filter(batch=batch_id, status=LeadStatus.REFUSED).order_by()
    counted = refused.values_list("refusal_reason").annotate(n=Count("pk"))
    return list(counted.order_by("-n", "refusal_reason"))


def kept_by_undo(batch: PushBatch) -> list[tuple[str, int]]:
    """(why, number of leads) of those still pushed that its undo left on the dialer, most first."""
    if batch.undo_asked_at is None:
        return []
    kept = PushAttempt.objects.filter(
        batch=batch,
        outcome=Outcome.KEPT,
        opened_at__gte=batch.undo_asked_at,
        lead__batch=batch,
        lead__status=LeadStatus.PUSHED,
    ).order_by()
    counted = kept.values_list("answer").annotate(n=Count("lead", distinct=True))
    return list(counted.order_by("-n", "answer"))
