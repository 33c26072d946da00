"""What a person found out about an unclear lead that no look-up can settle: is it there, or not?

The dialer is asked first, as far as its release can be: what a person says is checked against it,
and where it cannot be asked the history says that it is the person's word. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from leads import lifecycle
from leads.dialers import breaker, proof
from leads.dialers.connect import client_for
from leads.history.context import because
from leads.models import AttemptKind, Dialer, Lead, LeadStatus, Outcome, PushAttempt, PushBatch
from leads.push import verdict
from leads.push.errors import PushError
from leads.push.lapse import longest_wait
from leads.push.queue import finish, release_cancelled
from leads.push.record import ID_IS_FREE
from leads.push.verdict import Unsettled
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, Stop
from leads.vicidial.reasons import with_advice
from leads.vicidial.releases import Capabilities

if TYPE_CHECKING:
    from django.contrib.auth.models import User

S = LeadStatus
Answer = TypeVar("Answer")
LARGEST_ID = 10**10 - 1  # of VICIdial
# Why, in the history (`leads.history.timeline` has the sentences).
FOUND_BY_HAND, MISSED_BY_HAND = "found on the dialer by hand", "not on the dialer, by hand"


@dataclass(frozen=True)
class There:
    """What the dialer says of one of its leads; `asked` is False where it cannot be asked."""

    list_id: int
    status: str
    asked: bool


def it_is(lead: Lead, lead_id: int, *, by: User | None, comment: str) -> bool:
    """`lead` (unclear) is the dialer's lead `lead_id`: it becomes `pushed` with it.

    Returns whether the dialer confirmed it; False means that its release cannot be asked. Raises
    PushError, and changes nothing, without a comment; if the lead is no longer unclear; and if
    `lead_id` is another lead's, was there before the first call, is not there, or has another
    phone number or the portal's code of another lead.
    """
    u = _unsettled(lead, comment)
    dialer = _dialer_of(lead)
    if not 0 < lead_id <= LARGEST_ID:
        raise PushError(_("%(number)s is no lead_id of a dialer.") % {"number": lead_id})
    _is_free(dialer, lead_id)
    if lead_id <= u.highest_before:
        raise PushError(
            _(
                "Lead %(number)s was on the dialer before this lead was sent: it cannot be it."
                " What the call made has a number above %(highest)s."
            )
            % {"number": lead_id, "highest": u.highest_before}
        )
    there = _ask(dialer, lambda client: _look(client, dialer, u, lead_id))
    row = {
        "id": lead.pk,
        "vicidial_lead_id": lead_id,
        "vicidial_list_id": there.list_id,
        "vicidial_status": there.status,
        "pushed_at": u.opened_at,
        "settle_at": None,
        "settle_note": "",
    }
    user_id = by.pk if by else None
    with (
        transaction.atomic(),
        because(FOUND_BY_HAND, user_id=user_id, comment=comment.strip(), asked=there.asked),
    ):
        if not lifecycle.move_each(S.PUSHED, [row], only_from=S.UNCLEAR, where=ID_IS_FREE):
            _is_free(dialer, lead_id)
            raise _no_longer_unclear()
        _keep(u, Outcome.FOUND, by, comment, lead_id, there.list_id)
        # What later calls insert lies above it.
        known = Dialer.objects.filter(pk=dialer.pk, highest_lead_id__lt=lead_id)
        known.update(highest_lead_id=lead_id)
    finish({u.batch_id})
    return there.asked


def not_there(lead: Lead, *, by: User | None, comment: str) -> bool:
    """`lead` (unclear) is not on the dialer: it is queued again, approved if its batch was
    cancelled, refused if the last answer was that the dialer has another one like it. The call that
    follows carries a duplicate check, as every one after an unclear one.

    Returns whether the dialer's look-up says the same; False means that it cannot tell. Raises
    PushError, and changes nothing, without a comment; if the lead is no longer unclear; as long as
    the last call may still arrive there; and if the look-up finds the lead.
    """
    u = _unsettled(lead, comment)
    dialer = _dialer_of(lead)
    ends = u.opened_at + timedelta(seconds=longest_wait(dialer))
    if ends > timezone.now():
        raise PushError(
            _("The last call may still arrive at the dialer. Say so after %(time)s UTC.")
            % {"time": f"{ends:%H:%M:%S}"}
        )
    [found] = _ask(dialer, lambda client: verdict.look_up(client, dialer, [u]))
    if found.failed:
        raise PushError(_("The dialer gave no usable answer: %(why)s") % {"why": found.note})
    if found.to == S.PUSHED and not _holder(dialer, found.lead_id or 0):
        raise PushError(
            _("The dialer has it, as lead %(number)s. Say that it is this one, or look again.")
            % {"number": found.lead_id}
        )
    asked = found.to in (S.QUEUED, S.REFUSED)
    to, columns = _away(u)
    user_id = by.pk if by else None
    with (
        transaction.atomic(),
        because(MISSED_BY_HAND, user_id=user_id, comment=comment.strip(), asked=asked),
    ):
        this = Lead.objects.filter(pk=lead.pk)
        if not lifecycle.move(this, to, only_from={S.UNCLEAR}, **columns):
            raise _no_longer_unclear()
        _keep(u, Outcome.NOT_FOUND, by, comment)
        release_cancelled(this)
    finish({u.batch_id})
    return asked


def _away(u: Unsettled) -> tuple[LeadStatus, dict[str, Any]]:
    """Where a lead goes that is not there, with the columns."""
    cleared: dict[str, Any] = {"settle_at": None, "settle_note": ""}
    if not u.refusal_reason:
        return S.QUEUED, cleared
    return S.REFUSED, cleared | {
        "refusal_reason": u.refusal_reason,
        "existing_lead_id": u.existing_lead_id,
        "existing_list_id": u.existing_list_id,
    }


def _unsettled(lead: Lead, comment: str) -> Unsettled:
    if not comment.strip():
        raise PushError(_("Say in the comment how you know: somebody will ask."))
    found = verdict.of(lead) if lead.status == S.UNCLEAR else None
    if found is None:
        raise _no_longer_unclear()
    return found


def _dialer_of(lead: Lead) -> Dialer:
    return Dialer.objects.get(pk=lead.dialer_id)


def _no_longer_unclear() -> PushError:
    return PushError(_("The lead is no longer unclear: look at its page again."))


def _holder(dialer: Dialer, lead_id: int) -> Lead | None:
    held = Lead.objects.filter(dialer=dialer, vicidial_lead_id=lead_id, status=S.PUSHED)
    return held.only("pk").first()


def _is_free(dialer: Dialer, lead_id: int) -> None:
    if other := _holder(dialer, lead_id):
        raise PushError(
            _("Lead %(number)s of the dialer is lead %(other)s of the portal already.")
            % {"number": lead_id, "other": other.pk}
        )


def _ask(dialer: Dialer, ask: Callable[[Client], Answer]) -> Answer:
    """The answer, over one connection of the dialer's. Raises PushError with what is in the way."""
    with proof.may_call(dialer) as may:
        if not may:
            why = dialer.paused_text or _("its login is being tried just now; try again.")
            raise PushError(
                _("The dialer %(name)s takes no calls, so it cannot be asked: %(why)s")
                % {"name": dialer.name, "why": why}
            )
        try:
            with client_for(dialer, 1) as client:
                proof.prove(dialer, client)
                return ask(client)
        except Stop as stop:
            text = with_advice(stop.reason, stop.sentence)
            breaker.pause(dialer.pk, stop.reason, text)
            raise PushError(text) from None
        except DialerError as error:
            raise PushError(
                _("The dialer gave no usable answer: %(why)s") % {"why": error.sentence}
            ) from None


def _look(client: Client, dialer: Dialer, u: Unsettled, lead_id: int) -> There:
    """What the dialer has under `lead_id`, if that can be the lead. Raises PushError if not."""
    if not Capabilities.from_json(dialer.capabilities).can("lead_field_info"):
        return There(u.list_id, "NEW", asked=False)
    number = {"number": lead_id}
    phone = lookups.field_info(client, lead_id, "phone_number")
    if phone is None:
        raise PushError(_("The dialer has no lead %(number)s.") % number)
    if phone != u.phone:
        raise PushError(
            _("Lead %(number)s has the phone number %(theirs)s there; %(ours)s was sent.")
            % {**number, "theirs": phone, "ours": u.phone}
        )
    code = lookups.field_info(client, lead_id, "vendor_lead_code") or ""
    ours = any(each.startswith(dialer.code_prefix) for each in (code, u.code))
    if ours and code != u.code:
        raise PushError(
            _("Lead %(number)s has the code %(theirs)s there; %(ours)s was sent.")
            % {**number, "theirs": code or _("nothing"), "ours": u.code}
        )
    list_id = int(lookups.field_info(client, lead_id, "list_id") or u.list_id)
    return There(list_id, lookups.field_info(client, lead_id, "status") or "NEW", asked=True)


def _keep(
    u: Unsettled,
    outcome: Outcome,
    by: User | None,
    comment: str,
    lead_id: int | None = None,
    list_id: int | None = None,
) -> None:
    """Write it down as a look-up of the person's own, sealed at once."""
    now = timezone.now()
    batch = PushBatch.objects.get(pk=u.batch_id)
    PushAttempt.objects.create(
        lead_id=u.lead_id,
        batch=batch,
        dialer_id=batch.dialer_id,
        kind=AttemptKind.LOOK_UP,
        number=u.number,
        request={"vendor_lead_code": u.code, "phone_number": u.phone},
        vendor_lead_code=u.code,
        asked_list_id=u.list_id,
        highest_before=u.highest_before,
        worker="by hand",
        user=by,
        opened_at=now,
        sealed_at=now,
        outcome=outcome,
        answer=comment.strip(),
        answered_lead_id=lead_id,
        answered_list_id=list_id,
    )
