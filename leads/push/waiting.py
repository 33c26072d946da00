"""Which dialers have something to do: the sweep that makes a lost kick harmless."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from leads.models import BatchStatus, Dialer, Lead, LeadStatus, PushBatch


def dialers_with_work() -> QuerySet[Dialer]:
    """Dialers that are open and have queued leads in a running batch."""
    queued = Lead.objects.filter(batch=OuterRef("pk"), status=LeadStatus.QUEUED)
    batches = PushBatch.objects.filter(
        Exists(queued), dialer=OuterRef("pk"), status=BatchStatus.RUNNING
    )
    return Dialer.objects.filter(Exists(batches), enabled=True, paused_reason="")
