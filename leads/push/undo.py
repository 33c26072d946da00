"""Undo a batch: delete on the dialer what is untouched there; say what was kept and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from leads import lifecycle
from leads.dialers import breaker
from leads.dialers.connect import client_for
from leads.history.context import because
from leads.models import AttemptKind, Lead, LeadStatus, Outcome, PushAttempt, PushBatch
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, Stop

if TYPE_CHECKING:
    from django.contrib.auth.models import User

UNTOUCHED = {"NEW", "CBHOLD"}
AT_ONCE = 200


@dataclass
class Undone:
    """Leads deleted on the dialer, and those kept there: reason in words -> how many."""

    deleted: int = 0
    kept: dict[str, int] = field(default_factory=dict)


def undo(batch: PushBatch, *, by: User | None) -> Undone:
    """Delete the batch's pushed leads that are untouched on the dialer; they are approved again.

    A lead counts as untouched with status NEW or CBHOLD, no calls, in the list it was pushed to.
    Each lead is looked at, and deleted by a call of its own, in the order of its lead_id. Stops
    early, with the reason in `kept`, where the dialer must be paused.
    """
    undone = Undone()
    after = 0
    try:
        with client_for(batch.dialer) as client:
            while leads := _next(batch, after):
                for lead in leads:
                    after = lead.vicidial_lead_id or 0
                    _undo_one(client, batch, lead, by, undone)
    except Stop as stop:
        breaker.pause(batch.dialer_id, stop.reason, stop.sentence)
        _keep(undone, stop.sentence, _rest(batch, after))
    except DialerError as error:
        _keep(undone, error.sentence, _rest(batch, after))
    return undone


def _next(batch: PushBatch, after: int) -> list[Lead]:
    pushed = Lead.objects.filter(batch=batch, status=LeadStatus.PUSHED, vicidial_lead_id__gt=after)
    return list(pushed.order_by("vicidial_lead_id")[:AT_ONCE])


def _rest(batch: PushBatch, after: int) -> int:
    return Lead.objects.filter(
        batch=batch, status=LeadStatus.PUSHED, vicidial_lead_id__gte=after
    ).count()


def _keep(undone: Undone, why: str, number: int = 1) -> None:
    if number:
        undone.kept[why] = undone.kept.get(why, 0) + number


def _undo_one(
    client: Client, batch: PushBatch, lead: Lead, by: User | None, undone: Undone
) -> None:
    assert lead.vicidial_lead_id is not None  # noqa: S101 - the table holds pushed leads to it
    why = _touched(client, lead.vicidial_lead_id, lead.vicidial_list_id)
    attempt = _open(batch, lead, by)
    if why is None:
        gone = lookups.delete_lead(client, lead.vicidial_lead_id)
        outcome, note = (Outcome.DELETED, "") if gone else (Outcome.KEPT, "was not deleted")
    else:
        outcome, note = Outcome.KEPT, why
    with transaction.atomic(), because(f"batch {batch.pk} undone", user_id=by.pk if by else None):
        PushAttempt.objects.filter(pk=attempt.pk, sealed_at__isnull=True).update(
            sealed_at=timezone.now(), outcome=outcome, answer=note
        )
        if outcome == Outcome.DELETED:
            undone.deleted += lifecycle.move(
                Lead.objects.filter(pk=lead.pk), LeadStatus.APPROVED, **CLEARED
            )
        else:
            _keep(undone, note)


# The dialer no longer has it; what it had there is in the attempts and the history.
CLEARED: dict[str, Any] = {
    "batch": None,
    "dialer": None,
    "vicidial_lead_id": None,
    "vicidial_list_id": None,
    "vicidial_status": "",
    "pushed_at": None,
    "notices": None,
}


def _touched(client: Client, lead_id: int, list_id: int | None) -> str | None:
    """Why the lead must stay on the dialer, in words; None if nobody has touched it."""
    status = lookups.field_info(client, lead_id, "status")
    if status is None:
        return None  # it is gone already, which is what was asked for
    if status not in UNTOUCHED:
        return f"has the status {status} on the dialer"
    if (lookups.field_info(client, lead_id, "called_count") or "0") != "0":
        return "was called already"
    there = lookups.field_info(client, lead_id, "list_id")
    return None if there == str(list_id) else f"is in list {there} now"


def _open(batch: PushBatch, lead: Lead, by: User | None) -> PushAttempt:
    """Say in the database that the lead is about to be deleted there, before the call leaves."""
    return PushAttempt.objects.create(
        lead=lead,
        batch=batch,
        dialer_id=batch.dialer_id,
        kind=AttemptKind.DELETE,
        number=1,
        request={"lead_id": str(lead.vicidial_lead_id), "delete_lead": "Y"},
        vendor_lead_code="",
        asked_list_id=lead.vicidial_list_id or 0,
        worker="undo",
        user=by,
        opened_at=timezone.now(),
    )
