"""Leads whose worker died: their lease ran out, so what became of them is unclear."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from leads import lifecycle
from leads.history.context import because
from leads.models import Lead, LeadStatus, Outcome, PushAttempt

AT_ONCE = 1000


def lapse() -> int:
    """Make `sending` leads `unclear` whose lease is over; return how many.

    Their open attempts are sealed as unclear. They are looked up after the grace period, in which
    the dialer may still insert what the dead worker sent last.
    """
    total = 0
    while number := _lapse_some():
        total += number
    return total


def _lapse_some() -> int:
    now = timezone.now()
    with transaction.atomic(), because("its worker did not come back in time"):
        leads = list(
            Lead.objects.filter(status=LeadStatus.SENDING, lease_until__lt=now)
            .order_by("lease_until")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:AT_ONCE]
        )
        if not leads:
            return 0
        PushAttempt.objects.filter(lead__in=leads, sealed_at__isnull=True).update(
            sealed_at=now, outcome=Outcome.UNCLEAR, reason="LEASE_OVER"
        )
        return lifecycle.move(
            Lead.objects.filter(pk__in=leads),
            LeadStatus.UNCLEAR,
            only_from={LeadStatus.SENDING},
            lease_until=None,
            settle_at=now + timedelta(seconds=settings.SETTLE_GRACE_SECONDS),
            settle_note="",
        )
