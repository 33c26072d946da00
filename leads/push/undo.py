"""Undo a batch: delete on the dialer what is untouched there; say what was kept and why.

Asked for once and carried out by whoever comes by, again and again until nothing is left to do: a
kick that is lost, a worker that dies or a dialer that is paused only make it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from leads import lifecycle
from leads.dialers import breaker, pace, proof
from leads.dialers.connect import client_for
from leads.dialers.locks import Kind, only_one
from leads.dialers.together import together
from leads.history.context import because
from leads.models import AttemptKind, Lead, LeadStatus, Outcome, PushAttempt, PushBatch
from leads.models.status import OPEN
from leads.push.queue import cancel
from leads.sentence import say
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, Stop
from leads.vicidial.reasons import with_advice

if TYPE_CHECKING:
    from django.contrib.auth.models import User

UNTOUCHED = {"NEW", "CBHOLD"}
# Between the look and the deletion an agent may get the lead: only as many at once as are dealt
# with in a moment.
ROUNDS = 4
MOST_CONNECTIONS = 8

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


@dataclass
class Undone:
    """Leads deleted on the dialer, and those kept there: reason in words -> how many.

    `waits` says in words what keeps the rest from being looked at now; empty if nothing does.
    """

    deleted: int = 0
    kept: dict[str, int] = field(default_factory=dict)
    waits: str = ""


@dataclass(frozen=True)
class Deletion:
    """One lead that may go, as its attempt says that is open for it."""

    lead_id: int
    attempt_id: int
    vicidial_lead_id: int


def ask(batch: PushBatch, *, by: User | None) -> int:
    """Ask for the batch to be undone; what is queued is approved again at once (how many)."""
    cancelled = cancel(batch, by=by)
    PushBatch.objects.filter(pk=batch.pk).update(
        undo_asked_at=timezone.now(), undo_asked_by=by, undone_at=None
    )
    batch.refresh_from_db()
    return cancelled


def asked() -> QuerySet[PushBatch]:
    """Batches whose undo was asked for and is not at its end, on dialers that take calls."""
    return PushBatch.objects.filter(
        undo_asked_at__isnull=False,
        undone_at__isnull=True,
        dialer__enabled=True,
        dialer__paused_reason="",
    )


def undo(batch: PushBatch) -> Undone:
    """Delete the batch's pushed leads that are untouched on the dialer; they are approved again.

    A lead counts as untouched with status NEW or CBHOLD, no calls, in the list it was pushed to.
    Each lead is looked at, and deleted by a call of its own. Does nothing unless it was asked for.
    """
    undone = Undone()
    batch.refresh_from_db()
    with (
        only_one(Kind.UNDOING, batch.pk) as alone,
        proof.may_call(batch.dialer) as may,
        pace.slots(batch.dialer, MOST_CONNECTIONS - 1) as slots,
    ):
        if not (alone and may and batch.is_being_undone):
            undone.waits = batch.dialer.paused_text or say("Another worker is at it.")
            return undone
        _seal_left_open(batch)
        try:
            with client_for(batch.dialer, len(slots) + 1) as client:
                proof.prove(batch.dialer, client)
                while leads := _next(batch, ROUNDS * (len(slots) + 1)):
                    _undo_some(client, batch, leads, len(slots) + 1, undone)
        except Stop as stop:
            breaker.pause(batch.dialer_id, stop.reason, with_advice(stop.reason, stop.sentence))
            undone.waits = stop.sentence
        except DialerError as error:
            undone.waits = error.sentence
        else:
            _finish(batch)
    return undone


def _finish(batch: PushBatch) -> None:
    """At its end, unless leads are still on their way: what comes of them is undone too."""
    if not Lead.objects.filter(batch=batch, status__in=OPEN).exists():
        PushBatch.objects.filter(pk=batch.pk).update(undone_at=timezone.now())


def _next(batch: PushBatch, most: int) -> list[Lead]:
    """Pushed leads of the batch that this undo has not yet looked at."""
    seen = PushAttempt.objects.filter(
        batch=batch,
        kind=AttemptKind.DELETE,
        outcome=Outcome.KEPT,
        opened_at__gte=batch.undo_asked_at,
    ).values("lead")
    pushed = Lead.objects.filter(batch=batch, status=LeadStatus.PUSHED).exclude(pk__in=seen)
    return list(pushed.order_by("id")[:most])


def _seal_left_open(batch: PushBatch) -> None:
    """Deletions whose worker died: whether they were carried out is looked at anew."""
    PushAttempt.objects.filter(batch=batch, kind=AttemptKind.DELETE, sealed_at__isnull=True).update(
        sealed_at=timezone.now(), outcome=Outcome.UNCLEAR, reason="WORKER_GONE"
    )


def _undo_some(
    client: Client, batch: PushBatch, leads: Sequence[Lead], connections: int, undone: Undone
) -> None:
    def look(lead: Lead) -> str | None:
        return _touched(client, lead.vicidial_lead_id or 0, lead.vicidial_list_id)

    why = dict(zip(leads, together(look, leads, connections), strict=True))
    if failed := next((w for w in why.values() if isinstance(w, DialerError)), None):
        raise failed
    kept = [(lead, str(reason)) for lead, reason in why.items() if reason is not None]
    _keep(batch, kept, undone)
    opened = _open(batch, [lead for lead in leads if why[lead] is None])

    def delete(each: Deletion) -> bool:
        # Whether it was there still: gone is gone.
        return lookups.delete_lead(client, each.vicidial_lead_id)

    answers = together(delete, opened, connections)
    _write(batch, list(zip(opened, answers, strict=True)), undone)


def _touched(client: Client, lead_id: int, list_id: int | None) -> str | None:
    """Why the lead must stay on the dialer, in words; None if nobody has touched it."""
    status = lookups.field_info(client, lead_id, "status")
    if status is None:
        return None  # it is gone already, which is what was asked for
    if status not in UNTOUCHED:
        return say("has the status %(status)s on the dialer", status=status)
    if (lookups.field_info(client, lead_id, "called_count") or "0") != "0":
        return say("was called already")
    there = lookups.field_info(client, lead_id, "list_id")
    return None if there == str(list_id) else say("is in list %(there)s now", there=there)


def _attempt(batch: PushBatch, lead: Lead, **columns: Any) -> PushAttempt:
    return PushAttempt(
        lead=lead,
        batch=batch,
        dialer_id=batch.dialer_id,
        kind=AttemptKind.DELETE,
        number=1,
        request={"lead_id": str(lead.vicidial_lead_id), "delete_lead": "Y"},
        vendor_lead_code="",
        asked_list_id=lead.vicidial_list_id or 0,
        worker="undo",
        user_id=batch.undo_asked_by_id,
        opened_at=timezone.now(),
        **columns,
    )


def _keep(batch: PushBatch, kept: Sequence[tuple[Lead, str]], undone: Undone) -> None:
    PushAttempt.objects.bulk_create(
        _attempt(batch, lead, sealed_at=timezone.now(), outcome=Outcome.KEPT, answer=why)
        for lead, why in kept
    )
    for _, why in kept:
        undone.kept[why] = undone.kept.get(why, 0) + 1


def _open(batch: PushBatch, leads: Sequence[Lead]) -> list[Deletion]:
    """Say in the database that the leads are about to be deleted there, before the calls leave."""
    attempts = PushAttempt.objects.bulk_create(_attempt(batch, lead) for lead in leads)
    return [
        Deletion(lead.pk, attempt.pk, lead.vicidial_lead_id or 0)
        for lead, attempt in zip(leads, attempts, strict=True)
    ]


def _write(
    batch: PushBatch, answers: Sequence[tuple[Deletion, bool | DialerError]], undone: Undone
) -> None:
    gone = [each for each, answer in answers if not isinstance(answer, DialerError)]
    with (
        transaction.atomic(),
        because(f"batch {batch.pk} undone", user_id=batch.undo_asked_by_id),
    ):
        now = timezone.now()
        attempts = PushAttempt.objects.filter(pk__in=[each.attempt_id for each in gone])
        attempts.update(sealed_at=now, outcome=Outcome.DELETED)
        undone.deleted += lifecycle.move(
            Lead.objects.filter(pk__in=[each.lead_id for each in gone]),
            LeadStatus.APPROVED,
            only_from={LeadStatus.PUSHED},
            **CLEARED,
        )
        for each, answer in answers:
            if isinstance(answer, DialerError):
                PushAttempt.objects.filter(pk=each.attempt_id).update(
                    sealed_at=now,
                    outcome=Outcome.UNCLEAR,
                    reason=answer.reason,
                    answer=answer.sentence,
                )
    if failed := next((a for _, a in answers if isinstance(a, DialerError)), None):
        raise failed
