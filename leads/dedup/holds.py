"""What keeps a lead from going on: it may be a duplicate, or nobody knows yet whether it is one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from leads.dedup.pairs import HELD
from leads.models import Import, Lead, LeadStatus, MatchAgain
from leads.sentence import say

COMPARING = say("is still being compared with the others; try again in a moment")
COMPARING_AGAIN = say(
    "is still being compared again, as it was corrected or freed; try again in a moment"
)
IS_HELD = say("may be a duplicate; decide that first, on the review desk")


def holds() -> dict[str, Q]:
    """Why leads are kept back, in words, and which those are.

    No join, so that an UPDATE stays one of the leads' own table: the imports that are followed up
    are looked up once, whatever the number of leads.
    """
    comparing = Import.objects.filter(compared_at=None).values("pk")
    again = Exists(MatchAgain.objects.filter(pk=OuterRef("pk")))
    return {
        COMPARING: Q(import_run__in=comparing),
        COMPARING_AGAIN: Q(again),
        IS_HELD: Q(HELD),
    }


def without(leads: QuerySet[Lead], keeps: Mapping[str, Q]) -> QuerySet[Lead]:
    """Those of `leads` that nothing of `keeps` (reason in words -> which leads) keeps."""
    for kept in keeps.values():
        leads = leads.exclude(kept)
    return leads


def kept_back(
    leads: QuerySet[Lead], only: Collection[LeadStatus], keeps: Mapping[str, Q]
) -> dict[str, int]:
    """Reason in words -> number of leads, for those in `only` that `keeps` keeps.

    Who is kept for two reasons is counted with the first.
    """
    if not keeps:
        return {}
    first = Case(*(When(kept, then=Value(place)) for place, kept in enumerate(keeps.values())))
    kept_for = leads.order_by().filter(status__in=sorted(only)).annotate(kept_for=first)
    numbers = dict(kept_for.values_list("kept_for").annotate(number=Count("pk")))
    return {why: numbers[place] for place, why in enumerate(keeps) if place in numbers}
