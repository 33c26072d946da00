"""Two leads that are one: one is kept, the other becomes its duplicate; and back again."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from leads import lifecycle
from leads.dedup import pairs
from leads.history.context import because
from leads.models import Decision, DecisionVerb, Lead, LeadStatus, Pair, PairState
from leads.models.status import MOVES, ON_ITS_WAY
from leads.review.correct import EDITABLE, CorrectionError, correct
from leads.review.errors import DeskError
from leads.review.snapshot import data_of, standing_of
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus
MERGED, BY_HAND = "MERGED", "BY_HAND"  # Lead.duplicate_why


def mark(gone: int, kept: int, *, by: User | None, comment: str = "") -> Decision:
    """The lead `gone` is the same as `kept`, which stays as it is. Raises DeskError."""
    return _merge(gone, kept, (), DecisionVerb.DUPLICATE, by, comment)


def merge(
    gone: int, kept: int, take: Collection[str], *, by: User | None, comment: str = ""
) -> Decision:
    """As `mark`, and the kept lead takes these fields (names of EDITABLE) from the other one.

    It is cleaned and checked anew with them, so it waits for a reviewer again if it was approved.
    What both leads were is kept with the decision. Raises DeskError, and changes nothing, if one
    of them is on its way to a dialer, or a field cannot be taken.
    """
    return _merge(gone, kept, take, DecisionVerb.MERGE, by, comment)


def _merge(
    gone_id: int,
    kept_id: int,
    take: Collection[str],
    verb: DecisionVerb,
    by: User | None,
    comment: str,
) -> Decision:
    if unknown := sorted(set(take) - set(EDITABLE)):
        raise DeskError(
            say("There is no field %(fields)s to take over.", fields=", ".join(unknown))
        )
    with transaction.atomic(), because(verb.recorded, user_id=by.pk if by else None):
        gone, kept = _both(gone_id, kept_id)
        changes = {name: value for name, value in data_of(gone, take).items() if value}
        before: dict[str, Any] = {
            "gone": standing_of(gone),
            "kept": {**standing_of(kept), "data": data_of(kept, changes)},
        }
        why = MERGED if verb is DecisionVerb.MERGE else BY_HAND
        _set_aside(gone, kept, why, by, comment)
        if changes:
            try:
                kept = correct(kept, changes, by=by).lead
            except CorrectionError as error:
                raise DeskError(str(error)) from None
        between = Pair.objects.filter(
            Q(lead=gone, other=kept) | Q(lead=kept, other=gone), state=PairState.OPEN
        )
        ids = list(between.values_list("pk", flat=True))
        pairs.decide(ids, PairState.SAME, by=by, comment=comment)
        closed, before["made"] = pairs.hand_over(gone, kept, by=by)
        before["pairs"] = [*ids, *closed]
        return Decision.objects.create(
            verb=verb, lead=gone, other=kept, before=before, comment=comment, by=by
        )


def _both(gone_id: int, kept_id: int) -> tuple[Lead, Lead]:
    """Both leads, locked in the order of their ids: two merges do not wait for each other."""
    if gone_id == kept_id:
        raise DeskError(say("A lead cannot be the duplicate of itself."))
    both = Lead.objects.select_for_update(of=("self",)).filter(pk__in=[gone_id, kept_id])
    found = {lead.pk: lead for lead in both.order_by("pk")}
    if len(found) < 2:
        raise DeskError(say("One of the two leads is no longer there: its import was undone."))
    gone, kept = found[gone_id], found[kept_id]
    if gone.status in ON_ITS_WAY:
        raise DeskError(
            say(
                "Lead %(lead)s is %(status)s: it can no longer be set aside. Keep that one "
                "instead.",
                lead=gone.pk,
                status=S(gone.status).label.lower(),
            )
        )
    if kept.status in (S.DUPLICATE, S.INVALID):
        raise DeskError(
            say(
                "Lead %(lead)s is %(status)s: it cannot be the one that is kept.",
                lead=kept.pk,
                status=S(kept.status).label.lower(),
            )
        )
    if gone.status == S.INVALID:
        raise DeskError(say("Lead %(lead)s is invalid: correct or reject it.", lead=gone.pk))
    if gone.status == S.DUPLICATE:
        raise DeskError(
            say(
                "Lead %(lead)s is a duplicate of lead %(duplicate_of_id)s already.",
                lead=gone.pk,
                duplicate_of_id=gone.duplicate_of_id,
            )
        )
    return gone, kept


def _set_aside(gone: Lead, kept: Lead, why: str, by: User | None, comment: str) -> None:
    this = Lead.objects.filter(pk=gone.pk)
    if S.DUPLICATE not in MOVES[S(gone.status)]:
        lifecycle.move(this, S.STAGED)
    lifecycle.move(
        this,
        S.DUPLICATE,
        duplicate_of_id=kept.pk,
        duplicate_why=why,
        decided_by_id=by.pk if by else None,
        decision_comment=comment,
    )
    # Duplicates of the one that goes are duplicates of the one that is kept.
    Lead.objects.filter(duplicate_of=gone.pk).exclude(pk=kept.pk).update(duplicate_of=kept.pk)
