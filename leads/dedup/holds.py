"""What keeps a lead from going on: it may be a duplicate, or nobody knows yet whether it is one."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from leads.dedup.pairs import HELD
from leads.models import Import, MatchAgain
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
