"""What a reviewer decides: approve, reject, reopen, not a duplicate, overrule; override DNC.

Each decision is one UPDATE over whatever selection it is given, and answers with how many leads
moved and, for the rest, why they were left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads import lifecycle
from leads.dedup import likely
from leads.dedup.holds import IS_HELD, holds, kept_back, without
from leads.dedup.pairs import let_pass, remember_different
from leads.dedup.suppress_mark import OVERRIDDEN
from leads.history.context import because
from leads.lifecycle import without_deadlocks
from leads.models import Import, Lead, LeadStatus
from leads.models.status import KNOWN, sources_of
from leads.review import dnc
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus

REJECT_REASONS: dict[str, Any] = {
    "NOT_INTERESTED": _("Does not want to be called"),
    "BAD_DATA": _("The data is wrong or made up"),
    "WRONG_AREA": _("Outside the area that we serve"),
    "ALREADY_CUSTOMER": _("Is a customer already"),
    "NO_CONSENT": _("No proof of consent"),
    "DUPLICATE": _("We have this person already"),
    "OTHER": _("Another reason (see the comment)"),
}

# Only what is stopped for this alone may be overruled: the number can be dialled, but nobody
# seems to have it. A number that cannot be dialled at all must be corrected.
OVERRULABLE = ["PHONE_UNASSIGNED"]


@dataclass(frozen=True)
class Decision:
    """How many leads moved; and for those that did not, a reason in words and how many."""

    moved: int
    left: dict[str, int] = field(default_factory=dict)


FOUR_EYES = say("was imported by you; with four eyes somebody else must approve it")
WANTS_COMMENT = say("has a warning; say in the comment why it may go all the same")
ON_NO_LIST = {say("is on no DNC list: approve it as usual"): ~dnc.ON_A_LIST}


class DecisionError(Exception):
    """A decision that cannot be taken as it stands; the text is a sentence for the reviewer."""


@without_deadlocks
def approve(
    leads: QuerySet[Lead], *, by: User | None, comment: str = "", held_too: bool = False
) -> Decision:
    """Staged leads may be pushed from now on, unless a number of theirs is on a DNC list.

    Left are those that are still compared with the others, or may be a duplicate of one, as long
    as nobody has decided it (with `held_too` that is decided: their pairs are let pass); without a
    comment those with a warning; and with four eyes (setting FOUR_EYES) those that `by` imported.
    """
    with transaction.atomic(), because("approved", user_id=by.pk if by else None):
        found = dnc.look(leads.filter(status=S.STAGED))
        decision = _decide(
            leads,
            S.APPROVED,
            "approved",
            by,
            comment=comment,
            only={S.STAGED},
            but=found.kept | approval_keeps(by, comment, held_too=held_too),
            also=found.also,
        )
        if held_too:
            let_pass(leads.filter(status=S.APPROVED), by=by, comment=comment.strip())
        return decision


@without_deadlocks
def override_dnc(leads: QuerySet[Lead], *, by: User | None, comment: str) -> Decision:
    """Approve staged leads in spite of the DNC list that they are on now.

    The list, its date, who and the comment stay in the history; another match ends it. What
    `approve` leaves for another reason is left. Raises DecisionError for somebody without the right
    `override_dnc`, and without a comment.
    """
    if by is None or not by.has_perm("leads.override_dnc"):
        raise DecisionError(say("Only somebody with the right to override DNC lists can do this."))
    if not comment.strip():
        raise DecisionError(say("Say in the comment why these people may be called all the same."))
    with transaction.atomic(), because(OVERRIDDEN, user_id=by.pk):
        found = dnc.look(leads.filter(status=S.STAGED))
        return _decide(
            leads,
            S.APPROVED,
            OVERRIDDEN,
            by,
            comment=comment,
            reason=OVERRIDDEN,
            only={S.STAGED},
            but=approval_keeps(by, comment) | ON_NO_LIST,
            also=found.also,
        )


def approval_keeps(by: User | None, comment: str = "", *, held_too: bool = False) -> dict[str, Q]:
    """Why staged leads would be left by `approve`, in words, and which those are."""
    keeps = holds()
    if held_too:
        del keeps[IS_HELD]
    if not comment.strip():
        keeps[WANTS_COMMENT] = ~Q(warnings=[])
    if settings.FOUR_EYES and by:
        keeps[FOUR_EYES] = Q(import_run__in=Import.objects.filter(created_by=by).values("pk"))
    return keeps


@without_deadlocks
def reject(leads: QuerySet[Lead], *, by: User | None, reason: str, comment: str = "") -> Decision:
    """These leads are not to be pushed; `reason` is a key of REJECT_REASONS.

    Raises DecisionError for an unknown reason, or for OTHER without a comment.
    """
    if reason not in REJECT_REASONS:
        raise DecisionError(
            say(
                "“%(reason)s” is no reason for a rejection. Use one of: %(reasons)s.",
                reason=reason,
                reasons=", ".join(REJECT_REASONS),
            )
        )
    if reason == "OTHER" and not comment.strip():
        raise DecisionError(say("Say in the comment what the other reason is."))
    return _decide(leads, S.REJECTED, "rejected", by, comment=comment, reason=reason)


@without_deadlocks
def reopen(leads: QuerySet[Lead], *, by: User | None, comment: str = "") -> Decision:
    """Rejected, refused and approved leads wait for a reviewer again.

    A rejected lead without a number that can be dialled stays rejected: correct it first.
    """
    only = {S.REJECTED, S.REFUSED, S.APPROVED}
    mute = ~Q(phone_number__regex=r"^[0-9]{6,16}$")
    return _decide(
        leads,
        S.STAGED,
        "reopened",
        by,
        comment=comment,
        only=only,
        but={say("has no number that can be dialled; correct it first"): mute},
    )


@without_deadlocks
def not_a_duplicate(leads: QuerySet[Lead], *, by: User | None, comment: str = "") -> Decision:
    """These duplicates are leads of their own after all; that is remembered of each pair."""
    with transaction.atomic():
        duplicates = leads.order_by().filter(status=S.DUPLICATE)
        pairs = duplicates.values_list("pk", "duplicate_of").select_for_update(of=("self",))
        known = [(lead, twin) for lead, twin in pairs if twin]
        remember_different(known, by=by, comment=comment.strip())
        # They stand for themselves now: whoever else they are like is looked for.
        likely.rekey([lead for lead, _ in known])
        return _decide(
            leads,
            S.STAGED,
            "not a duplicate",
            by,
            comment=comment,
            only={S.DUPLICATE},
            also={"duplicate_of": None, "duplicate_why": ""},
        )


@without_deadlocks
def overrule(leads: QuerySet[Lead], *, by: User | None, comment: str) -> Decision:
    """Stage leads that are invalid only because nobody seems to have the number.

    Raises DecisionError without a comment: somebody will ask why.
    """
    if not comment.strip():
        raise DecisionError(say("Say in the comment why these numbers may be called all the same."))
    stopped = ~Q(reasons__contained_by=OVERRULABLE)
    # What may be overruled was not compared with the others when it came in.
    twins = Lead.objects.filter(phone_e164=OuterRef("phone_e164")).exclude(pk=OuterRef("pk"))
    older = Q(status=S.INVALID, reasons__contained_by=OVERRULABLE, pk__lt=OuterRef("pk"))
    known = Q(Exists(twins.filter(Q(status__in=sorted(KNOWN)) | older)))
    with transaction.atomic():
        likely.rekey(leads.filter(~stopped, status=S.INVALID))
        return _decide(
            leads,
            S.STAGED,
            "overruled",
            by,
            comment=comment,
            only={S.INVALID},
            but={
                say("is invalid for a reason that must be corrected"): stopped,
                say("has the number of another lead"): known & ~stopped,
            },
        )


def _decide(
    leads: QuerySet[Lead],
    to: LeadStatus,
    why: str,
    by: User | None,
    *,
    comment: str = "",
    reason: str = "",
    only: set[LeadStatus] | None = None,
    but: Mapping[str, Q] | None = None,
    also: dict[str, object] | None = None,
) -> Decision:
    """Move those of `leads` that are in `only`, but not those of `but`; count the rest by reason.

    `but` maps a reason in words to the leads that it keeps.
    """
    sources = only or set(sources_of(to))
    user_id = by.pk if by else None
    # Without a savepoint of its own: whoever is around it wants all or nothing.
    with transaction.atomic(savepoint=False), because(why, user_id=user_id):
        left = left_by_reason(leads, sources, but or {})
        moved = lifecycle.move(
            without(leads, but or {}),
            to,
            only_from=sources,
            decided_by_id=user_id,
            decided_at=timezone.now(),
            decision_reason=reason,
            decision_comment=comment.strip(),
            **(also or {}),
        )
    return Decision(moved, left)


def left_by_reason(
    leads: QuerySet[Lead], sources: Collection[LeadStatus], but: Mapping[str, Q]
) -> dict[str, int]:
    """Reason in words -> number of leads, for those that the move will not take."""
    counts = leads.order_by().exclude(status__in=sources).values_list("status")
    wanted = reduce(
        lambda one, other: say("%(one)s or %(other)s", one=one, other=other),
        sorted(source.label.lower() for source in sources),
    )
    left: dict[str, int] = {
        say("is %(status)s, not %(wanted)s", status=S(status).label.lower(), wanted=wanted): number
        for status, number in counts.annotate(number=Count("pk"))
    }
    return left | kept_back(leads, sources, but)
