"""Step 5 of a push: find out on the dialer what became of an unclear lead. Nothing is guessed.

1. Lapsed leases first (`leads.push.lapse`).
2. Leads whose grace period is over are looked up by the vendor_lead_code that was sent.
3. Found: `pushed` with that lead_id. Certainly not there: `queued` again (approved, if its batch
   was cancelled). Cannot tell: stays `unclear` with a note for a person, and is asked again later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from leads import lifecycle
from leads.dialers import breaker, pace
from leads.dialers.connect import client_for
from leads.history.context import because
from leads.models import BatchStatus, Dialer, Lead, LeadStatus
from leads.push import verdict
from leads.push.lapse import lapse
from leads.push.queue import finish
from leads.push.record import ID_IS_FREE
from leads.push.verdict import Unsettled, Verdict
from leads.vicidial.errors import DialerError, Stop

S = LeadStatus
AT_ONCE = 100
ASK_AGAIN = timedelta(minutes=2)


@dataclass
class Settled:
    """Leads that lapsed, and those settled by what they became; `unclear` could not be told."""

    lapsed: int = 0
    pushed: int = 0
    queued: int = 0
    refused: int = 0
    unclear: int = 0
    problems: list[str] = field(default_factory=list)


def settle(dialer: Dialer | None = None, *, even_paused: bool = False) -> Settled:
    """Settle all unclear leads that are due, of one dialer or of every one.

    Paused dialers are left alone (a look-up logs in too) unless `even_paused`. Problems with a
    dialer are sentences in `problems`; the leads concerned are as they were.
    """
    settled = Settled(lapsed=lapse())
    dialers = Dialer.objects.filter(enabled=True) if dialer is None else [dialer]
    for each in dialers:
        each.refresh_from_db()
        if each.is_paused and not even_paused:
            continue
        with pace.alone(each) as alone:
            if alone:
                _settle_dialer(each, settled)
    return settled


def _settle_dialer(dialer: Dialer, settled: Settled) -> None:
    touched: set[int] = set()
    while chunk := verdict.due(dialer, AT_ONCE):
        try:
            with client_for(dialer) as client:
                verdicts = verdict.look_up(client, dialer, chunk)
        except Stop as stop:
            breaker.pause(dialer.pk, stop.reason, stop.sentence)
            settled.problems.append(stop.sentence)
            break
        except DialerError as error:
            _postpone(chunk, error.sentence)
            settled.problems.append(error.sentence)
            break
        touched |= {unsettled.batch_id for unsettled in chunk}
        _write(dialer, verdicts, settled)
    finish(touched)


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
            note = v.note or f"lead_id {v.lead_id} belongs to another lead of the portal already."
            Lead.objects.filter(pk=v.unsettled.lead_id, status=S.UNCLEAR).update(
                settle_note=note, settle_at=now + ASK_AGAIN
            )
            settled.unclear += 1


def _queue_again(lead_ids: Sequence[int]) -> int:
    leads = Lead.objects.filter(pk__in=lead_ids)
    queued = lifecycle.move(leads, S.QUEUED, only_from={S.UNCLEAR}, settle_at=None, settle_note="")
    # Nothing may wait in a batch that was cancelled while its leads were on their way.
    lifecycle.move(
        leads.filter(batch__status=BatchStatus.CANCELLED),
        S.APPROVED,
        only_from={S.QUEUED},
        batch=None,
        dialer=None,
    )
    return queued


def _postpone(chunk: Sequence[Unsettled], why: str) -> None:
    Lead.objects.filter(pk__in=[u.lead_id for u in chunk], status=S.UNCLEAR).update(
        settle_at=timezone.now() + ASK_AGAIN, settle_note=why
    )
