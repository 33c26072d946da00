"""Decisions on one lead at the desk: each checks that it is still as the reviewer saw it, and is
kept so that it can be taken back (`leads.review.undo`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction

from leads.dedup import pairs
from leads.lifecycle import without_deadlocks
from leads.models import Decision, DecisionVerb, Lead, Pair, PairState
from leads.review import decide, merge
from leads.review.correct import Corrected, CorrectionError, correct
from leads.review.desk import check_claim, check_unchanged, gone
from leads.review.errors import DeskError
from leads.review.since import changed, corrected_meanwhile
from leads.review.snapshot import data_of, mark_of, standing_of
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@contextmanager
def _locked(lead_id: int, seen: str, by: User) -> Iterator[Lead]:
    """The lead, locked, after it is sure that nobody else has it and that it is as it was seen."""
    with transaction.atomic():
        check_claim(lead_id, by)
        lead = (
            Lead.objects.select_for_update(of=("self",))
            .select_related("decided_by")
            .filter(pk=lead_id)
            .first()
        )
        if lead is None:
            raise DeskError(gone(lead_id))
        check_unchanged(lead, seen)
        yield lead


@without_deadlocks
def approve(
    lead_id: int,
    seen: str,
    *,
    by: User,
    comment: str = "",
    shown: Mapping[str, str] | None = None,
) -> Decision:
    """Approve one lead. Raises DeskError where `decide.approve` would leave it, with the reason,
    and where its data are others than were `shown`."""
    with _locked(lead_id, seen, by) as lead:
        if shown and changed(lead, shown):
            raise DeskError(corrected_meanwhile(lead, shown))
        before = {"gone": standing_of(lead)}
        found = decide.approve(Lead.objects.filter(pk=lead_id), by=by, comment=comment)
        return _kept(found, DecisionVerb.APPROVE, lead, before, by, comment)


@without_deadlocks
def reject(lead_id: int, seen: str, *, by: User, reason: str, comment: str = "") -> Decision:
    """Reject one lead. Raises DeskError, also for a reason that is none."""
    with _locked(lead_id, seen, by) as lead:
        before = {"gone": standing_of(lead)}
        this = Lead.objects.filter(pk=lead_id)
        try:
            found = decide.reject(this, by=by, reason=reason, comment=comment)
        except decide.DecisionError as error:
            raise DeskError(str(error)) from None
        return _kept(found, DecisionVerb.REJECT, lead, before, by, comment)


@without_deadlocks
def different(lead_id: int, seen: str, other_id: int, *, by: User, comment: str = "") -> Decision:
    """The lead and another one are not the same; that is never asked again. Raises DeskError."""
    with _locked(lead_id, seen, by) as lead:
        pair = _open_pair(lead_id, other_id)
        if pair is None:
            raise DeskError(
                say(
                    "Whether leads %(lead)s and %(other)s are the same is no question any more: "
                    "somebody has decided it, or they are no longer alike. Nothing was changed.",
                    lead=lead_id,
                    other=other_id,
                )
            )
        pairs.decide([pair.pk], PairState.DIFFERENT, by=by, comment=comment)
        before = {"gone": standing_of(lead), "pairs": [pair.pk]}
        return Decision.objects.create(
            verb=DecisionVerb.DIFFERENT, lead=lead, before=before, comment=comment, by=by
        )


@without_deadlocks
def duplicate(
    lead_id: int, seen: str, gone: int, kept: int, *, by: User, comment: str = ""
) -> Decision:
    """One of two leads is the other one's duplicate; `lead_id` is one of them. Raises DeskError."""
    with _claimed(lead_id, seen, by):
        return merge.mark(gone, kept, by=by, comment=comment)


@without_deadlocks
def merged(
    lead_id: int,
    seen: str,
    gone: int,
    kept: int,
    take: Collection[str],
    *,
    by: User,
    comment: str = "",
) -> Decision:
    """As `duplicate`, with these fields of the one that goes taken over. Raises DeskError."""
    with _claimed(lead_id, seen, by):
        return merge.merge(gone, kept, take, by=by, comment=comment)


@without_deadlocks
def edit(
    lead_id: int,
    seen: str,
    changes: Mapping[str, str],
    *,
    by: User,
    shown: Mapping[str, str] | None = None,
) -> Corrected:
    """Correct one lead and check it anew. Raises DeskError, also where a field that changes is
    not as it was `shown`."""
    with _locked(lead_id, seen, by) as lead:
        gone, had = standing_of(lead), data_of(lead)
        try:
            found = correct(lead, changes, by=by, shown=shown)
        except CorrectionError as error:
            raise DeskError(*error.args) from None
        if changes:
            # Cleaning may have put something into other fields as well.
            now = data_of(found.lead)
            other = [name for name in had if had[name] != now[name]]
            after = {**mark_of(found.lead), "data": {name: now[name] for name in other}}
            data = {name: had[name] for name in other}
            before = {"gone": gone, "data": data, "after": {"gone": after}}
            Decision.objects.create(verb=DecisionVerb.EDIT, lead=lead, before=before, by=by)
        return found


def _open_pair(one: int, other: int) -> Pair | None:
    """The open pair of two leads, locked: by these, for comparing them again writes it anew."""
    pair = Pair.objects.select_for_update().filter(
        lead=max(one, other), other=min(one, other), state=PairState.OPEN
    )
    # A row that was waited for may be gone, with another one in its place.
    return pair.first() or pair.first()


@contextmanager
def _claimed(lead_id: int, seen: str, by: User) -> Iterator[None]:
    """As `_locked`, without the lock: a merge locks both of its leads in an order of its own."""
    with transaction.atomic():
        check_claim(lead_id, by)
        lead = Lead.objects.select_related("decided_by").filter(pk=lead_id).first()
        if lead is None:
            raise DeskError(gone(lead_id))
        check_unchanged(lead, seen)
        yield


def _kept(
    found: decide.Decision,
    verb: DecisionVerb,
    lead: Lead,
    before: Mapping[str, object],
    by: User,
    comment: str,
) -> Decision:
    if not found.moved:
        why = next(iter(found.left), say("cannot be decided as it stands"))
        raise DeskError(say("Lead %(lead)s %(why)s.", lead=lead.pk, why=why))
    lead.refresh_from_db()
    before = {**before, "after": {"gone": mark_of(lead)}}
    return Decision.objects.create(verb=verb, lead=lead, before=before, comment=comment, by=by)
