"""Step 4 of a push: write answers down in groups: attempts sealed, leads moved, in one commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from leads import lifecycle
from leads.history.context import because
from leads.models import AttemptKind, Dialer, Lead, LeadStatus, Outcome, PushAttempt
from leads.push.queue import release_cancelled
from leads.push.send import Sent
from leads.sentence import say
from leads.vicidial.answers import AddLeadAnswer

S = LeadStatus

# The reason with which an attempt is sealed whose worker did not come back (`leads.push.lapse`).
LEASE_OVER = "LEASE_OVER"

# Never two of our leads with one lead_id on the same dialer.
ID_IS_FREE = sql.SQL(
    "NOT EXISTS (SELECT 1 FROM leads_lead other WHERE other.status = 'pushed'"
    " AND other.dialer_id = lead.dialer_id AND other.vicidial_lead_id = new.vicidial_lead_id)"
)

SEAL = """
UPDATE leads_pushattempt a SET sealed_at = clock_timestamp(), outcome = n.outcome,
    reason = n.reason, http_status = n.http_status, milliseconds = n.milliseconds,
    answer = n.answer, notices = n.notices, answered_lead_id = n.lead_id,
    answered_list_id = n.list_id
FROM jsonb_to_recordset(%s::jsonb) AS n(id bigint, outcome text, reason text, http_status int,
    milliseconds int, answer text, notices jsonb, lead_id bigint, list_id bigint)
WHERE a.id = n.id AND a.sealed_at IS NULL
RETURNING a.id
"""

NOT_SENT = AddLeadAnswer(
    "stop", "HALTED", text=say("The push was stopped before its turn came."), left=False
)


@dataclass
class Recorded:
    """What a group of answers came to: leads by new status, and answers that stop the dialer."""

    counts: dict[LeadStatus, int] = field(default_factory=dict)
    stops: list[AddLeadAnswer] = field(default_factory=list)

    def add(self, status: LeadStatus, number: int) -> None:
        if number:
            self.counts[status] = self.counts.get(status, 0) + number


def record(dialer: Dialer, results: Sequence[Sent]) -> Recorded:
    """Write the answers of `results` down, all in one commit.

    An attempt that was sealed meanwhile (its lease lapsed while the answer was under way) keeps
    its seal; its answer is kept as a look-up of its own, since it may hold the lead_id. Answers
    that are written down already are left: the commit before a lost connection may have counted.
    """
    recorded = Recorded()
    pairs = [(sent, sent.answer or NOT_SENT) for sent in results]
    with transaction.atomic(), because("answer of the dialer"):
        sealed = _seal(pairs)
        late = _late([pair for pair in pairs if pair[0].claim.attempt_id not in sealed])
        in_time = [pair for pair in pairs if pair[0].claim.attempt_id in sealed]
        _move(recorded, in_time, S.SENDING)
        if late:
            _keep_late(dialer, late)
            added = [(sent, answer) for sent, answer, _ in late if answer.outcome == "added"]
            _move(recorded, added, S.UNCLEAR)
        _raise_highest(dialer, [answer for _, answer in pairs])
    recorded.stops = [sent.answer for sent in results if sent.answer and sent.answer.pauses]
    return recorded


def storable(text: str) -> str:
    """The text as PostgreSQL can hold it: a NUL becomes its visible sign."""
    return text.replace("\0", "␀")


def _seal(pairs: Sequence[tuple[Sent, AddLeadAnswer]]) -> set[int]:
    """Seal the attempts; return the ids of those that were open until now."""
    if not pairs:
        return set()
    rows = [
        {
            "id": sent.claim.attempt_id,
            "outcome": answer.outcome if answer.left else Outcome.NOT_SENT.value,
            "reason": answer.reason,
            "http_status": answer.http_status,
            "milliseconds": answer.milliseconds,
            "answer": storable(answer.text or answer.sentence),
            "notices": [storable(notice) for notice in answer.notices],
            "lead_id": answer.lead_id,
            "list_id": answer.list_id,
        }
        for sent, answer in pairs
    ]
    with connection.cursor() as cursor:
        cursor.execute(SEAL, [json.dumps(rows)])
        return {row[0] for row in cursor.fetchall()}


def _move(
    recorded: Recorded, pairs: Sequence[tuple[Sent, AddLeadAnswer]], source: LeadStatus
) -> None:
    """Move the leads of `pairs`, which are in `source`, to where their answers put them."""
    now = timezone.now()
    grace = now + timedelta(seconds=settings.SETTLE_GRACE_SECONDS)
    rows: dict[LeadStatus, list[dict[str, Any]]] = {}
    for sent, answer in pairs:
        to, row = destination(sent, answer)
        rows.setdefault(to, []).append({"id": sent.claim.lead_id, "lease_until": None, **row})
    for row in rows.get(S.PUSHED, []):
        row["pushed_at"] = now
    for row in rows.get(S.UNCLEAR, []):
        row["settle_at"] = now if row["settle_note"] else grace
    pushed = rows.pop(S.PUSHED, [])
    moved = lifecycle.move_each(S.PUSHED, pushed, only_from=source, where=ID_IS_FREE)
    recorded.add(S.PUSHED, len(moved))
    taken = [row for row in pushed if row["id"] not in moved]
    if taken and source == S.SENDING:
        rows.setdefault(S.UNCLEAR, []).extend(_id_taken(row, grace) for row in taken)
    for to, group in rows.items():
        recorded.add(to, len(lifecycle.move_each(to, group, only_from=source)))
    if back := [row["id"] for row in rows.get(S.QUEUED, [])]:
        release_cancelled(Lead.objects.filter(pk__in=back))


def destination(sent: Sent, answer: AddLeadAnswer) -> tuple[LeadStatus, dict[str, Any]]:
    """Where an answer puts a lead, and the columns that go with it."""
    if answer.outcome == "added" and answer.lead_id is not None:
        callback = sent.claim.params.get("callback") == "Y"
        return S.PUSHED, {
            "vicidial_lead_id": answer.lead_id,
            "vicidial_list_id": answer.list_id,
            "vicidial_status": "CBHOLD" if callback else "NEW",
            "notices": [storable(notice) for notice in answer.notices] or None,
        }
    if answer.outcome == "stop" or not answer.left:
        return S.QUEUED, {}
    if answer.outcome == "duplicate" and sent.claim.resend:
        # Perhaps our own lead, inserted late: the look-up decides, at once.
        return S.UNCLEAR, {"settle_note": say("A re-send was refused as a duplicate.")}
    if answer.outcome in ("duplicate", "refused"):
        duplicate = answer.outcome == "duplicate"
        return S.REFUSED, {
            "refusal_reason": answer.reason,
            "existing_lead_id": answer.lead_id if duplicate else None,
            "existing_list_id": answer.list_id if duplicate else None,
        }
    return S.UNCLEAR, {"settle_note": ""}


def _id_taken(row: dict[str, Any], grace: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "lease_until": None,
        "settle_at": grace,
        "settle_note": say(
            "The dialer answered with lead_id %(lead_id)s, which another lead of the portal has "
            "already.",
            lead_id=row["vicidial_lead_id"],
        ),
    }


Late = tuple[Sent, AddLeadAnswer, PushAttempt]


def _late(pairs: Sequence[tuple[Sent, AddLeadAnswer]]) -> list[Late]:
    """Those of `pairs` whose attempts were sealed with another answer, each with its attempt."""
    attempts = PushAttempt.objects.in_bulk([sent.claim.attempt_id for sent, _ in pairs])
    late = [(sent, answer, attempts[sent.claim.attempt_id]) for sent, answer in pairs]
    return [each for each in late if each[2].reason == LEASE_OVER and each[1].left]


def _keep_late(dialer: Dialer, late: Sequence[Late]) -> None:
    """Keep answers that came after their attempts had been sealed for them."""
    now = timezone.now()
    PushAttempt.objects.bulk_create(
        PushAttempt(
            lead_id=sent.claim.lead_id,
            batch_id=sent.claim.batch_id,
            dialer=dialer,
            kind=AttemptKind.LOOK_UP,
            number=sent.claim.number,
            request={"late answer to attempt": sent.claim.attempt_id},
            vendor_lead_code=opened.vendor_lead_code,
            asked_list_id=sent.claim.asked_list_id,
            worker=opened.worker,
            user_id=sent.claim.user_id,
            opened_at=opened.opened_at,
            sealed_at=now,
            outcome=Outcome(answer.outcome),
            reason=answer.reason,
            http_status=answer.http_status,
            milliseconds=answer.milliseconds,
            answer=storable(answer.text or answer.sentence),
            notices=[storable(notice) for notice in answer.notices],
            answered_lead_id=answer.lead_id,
            answered_list_id=answer.list_id,
        )
        for sent, answer, opened in late
    )


def _raise_highest(dialer: Dialer, answers: Iterable[AddLeadAnswer]) -> None:
    highest = max((answer.lead_id or 0 for answer in answers), default=0)
    if highest:
        Dialer.objects.filter(pk=dialer.pk, highest_lead_id__lt=highest).update(
            highest_lead_id=highest
        )
