"""Leads whose worker died, or did not come back in time: what became of them is unclear."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads import lifecycle
from leads.history.context import because
from leads.models import AttemptKind, Dialer, Lead, LeadStatus, Outcome, PushAttempt
from leads.push.alive import dead
from leads.push.record import LEASE_OVER

AT_ONCE = 1000


def lapse() -> int:
    """Make `sending` leads `unclear` whose worker is dead or whose lease is over; return how many.

    Their open attempts are sealed as unclear. They are looked up after the grace period, in which
    the dialer may still insert what was sent last.
    """
    if not Lead.objects.filter(status=LeadStatus.SENDING).exists():
        return 0
    open_adds = PushAttempt.objects.filter(sealed_at__isnull=True, kind=AttemptKind.ADD)
    workers = set(open_adds.order_by().values_list("worker", flat=True).distinct())
    gone = dead(workers)
    total = 0
    while number := _lapse_some(gone):
        total += number
    return total


def _lapse_some(gone: Collection[str]) -> int:
    now = timezone.now()
    late = Q(lease_until__lt=now)
    if gone:
        theirs = PushAttempt.objects.filter(sealed_at__isnull=True, worker__in=gone).values("lead")
        late |= Q(pk__in=theirs)
    with transaction.atomic(), because("its worker did not come back in time"):
        leads = dict(
            Lead.objects.filter(late, status=LeadStatus.SENDING)
            .order_by("lease_until")
            .select_for_update(skip_locked=True)
            .values_list("pk", "dialer")[:AT_ONCE]
        )
        if not leads:
            return 0
        PushAttempt.objects.filter(lead__in=leads, sealed_at__isnull=True).update(
            sealed_at=now, outcome=Outcome.UNCLEAR, reason=LEASE_OVER
        )
        moved = 0
        for dialer in Dialer.objects.filter(pk__in=set(leads.values())):
            moved += lifecycle.move(
                Lead.objects.filter(pk__in=[pk for pk, of in leads.items() if of == dialer.pk]),
                LeadStatus.UNCLEAR,
                only_from={LeadStatus.SENDING},
                lease_until=None,
                settle_at=now + timedelta(seconds=longest_wait(dialer)),
                settle_note="",
            )
        return moved


def longest_wait(dialer: Dialer) -> float:
    """Seconds after which nothing of a call can reach the dialer's tables any more.

    A worker that lost its session, not its life, may have begun a call just before it noticed.
    """
    return dialer.connect_timeout + dialer.read_timeout + settings.SETTLE_GRACE_SECONDS
