"""What a button of the review desk does to the lead that is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.admin.desk_item import number
from leads.admin.lead_correct import WAS, outcome, texts_of, values_of
from leads.admin.parts import kick
from leads.dedup.pairs import HELD
from leads.models import Lead, LeadStatus, MatchAgain, Pair
from leads.review import desk, one_by_one, undo
from leads.review.correct import EDITABLE
from leads.review.errors import DeskError
from leads.sentence import say
from leads.tasks import match_again

# Whoever corrects a lead and approves it at once need not press twice: comparing it takes a moment.
PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.1
REJECT = "reject:"
ABOUT_TWO = {"duplicate", "keep-new", "merge", "different"}


def decide(request: HttpRequest, lead_id: int, data: QueryDict) -> int | None:
    """Do what the button says; return the id of the lead to show next, None for the next one."""
    user: Any = request.user
    verb, seen, comment = data.get("verb", ""), data.get("seen", ""), data.get("comment", "")
    if verb == "undo":
        return _undo(request)
    changes, shown = _changes(lead_id, data)
    if verb == "edit":
        found = one_by_one.edit(lead_id, seen, changes, by=user, shown=shown)
        kick(match_again)
        messages.add_message(request, *outcome(found, bool(changes)))
        return lead_id
    if changes:
        raise DeskError(
            say(
                "%(fields)s was changed and not saved: save it first, or put it back.",
                fields=", ".join(changes),
            )
        )
    if verb.startswith(REJECT):
        reason = verb.removeprefix(REJECT)
        one_by_one.reject(lead_id, seen, by=user, reason=reason, comment=comment)
        _said(request, _("Rejected."))
        return None
    acts: dict[str, Callable[[], object]] = {
        "approve": lambda: one_by_one.approve(lead_id, seen, by=user, comment=comment, shown=shown),
        "duplicate": lambda: one_by_one.duplicate(lead_id, seen, *ids, by=user, comment=comment),
        "keep-new": lambda: one_by_one.duplicate(
            lead_id, seen, ids[1], ids[0], by=user, comment=comment
        ),
        "merge": lambda: one_by_one.merged(
            lead_id, seen, *ids, _taken(data, *ids), by=user, comment=comment
        ),
        "different": lambda: one_by_one.different(lead_id, seen, ids[1], by=user, comment=comment),
    }
    ids = (lead_id, number(data, "other"))
    if verb not in acts:
        raise DeskError(say("“%(verb)s” is nothing that can be done here.", verb=verb))
    if verb in ABOUT_TWO:
        _check_pair(*ids, verb, comment)
    if verb == "approve":
        _wait_until_compared(lead_id)
    acts[verb]()
    if verb == "merge":
        kick(match_again)
    _said(request, SAYS[verb])
    return lead_id if verb == "different" and _is_held(lead_id) else None


SAYS = {
    "approve": gettext_lazy("Approved."),
    "duplicate": gettext_lazy("Marked as a duplicate."),
    "keep-new": gettext_lazy("The older one was marked as a duplicate."),
    "merge": gettext_lazy("Merged."),
    "different": gettext_lazy("Kept apart; it is not asked again."),
}


def _wait_until_compared(lead_id: int) -> None:
    """Give the worker that compares a corrected lead again some time, before that keeps it back."""
    until = time.monotonic() + PATIENCE_SECONDS
    waiting = MatchAgain.objects.filter(lead_id=lead_id)
    while waiting.exists() and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)


def _undo(request: HttpRequest) -> int | None:
    user: Any = request.user
    decision = undo.last_of(user)
    if decision is None:
        raise DeskError(say("There is no decision of yours that could be taken back."))
    lead = undo.undo(decision, by=user)
    kick(match_again)
    others = undo.not_as_before(decision)
    for one, was in others:
        facts = {"id": one.pk, "status": _in_words(one.status), "before": _in_words(was)}
        _said(
            request,
            _("Taken back, but lead %(id)s is %(status)s now; it was %(before)s before.") % facts,
        )
    if not others:
        _said(request, _("Taken back: lead %(id)s is as it was.") % {"id": lead.pk})
    return lead.pk if desk.claim(lead.pk, user) else None


def _in_words(status: str) -> str:
    return LeadStatus(status).label.lower()


def _changes(lead_id: int, data: QueryDict) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that were typed otherwise than the page showed them, and what it showed of all."""
    texts, shown = texts_of(data, "field_"), texts_of(data, WAS)
    if texts and not shown:
        lead = Lead.objects.filter(pk=lead_id).first()
        shown = values_of(lead) if lead else texts
    changes = {name: text for name, text in texts.items() if text != shown.get(name, text)}
    return changes, shown


def _check_pair(lead_id: int, other: int, verb: str, comment: str) -> None:
    """Raise DeskError for a lead that was never found alike to this one, where nobody says why."""
    both = [lead_id, other]
    if Pair.objects.filter(lead__in=both, other__in=both).exists():
        return
    if verb == "different":
        raise DeskError(
            say(
                "There is no question about lead %(other)s: it only hangs together with another "
                "one here, or is alike no longer. Choose a lead that was found alike to this one.",
                other=other,
            )
        )
    if not comment.strip():
        raise DeskError(
            say(
                "Lead %(other)s was not found alike to this one; it only hangs together with "
                "another one here. Say in the comment why it is the same, or choose another.",
                other=other,
            )
        )


def _taken(data: QueryDict, gone: int, kept: int) -> list[str]:
    """The fields that the kept lead takes from the one that goes: those chosen; without a choice
    what it has not.

    Of several the page offers the choice for the first. Raises DeskError for another one: the
    page that says so has that one first.
    """
    chosen_for = number(data, "choices_for")
    if chosen_for and chosen_for != kept:
        raise DeskError(
            say(
                "The values to choose from were those of lead %(first)s. Now lead %(other)s stands "
                "beside this one: choose, and merge again. Nothing was changed yet.",
                first=chosen_for,
                other=kept,
            )
        )
    if chosen_for:
        return [name for name in EDITABLE if data.get(f"take_{name}") == str(gone)]
    leads = Lead.objects.in_bulk([gone, kept])
    if len(leads) < 2:
        return []
    return [
        name for name in EDITABLE if getattr(leads[gone], name) and not getattr(leads[kept], name)
    ]


def _is_held(lead_id: int) -> bool:
    return Lead.objects.filter(HELD, pk=lead_id).exists()


def _said(request: HttpRequest, text: Any) -> None:
    messages.success(request, text)
