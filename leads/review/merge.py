"""Two leads that are one: one is kept, the other becomes its duplicate; and back again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from leads import lifecycle
from leads.dedup import pairs
from leads.history.context import because
from leads.models import Decision, DecisionVerb, Lead, LeadStatus, Pair, PairState
from leads.models.status import MOVES, ON_ITS_WAY
from leads.review.correct import EDITABLE, Corrected, CorrectionError, correct
from leads.review.errors import DeskError
from leads.review.snapshot import data_of, mark_of, standing_of
from leads.sentence import joined, say

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
    """As `mark`, and the kept lead takes these fields (names of EDITABLE) from the other one, also
    those that are blank there; a phone number comes with its country.

    It is cleaned and checked anew with them, so it waits for a reviewer again if it was approved.
    What both leads were is kept with the decision. Raises DeskError, and changes nothing, if one
    of them is on its way to a dialer, a field cannot be taken, or the kept lead could not stand for
    itself with it.
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
        had, changes = data_of(kept), data_of(gone, _with_country(take))
        before: dict[str, Any] = {"gone": standing_of(gone), "kept": standing_of(kept)}
        why = MERGED if verb is DecisionVerb.MERGE else BY_HAND
        before["pointed"] = _set_aside(gone, kept, why, by, comment)
        if changes:
            # Its number is no other lead's any more where it is that of the one set aside.
            kept = _corrected(kept, changes, by)
        now = data_of(kept)
        other = [name for name in had if name in changes or had[name] != now[name]]
        before["kept"]["data"] = {name: had[name] for name in other}
        between = Pair.objects.filter(
            Q(lead=gone, other=kept) | Q(lead=kept, other=gone), state=PairState.OPEN
        )
        ids = list(between.values_list("pk", flat=True))
        pairs.decide(ids, PairState.SAME, by=by, comment=comment)
        closed, before["made"] = pairs.hand_over(gone, kept, by=by)
        before["pairs"] = [*ids, *closed]
        gone.refresh_from_db()
        before["after"] = {
            "gone": mark_of(gone),
            "kept": {**mark_of(kept), "data": data_of(kept, other)},
        }
        return Decision.objects.create(
            verb=verb, lead=gone, other=kept, before=before, comment=comment, by=by
        )


def _with_country(take: Collection[str]) -> list[str]:
    return sorted({*take, *(["phone_code"] if "phone_number" in take else [])})


def _corrected(kept: Lead, changes: Mapping[str, str], by: User | None) -> Lead:
    """The kept lead with what it takes; it must still be one that others can be duplicates of."""
    try:
        found = correct(kept, changes, by=by)
    except CorrectionError as error:
        raise DeskError(*error.args) from None
    _check_stands(found)
    return found.lead


def _check_stands(found: Corrected) -> None:
    lead = found.lead
    if found.assessment.stops:
        stops = [one for one in found.assessment.findings if one["severity"] == "stops"]
        raise DeskError(
            say(
                "With these values lead %(lead)s would be invalid: %(why)s Choose others. Nothing "
                "was changed.",
                lead=lead.pk,
                why=joined(one["text"] for one in stops),
            )
        )
    if lead.status == S.DUPLICATE:
        raise DeskError(
            say(
                "With these values lead %(lead)s would be a duplicate of lead %(twin)s. Choose "
                "others, or decide about that one first. Nothing was changed.",
                lead=lead.pk,
                twin=lead.duplicate_of_id,
            )
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


def _set_aside(gone: Lead, kept: Lead, why: str, by: User | None, comment: str) -> list[int]:
    """Make the one the duplicate of the other; return the ids of its own duplicates, which are
    those of the other one from then on."""
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
    own = Lead.objects.filter(duplicate_of=gone.pk).exclude(pk=kept.pk)
    pointed = list(own.values_list("pk", flat=True))
    own.filter(pk__in=pointed).update(duplicate_of=kept.pk)
    return pointed
