"""What a button of the review desk does to the lead that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.admin.lead_correct import outcome, values_of
from leads.admin.parts import kick
from leads.dedup.pairs import HELD
from leads.models import Lead, Pair
from leads.review import desk, one_by_one, undo
from leads.review.correct import EDITABLE
from leads.review.errors import DeskError
from leads.sentence import say
from leads.tasks import match_again

REJECT = "reject:"
ABOUT_TWO = {"duplicate", "keep-new", "merge", "different"}
KEPT_DIGITS = 18  # of an id


def decide(request: HttpRequest, lead_id: int, data: QueryDict) -> int | None:
    """Do what the button says; return the id of the lead to show next, None for the next one."""
    user: Any = request.user
    verb, seen, comment = data.get("verb", ""), data.get("seen", ""), data.get("comment", "")
    if verb == "undo":
        return _undo(request)
    changes = _changes(lead_id, data)
    if verb == "edit":
        found = one_by_one.edit(lead_id, seen, changes, by=user)
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
        "approve": lambda: one_by_one.approve(lead_id, seen, by=user, comment=comment),
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


def _undo(request: HttpRequest) -> int | None:
    user: Any = request.user
    decision = undo.last_of(user)
    if decision is None:
        raise DeskError(say("There is no decision of yours that could be taken back."))
    lead = undo.undo(decision, by=user)
    kick(match_again)
    _said(request, _("Taken back: lead %(id)s is as it was.") % {"id": lead.pk})
    return lead.pk if desk.claim(lead.pk, user) else None


def _changes(lead_id: int, data: QueryDict) -> dict[str, str]:
    """The fields that were typed otherwise than the lead has them."""
    given = {name: data.get(f"field_{name}") for name in EDITABLE}
    # A browser sends line ends as \r\n, whatever they were.
    texts = {name: text.replace("\r\n", "\n") for name, text in given.items() if text is not None}
    lead = Lead.objects.filter(pk=lead_id).first() if texts else None
    if lead is None:
        return {}
    before = values_of(lead)
    return {name: text for name, text in texts.items() if text != before[name]}


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
    """The fields that the kept lead takes from the one that goes: those chosen, which the page
    offers for the first of several; any other one takes what it has not."""
    if number(data, "choices_for") == kept:
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


def number(data: QueryDict, name: str) -> int:
    """An id that the page carried, or 0."""
    text = data.get(name, "")
    plain = text.isascii() and text.isdigit() and len(text) <= KEPT_DIGITS
    return int(text) if plain else 0
