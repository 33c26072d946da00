"""Refused leads, a group at a time: queued again to the same list, or opened for a reviewer again.

A group is what a person saw on the batch's page: the refused leads of one batch with one reason, at
one moment. What joined it since is left alone, what left it is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads import lifecycle
from leads.dedup.suppress_mark import check
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import Lead, LeadStatus, PushAttempt, PushBatch
from leads.push.errors import PushError
from leads.push.queue import check_target, finish, own_of
from leads.vicidial.reasons import REASONS

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus
# What another call can change: the cause was at the dialer, and somebody mended it there.
MENDED_THERE = frozenset({"LIST_NOT_ALLOWED", "LIST_NOT_DEFINED", "NOT_INSERTED"})
# On the dialer's own DNC list: again only if somebody took it off there.
ON_THEIR_DNC = frozenset({"DNC", "CAMPAIGN_DNC"})
# What a correction of the lead can change.
MENDED_HERE = frozenset({"PHONE_LENGTH", "PHONE_PREFIX", "PHONE_AREACODE", "PHONE_NANPA"})


@dataclass(frozen=True)
class Again:
    """The new batch (None if nothing was queued), how many leads it has, how many are left since
    they changed meanwhile, may not be pushed by this person, or are on a DNC list by now."""

    batch: PushBatch | None
    queued: int
    changed: int = 0
    own: int = 0
    withdrawn: int = 0


def wants_consent(reason: str) -> bool:
    """Whether the dialer has the lead already, or must not call it: a retry only if a person says
    that this has changed there."""
    known = REASONS.get(reason)
    return reason in ON_THEIR_DNC or (known is not None and known.outcome == "duplicate")


def may_retry(reason: str) -> bool:
    """Whether sending the same again can have another answer."""
    return reason in MENDED_THERE or wants_consent(reason)


def group(batch: PushBatch, reason: str, seen: datetime) -> QuerySet[Lead]:
    """The refused leads of the batch with this reason, less those that came to it after `seen`."""
    since = PushAttempt.objects.filter(lead=OuterRef("pk"), sealed_at__gt=seen)
    refused = Lead.objects.filter(batch=batch, status=S.REFUSED, refusal_reason=reason)
    return refused.filter(~Exists(since)).order_by()


@without_deadlocks
def retry(
    batch: PushBatch,
    reason: str,
    *,
    seen: datetime,
    expected: int,
    by: User | None,
    consent: bool = False,
) -> Again:
    """Queue the group for the list of its batch again, in a batch of its own, in one UPDATE.

    `expected` is how many a person saw at `seen`. The new batch has the old one's options, so the
    dialer makes the same checks. Whoever is on a DNC list by now waits for a reviewer instead. With
    four eyes those are left that `leads.push.queue` would leave for it. Raises PushError for a
    reason that would only be answered again; without `consent` where the dialer has the lead
    already or must not call it; and where `leads.push.queue` would refuse the list.
    """
    if not may_retry(reason):
        raise PushError(_("The dialer would say the same again: correct these leads first."))
    if wants_consent(reason) and not consent:
        raise PushError(_("Say first that the dialer no longer holds them back."))
    target = batch.dialer_list
    check_target(target)
    chosen = group(batch, reason, seen)
    own = reduce(or_, own_of(by).values(), Q())
    with transaction.atomic(), because("queued again", user_id=by.pk if by else None):
        kept = chosen.filter(own).count() if own else 0
        made = PushBatch.objects.create(
            dialer=batch.dialer,
            dialer_list=target,
            options=batch.options,
            note=_("again, from batch %(number)s") % {"number": batch.pk},
            created_by=by,
        )
        queued = lifecycle.move(
            chosen.exclude(own) if own else chosen,
            S.QUEUED,
            only_from={S.REFUSED},
            batch=made,
            dialer_id=made.dialer_id,
            refusal_reason="",
            existing_lead_id=None,
            existing_list_id=None,
        )
        changed = max(0, expected - queued - kept)
        if not queued:
            made.delete()
            return Again(None, 0, changed, kept)
        found = check(Lead.objects.filter(batch=made), stamp_before=timezone.now())
        PushBatch.objects.filter(pk=made.pk).update(selected=queued)
    finish({made.pk})  # should all of them have been withdrawn
    made.selected = queued
    return Again(made, queued - found.withdrawn, changed, kept, found.withdrawn)
