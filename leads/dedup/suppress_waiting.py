"""The leads that wait, and those that are on the dialer, are held against the lists again.

When a list begins or ceases to count, and once a day, for lists expire by themselves. Some thousand
leads a transaction; a list that changes meanwhile makes it due again, so that none is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from leads.dedup.suppress import anything_in_force
from leads.dedup.suppress_mark import Checked, check
from leads.dialers.locks import Kind, only_one
from leads.models import DncList, Lead, LeadStatus, Source

S = LeadStatus
CHUNK = 5000
EVERY = timedelta(days=1)
# A look without news is dated anew so seldom, for it writes every row. Leads of a source that wants
# recent checks are dated with each daily look.
DATED_EVERY = timedelta(days=7)
DATED_DAILY = timedelta(hours=20)

# What a match stops or withdraws, and what somebody must act on at the dialer.
WAITING = (S.STAGED, S.APPROVED, S.QUEUED)
GONE = (S.SENDING, S.UNCLEAR, S.PUSHED)


def is_due(now: datetime | None = None) -> bool:
    """Whether a list changed since all leads were looked at, or a day has gone by.

    One that had expired by then, or was off, has nothing more to say.
    """
    now = now or timezone.now()
    changed = Q(leads_checked_at__isnull=True) | Q(leads_checked_at__lt=F("changed_at"))
    counted = Q(current__expires_on__isnull=True) | Q(
        current__expires_on__gte=F("leads_checked_at__date")
    )
    old = Q(leads_checked_at__lt=now - EVERY, enabled=True) & counted
    return DncList.objects.filter(changed | old, current__rows_stored__gt=0).exists()


def check_all(*, gone_too: bool = True) -> Checked | None:
    """Look at all leads that wait, or are on the dialer; None if another worker does so already."""
    with only_one(Kind.SUPPRESSING, 0) as mine:
        if not mine:
            return None
        started_at, total = timezone.now(), Checked()
        for status in (*WAITING, *GONE) if gone_too else WAITING:
            for leads in _chunks(status):
                total += _check(leads, dates=status in WAITING)
        DncList.objects.update(leads_checked_at=started_at)
        return total


def _check(leads: QuerySet[Lead], *, dates: bool) -> Checked:
    if not dates or not anything_in_force():
        return check(leads)
    now = timezone.now()
    wanting = list(Source.objects.filter(dnc_max_days__isnull=False).values_list("pk", flat=True))
    if not wanting:
        return check(leads, stamp_before=now - DATED_EVERY)
    return check(leads.filter(lead_source__in=wanting), stamp_before=now - DATED_DAILY) + check(
        leads.exclude(lead_source__in=wanting), stamp_before=now - DATED_EVERY
    )


def _chunks(status: LeadStatus) -> Iterator[QuerySet[Lead]]:
    """The leads in one status, by id; each part is asked for when the one before is done."""
    after = 0
    while True:
        some = Lead.objects.filter(status=status, pk__gt=after).order_by("pk")
        ids = list(some.values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return
        after = ids[-1]
        yield Lead.objects.filter(pk__in=ids, status=status)
