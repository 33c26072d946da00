"""Which dialers have something to do: the sweep that makes a lost kick harmless."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from leads.dialers import pace
from leads.models import BatchStatus, Dialer, Lead, LeadStatus, PushBatch


def dialers_with_work() -> list[Dialer]:
    """Dialers that take calls now and have queued leads in a running batch."""
    queued = Lead.objects.filter(batch=OuterRef("pk"), status=LeadStatus.QUEUED)
    batches = PushBatch.objects.filter(
        Exists(queued), dialer=OuterRef("pk"), status=BatchStatus.RUNNING
    )
    waiting = Dialer.objects.filter(Exists(batches), enabled=True, paused_reason="")
    return [dialer for dialer in waiting if not pace.why_closed(dialer)]
