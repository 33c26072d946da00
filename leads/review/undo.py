"""Take one decision back: what it changed is as it was before, as far as nothing has come since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from leads import lifecycle
from leads.dedup import likely
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import Decision, DecisionVerb, Lead, LeadStatus, Pair, PairState
from leads.models.status import MOVES, ON_ITS_WAY
from leads.review.correct import CorrectionError, correct
from leads.review.errors import DeskError
from leads.review.since import changed, who_corrected, who_moved
from leads.review.snapshot import columns_of, mark_of
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

    A kept lead that a merge took its approval is approved again. Raises DeskError, and changes
    nothing, if it is taken back already, or somebody or something has gone on with the lead since
    (it is queued, pushed, corrected, or decided otherwise).
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
        # The kept lead first: as long as the other one is its duplicate, they share a number.
        if _changed_kept(decision):
            _put_back(leads[decision.other_id or 0], before["kept"], by)
        if verb is DecisionVerb.EDIT:
            _put_back(lead, {**before["gone"], "data": before["data"]}, by)
        elif verb is not DecisionVerb.DIFFERENT:
            _move_back(lead, before["gone"])
        _give_back(decision)
        if verb in (DecisionVerb.MERGE, DecisionVerb.DUPLICATE):
            likely.rekey([decision.lead_id])
    lead.refresh_from_db()
    return lead


def not_as_before(decision: Decision) -> list[tuple[Lead, LeadStatus]]:
    """The leads that are in another status after it was taken back than before the decision, each
    with the one it was in."""
    before = {decision.lead_id: decision.before["gone"]["status"]}
    if decision.other_id and _changed_kept(decision):
        before[decision.other_id] = decision.before["kept"]["status"]
    leads = Lead.objects.filter(pk__in=before).order_by("pk")
    return [(lead, S(before[lead.pk])) for lead in leads if lead.status != before[lead.pk]]


def _changed_kept(decision: Decision) -> bool:
    """Whether the lead that was kept got other data."""
    return bool(decision.before.get("kept", {}).get("data"))


def _check(decision: Decision, leads: Mapping[int, Lead]) -> None:
    """Raise DeskError unless all that is taken back is still as the decision left it."""
    verb, lead = DecisionVerb(decision.verb), leads[decision.lead_id]
    # What was decided before this was kept with it: the status alone.
    after = decision.before.get("after") or {"gone": {"status": LEADS_TO.get(verb, lead.status)}}
    if verb is DecisionVerb.DIFFERENT:
        if not _closed(decision).exists():
            raise DeskError(say("Somebody has decided that meanwhile. Nothing was changed."))
        return
    if verb is DecisionVerb.EDIT:
        _check_data(lead, after["gone"])
    _check_standing(lead, after["gone"])
    if _changed_kept(decision):
        kept = leads[decision.other_id or 0]
        _check_data(kept, after.get("kept", {}))
        _check_standing(kept, after.get("kept", {}))


def _check_standing(lead: Lead, after: Mapping[str, Any]) -> None:
    now = mark_of(lead)
    if all(now[name] == after.get(name, now[name]) for name in now):
        return
    raise DeskError(
        say(
            "Lead %(lead)s was changed%(by)s since and is %(status)s by now: this decision can no "
            "longer be taken back. Nothing was changed.",
            lead=lead.pk,
            by=who_moved(lead),
            status=S(lead.status).label.lower(),
        )
    )


def _check_data(lead: Lead, after: Mapping[str, Any]) -> None:
    if lead.status in ON_ITS_WAY:
        raise DeskError(
            say(
                "Lead %(lead)s is %(status)s: its data can no longer be changed back.",
                lead=lead.pk,
                status=S(lead.status).label.lower(),
            )
        )
    wrote = after.get("data", {})
    if now := changed(lead, wrote):
        raise DeskError(
            say(
                "Lead %(lead)s was corrected%(by)s since: %(values)s. This decision can no longer "
                "be taken back. Nothing was changed.",
                lead=lead.pk,
                by=who_corrected(lead, wrote),
                values=", ".join(f"{name} “{text}”" for name, text in now.items()),
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


def _put_back(lead: Lead, before: Mapping[str, Any], by: User | None) -> None:
    """Its data, and with them what had been decided on these, unless a check says otherwise now."""
    try:
        found = correct(lead, before["data"], by=by).lead
    except CorrectionError as error:
        raise DeskError(*error.args) from None
    was = S(before["status"])
    if was not in (S.APPROVED, S.REJECTED) or found.status != S.STAGED:
        return
    if was is S.REJECTED or found.dnc_list_id is None:
        this = Lead.objects.filter(pk=lead.pk)
        lifecycle.move(this, was, only_from={S.STAGED}, **columns_of(before))


def _closed(decision: Decision) -> QuerySet[Pair]:
    """The pairs that it closed and nobody else has decided since."""
    ids = decision.before.get("pairs", ())
    mine = Pair.objects.filter(pk__in=ids, decided_by=decision.by_id)
    return mine.exclude(state=PairState.OPEN)


def _give_back(decision: Decision) -> None:
    """The pairs and the duplicates that it handed on."""
    before = decision.before
    Pair.objects.filter(pk__in=before.get("made", ()), state=PairState.OPEN).delete()
    _closed(decision).update(state=PairState.OPEN, decided_by=None, decided_at=None, comment="")
    handed = Lead.objects.filter(pk__in=before.get("pointed", ()), duplicate_of=decision.other_id)
    handed.update(duplicate_of=decision.lead_id)
