"""What the DNC lists have to say when leads are approved, in words that tell what to do."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.db.models import BooleanField, Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from leads.dedup.suppress import in_force, loaded_in_force
from leads.dedup.suppress_mark import mark
from leads.models import Lead, Source
from leads.models.dnc import named
from leads.sentence import say

ON_A_LIST = Q(dnc_list__isnull=False)
# The match is the phone's, not an alternative's.
BY_PHONE = Q(phone_e164=Concat(Value("+"), Cast("dnc_number", TextField())))


class Look(NamedTuple):
    """Why some leads cannot be approved (a reason in words -> those that it keeps), and the columns
    that say of the others that they were looked at."""

    kept: dict[str, Q]
    also: dict[str, object]


def look(leads: QuerySet[Lead]) -> Look:
    """Hold `leads` against the lists in force here and now, in one statement, for lists change.

    What is found is written on them. How old their last check may be is their source's to say; the
    look of an approval does not count as one, for a person would not see what it finds.
    """
    forced = in_force().exists()
    kept = {}
    if forced or leads.filter(ON_A_LIST).exists():
        mark(leads)
        kept = _matches(leads)
    for why, some in _too_old().items():
        kept[why] = some & ~ON_A_LIST
    return Look(kept, {"dnc_checked_at": timezone.now()} if forced else {})


def _matches(leads: QuerySet[Lead]) -> dict[str, Q]:
    """A reason for each list that a number of the leads is on."""
    by_phone = Case(When(BY_PHONE, then=True), default=False, output_field=BooleanField())
    groups = (
        leads.filter(ON_A_LIST)
        .order_by("dnc_list__name", "dnc_date")
        .annotate(by_phone=by_phone)
        .values_list("dnc_list", "dnc_list__name", "dnc_date", "by_phone")
        .distinct()
    )
    found: dict[str, Q] = {}
    for list_id, name, of, phone in groups:
        same = Q(dnc_list=list_id, dnc_date=of)
        if phone:
            found[say("is on %(name)s", name=named(name, of))] = same & BY_PHONE
        else:
            words = say(
                "has an alternative phone on %(name)s; take it out of the lead first",
                name=named(name, of),
            )
            found[words] = same & ~BY_PHONE
    return found


def _too_old() -> dict[str, Q]:
    """What sources demand of a check, for the leads of those that demand any."""
    demands = defaultdict(list)
    asking = Source.objects.filter(dnc_max_days__isnull=False)
    for source_id, days in asking.values_list("pk", "dnc_max_days"):
        demands[days or 0].append(source_id)
    if demands and not loaded_in_force().exists():
        ids = [source_id for some in demands.values() for source_id in some]
        why = say("needs a DNC check, but no DNC list is in force: have an admin load one")
        return {why: Q(lead_source__in=ids)}
    now = timezone.now()
    return {
        say(
            "was not checked against DNC lists in the last %(days)s days, as its source "
            "demands: take the action Check DNC lists",
            days=days,
        ): Q(lead_source__in=ids)
        & (Q(dnc_checked_at__isnull=True) | Q(dnc_checked_at__lt=now - timedelta(days=days)))
        for days, ids in sorted(demands.items())
    }
