"""Take one decision back: what it changed is as it was before, as far as nothing has come since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from leads import lifecycle
from leads.dedup import likely
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import Decision, DecisionVerb, Lead, LeadStatus, Pair, PairState
from leads.models.status import MOVES, ON_ITS_WAY
from leads.review.correct import CorrectionError, correct
from leads.review.errors import DeskError
from leads.review.snapshot import columns_of
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus
LEADS_TO = {
    DecisionVerb.APPROVE: S.APPROVED,
    DecisionVerb.REJECT: S.REJECTED,
    DecisionVerb.DUPLICATE: S.DUPLICATE,
    DecisionVerb.MERGE: S.DUPLICATE,
}


def last_of(user: User) -> Decision | None:
    """The latest decision of this person that is not taken back."""
    return Decision.objects.filter(by=user, undone_at__isnull=True).order_by("-id").first()


@without_deadlocks
def undo(decision: Decision, *, by: User | None) -> Lead:
    """Take it back, and return the lead that it was about.

    Raises DeskError, and changes nothing, if it is taken back already, or somebody or something
    has gone on with the lead since (it is queued, pushed, or decided otherwise).
    """
    with transaction.atomic(), because("decision taken back", user_id=by.pk if by else None):
        mine = Decision.objects.filter(pk=decision.pk, undone_at__isnull=True)
        if not mine.update(undone_at=timezone.now(), undone_by=by):
            raise DeskError(say("This decision is taken back already."))
        both = [id_ for id_ in (decision.lead_id, decision.other_id) if id_]
        locked = Lead.objects.select_for_update(of=("self",)).filter(pk__in=both).order_by("pk")
        leads = {lead.pk: lead for lead in locked}
        lead, verb = leads[decision.lead_id], DecisionVerb(decision.verb)
        _check(decision, leads)
        before = decision.before
        if verb is DecisionVerb.EDIT:
            _put_back(lead, before["data"], by)
        elif verb is not DecisionVerb.DIFFERENT:
            _move_back(lead, before["gone"])
        if decision.other_id and before.get("kept", {}).get("data"):
            _put_back(leads[decision.other_id], before["kept"]["data"], by)
        Pair.objects.filter(pk__in=before.get("pairs", ())).update(
            state=PairState.OPEN, decided_by=None, decided_at=None, comment=""
        )
        if verb in (DecisionVerb.MERGE, DecisionVerb.DUPLICATE):
            likely.rekey([decision.lead_id])
    lead.refresh_from_db()
    return lead


def _check(decision: Decision, leads: dict[int, Lead]) -> None:
    verb = DecisionVerb(decision.verb)
    lead = leads[decision.lead_id]
    expected = LEADS_TO.get(verb)
    if expected and lead.status != expected:
        raise DeskError(
            say(
                "Lead %(lead)s is %(status)s by now: its decision cannot be taken back here.",
                lead=lead.pk,
                status=S(lead.status).label.lower(),
            )
        )
    changed = lead if verb is DecisionVerb.EDIT else leads.get(decision.other_id or 0)
    kept = decision.before.get("kept", {})
    changes_back = verb is DecisionVerb.EDIT or kept.get("data")
    if changed and changes_back and changed.status in ON_ITS_WAY:
        raise DeskError(
            say(
                "Lead %(lead)s is %(status)s: its data can no longer be changed back.",
                lead=changed.pk,
                status=S(changed.status).label.lower(),
            )
        )


def _move_back(lead: Lead, before: dict[str, object]) -> None:
    """To the status and the decision that it had."""
    this, to = Lead.objects.filter(pk=lead.pk), S(str(before["status"]))
    columns = columns_of(before)
    if to not in MOVES[S(lead.status)]:
        # An approval is not given back unseen.
        to = S.STAGED
    lifecycle.move(this, to, only_from={S(lead.status)}, **columns)


def _put_back(lead: Lead, data: dict[str, str], by: User | None) -> None:
    try:
        correct(lead, data, by=by)
    except CorrectionError as error:
        raise DeskError(str(error)) from None
