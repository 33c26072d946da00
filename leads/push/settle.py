"""Step 5 of a push: find out on the dialer what became of an unclear lead. Nothing is guessed.

1. Lapsed leases first (`leads.push.lapse`).
2. Leads whose grace period is over are looked up by the vendor_lead_code that was sent.
3. Found: `pushed` with that lead_id. Certainly not there: `queued` again (approved, if its batch
   was cancelled). Cannot tell: stays `unclear` with a note for a person, and is asked again later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from leads import lifecycle
from leads.dialers import breaker, pace, proof
from leads.dialers.connect import client_for
from leads.dialers.locks import Kind, only_one
from leads.history.context import because
from leads.models import Dialer, Lead, LeadStatus
from leads.push import verdict
from leads.push.lapse import lapse
from leads.push.queue import finish, release_cancelled
from leads.push.record import ID_IS_FREE
from leads.push.verdict import Unsettled, Verdict
from leads.sentence import say
from leads.vicidial.errors import DialerError, Stop
from leads.vicidial.reasons import with_advice

S = LeadStatus
AT_ONCE = 500
ASK_AGAIN = timedelta(minutes=2)
ASK_AGAIN_SOON = timedelta(seconds=10)  # where only the look-up failed
MOST_CONNECTIONS = 8


@dataclass
class Settled:
    """Leads that lapsed, and those settled by what they became; `unclear` could not be told."""

    lapsed: int = 0
    pushed: int = 0
    queued: int = 0
    refused: int = 0
    unclear: int = 0
    problems: list[str] = field(default_factory=list)


def settle(dialer: Dialer | None = None) -> Settled:
    """Settle all unclear leads that are due, of one dialer or of every one.

    Paused dialers are left alone: a look-up logs in too. Problems with a dialer are sentences in
    `problems`; the leads concerned are as they were.
    """
    settled = Settled(lapsed=lapse())
    for each in _with_unclear_leads() if dialer is None else [dialer]:
        with only_one(Kind.SETTLING, each.pk) as alone:
            if alone:
                _settle_dialer(each, settled)
    return settled


def _with_unclear_leads() -> Iterable[Dialer]:
    due = Lead.objects.filter(
        status=S.UNCLEAR, dialer=OuterRef("pk"), settle_at__lte=timezone.now()
    )
    return Dialer.objects.filter(Exists(due), enabled=True, paused_reason="")


def _settle_dialer(dialer: Dialer, settled: Settled) -> None:
    touched: set[int] = set()
    # One connection more than pushing has, so that a long push does not hold it up.
    with proof.may_call(dialer) as may, pace.slots(dialer, MOST_CONNECTIONS - 1) as slots:
        while may and (chunk := verdict.due(dialer, AT_ONCE)):
            touched |= {unsettled.batch_id for unsettled in chunk}
            if not _settle_chunk(dialer, chunk, len(slots) + 1, settled):
                break
    finish(touched)


def _settle_chunk(
    dialer: Dialer, chunk: Sequence[Unsettled], connections: int, settled: Settled
) -> bool:
    """Look the chunk up and write down what was found; return whether to go on."""
    try:
        with client_for(dialer, connections) as client:
            proof.prove(dialer, client)
            verdicts = verdict.look_up(client, dialer, chunk, connections)
    except Stop as stop:
        breaker.pause(dialer.pk, stop.reason, with_advice(stop.reason, stop.sentence))
        settled.problems.append(stop.sentence)
        return False
    except DialerError as error:
        _postpone(chunk, error.sentence)
        settled.problems.append(error.sentence)
        return False
    _write(dialer, verdicts, settled)
    return True


def _write(dialer: Dialer, verdicts: Sequence[Verdict], settled: Settled) -> None:
    """Write what was found, look-up attempts included, in one commit."""
    now = timezone.now()
    with transaction.atomic(), because("looked up on the dialer"):
        verdict.keep(dialer, verdicts)
        pushed = [
            {
                "id": v.unsettled.lead_id,
                "vicidial_lead_id": v.lead_id,
                "vicidial_list_id": v.list_id,
                "vicidial_status": v.status,
                "pushed_at": v.unsettled.opened_at,
                "notices": [v.note] if v.note else None,
                "settle_at": None,
                "settle_note": "",
            }
            for v in verdicts
            if v.to == S.PUSHED
        ]
        moved = lifecycle.move_each(S.PUSHED, pushed, only_from=S.UNCLEAR, where=ID_IS_FREE)
        settled.pushed += len(moved)
        refused = [
            {
                "id": v.unsettled.lead_id,
                "refusal_reason": v.unsettled.refusal_reason,
                "existing_lead_id": v.unsettled.existing_lead_id,
                "existing_list_id": v.unsettled.existing_list_id,
                "settle_at": None,
            }
            for v in verdicts
            if v.to == S.REFUSED
        ]
        settled.refused += len(lifecycle.move_each(S.REFUSED, refused, only_from=S.UNCLEAR))
        settled.queued += _queue_again([v.unsettled.lead_id for v in verdicts if v.to == S.QUEUED])
    for v in verdicts:
        if v.to == S.UNCLEAR or (v.to == S.PUSHED and v.unsettled.lead_id not in moved):
            note = v.note or say(
                "lead_id %(lead_id)s belongs to another lead of the portal already.",
                lead_id=v.lead_id,
            )
            Lead.objects.filter(pk=v.unsettled.lead_id, status=S.UNCLEAR).update(
                settle_note=note, settle_at=now + (ASK_AGAIN_SOON if v.failed else ASK_AGAIN)
            )
            settled.unclear += 1


def _queue_again(lead_ids: Sequence[int]) -> int:
    leads = Lead.objects.filter(pk__in=lead_ids)
    queued = lifecycle.move(leads, S.QUEUED, only_from={S.UNCLEAR}, settle_at=None, settle_note="")
    release_cancelled(leads)
    return queued


def _postpone(chunk: Sequence[Unsettled], why: str) -> None:
    Lead.objects.filter(pk__in=[u.lead_id for u in chunk], status=S.UNCLEAR).update(
        settle_at=timezone.now() + ASK_AGAIN_SOON, settle_note=why
    )
