"""What the dialer's look-ups say of unclear leads.

A code that the portal made (`claim.own_code`) is on the dialer once at most and proves the lead
ours. A code of the source's own may be on other systems' leads too: then only a lead counts that
is newer than the highest lead_id known before the attempt, has the phone number that was sent, and
is no other lead of the portal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from leads.models import (
    AttemptKind,
    Dialer,
    Lead,
    LeadStatus,
    Outcome,
    PushAttempt,
)
from leads.push.claim import own_code
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.lookups import can_ask
from leads.vicidial.releases import Capabilities

S = LeadStatus


BY_HAND = (
    "The vendor_lead_code {u.code!r} cannot be looked up on this release: look for the number"
    " {u.phone} in list {u.list_id} there."
)


@dataclass(frozen=True)
class Unsettled:
    """An unclear lead and what its attempts on this dialer sent."""

    lead_id: int
    batch_id: int
    number: int
    code: str
    phone: str
    list_id: int
    highest_before: int
    opened_at: datetime
    refusal_reason: str
    existing_lead_id: int | None
    existing_list_id: int | None


@dataclass(frozen=True)
class Verdict:
    """Where an unclear lead goes: pushed (with the ids), queued, refused, or still unclear."""

    unsettled: Unsettled
    to: LeadStatus
    lead_id: int | None = None
    list_id: int | None = None
    status: str = ""
    note: str = ""


Found = dict[Unsettled, list[int]]


def due(dialer: Dialer, most: int) -> list[Unsettled]:
    """Up to `most` unclear leads of the dialer whose grace period is over, oldest first."""
    leads = list(
        Lead.objects.filter(status=S.UNCLEAR, dialer=dialer, settle_at__lte=timezone.now())
        .order_by("settle_at")
        .values_list("pk", flat=True)[:most]
    )
    adds = PushAttempt.objects.filter(lead__in=leads, kind=AttemptKind.ADD, dialer=dialer)
    # A lead that went unclear more than once may have been inserted by the first try already.
    firsts = dict(
        adds.filter(outcome=Outcome.UNCLEAR)
        .order_by()
        .values_list("lead")
        .annotate(lowest=Min("highest_before"))
    )
    lasts = adds.order_by("lead_id", "-number").distinct("lead_id")
    return [_unsettled(attempt, firsts) for attempt in lasts]


def _unsettled(attempt: PushAttempt, firsts: Mapping[int, int]) -> Unsettled:
    duplicate = attempt.outcome == Outcome.DUPLICATE
    return Unsettled(
        lead_id=attempt.lead_id,
        batch_id=attempt.batch_id,
        number=attempt.number,
        code=attempt.vendor_lead_code,
        phone=attempt.request.get("phone_number", ""),
        list_id=attempt.asked_list_id,
        highest_before=firsts.get(attempt.lead_id, attempt.highest_before),
        opened_at=attempt.opened_at,
        refusal_reason=attempt.reason if duplicate else "",
        existing_lead_id=attempt.answered_lead_id if duplicate else None,
        existing_list_id=attempt.answered_list_id if duplicate else None,
    )


def look_up(client: Client, dialer: Dialer, chunk: Sequence[Unsettled]) -> list[Verdict]:
    """Ask the dialer about each of `chunk`. Raises DialerError where it gives no usable answer."""
    asked = [u for u in chunk if can_ask(u.code) or _can(dialer, "lead_field_info")]
    found = _by_code(client, dialer, asked)
    found |= _ours_among(client, dialer, found)
    by_hand = [Verdict(u, S.UNCLEAR, note=BY_HAND.format(u=u)) for u in chunk if u not in found]
    return [_judge(client, dialer, u, ids) for u, ids in found.items()] + by_hand


def _by_code(client: Client, dialer: Dialer, chunk: Sequence[Unsettled]) -> Found:
    """The ids of the dialer's leads with the code that was sent."""
    askable = [u for u in chunk if can_ask(u.code)]
    found = _by_phone_and_code(client, dialer, [u for u in chunk if not can_ask(u.code)])
    if _can(dialer, "lead_search"):
        ids = lookups.search_by_codes(client, sorted({u.code for u in askable}))
        return found | {u: ids[u.code] for u in askable}
    for u in askable:
        # In the list it uses an index; in the whole system it reads the whole table.
        lead = lookups.no_update_by_code(client, u.code, u.list_id)
        found[u] = [lead.lead_id] if lead else []
    return found


def _by_phone_and_code(client: Client, dialer: Dialer, chunk: Sequence[Unsettled]) -> Found:
    """For codes that no look-up takes (a comma, a bar): the phone's leads that hold the code."""
    return {
        u: [
            lead_id
            for lead_id in ids
            if lookups.field_info(client, lead_id, "vendor_lead_code") == u.code
        ]
        for u, ids in _by_phone(client, dialer, chunk).items()
    }


def _ours_among(client: Client, dialer: Dialer, found: Found) -> Found:
    """For leads with a code of the source's own: those of the found ids that can be ours.

    lead_search names all leads with the code and the phone: ours is in both. Where only
    update_lead can be asked, each answer is the newest lead alone: if both are newer than the
    attempt and differ, both are returned, which leaves the lead to a person.
    """
    chunk = [u for u in found if u.code != own_code(dialer, u.lead_id)]
    ids = {lead_id for u in chunk for lead_id in found[u]}
    taken = set(
        Lead.objects.filter(dialer=dialer, vicidial_lead_id__in=ids, status=S.PUSHED).values_list(
            "vicidial_lead_id", flat=True
        )
    )
    phones = _by_phone(client, dialer, chunk)
    mine = {}
    for u in chunk:
        by_code = {lead_id for lead_id in found[u] if lead_id > u.highest_before}
        by_phone = {lead_id for lead_id in phones[u] if lead_id > u.highest_before}
        whole = _can(dialer, "lead_search")
        both = by_code & by_phone - taken if whole else by_code | by_phone
        mine[u] = sorted(both) if by_code and by_phone else []
    return mine


def _by_phone(client: Client, dialer: Dialer, chunk: Sequence[Unsettled]) -> Found:
    if not chunk:
        return {}
    if _can(dialer, "lead_search"):
        ids = lookups.search_by_phones(client, sorted({u.phone for u in chunk}))
        return {u: ids[u.phone] for u in chunk}
    found: Found = {}
    for u in chunk:
        lead = lookups.no_update_by_phone(client, u.phone, u.list_id)
        found[u] = [lead.lead_id] if lead else []
    return found


def _judge(client: Client, dialer: Dialer, u: Unsettled, ids: Sequence[int]) -> Verdict:
    generated = u.code == own_code(dialer, u.lead_id)
    if not ids:
        if u.refusal_reason:
            return Verdict(u, S.REFUSED)
        return Verdict(u, S.QUEUED)
    if len(ids) > 1 and not generated:
        listed = ", ".join(map(str, sorted(ids)))
        note = f"The dialer has several leads that can be this one: {listed}. Look at them there."
        return Verdict(u, S.UNCLEAR, note=note)
    lead_id = min(ids)
    others = ", ".join(str(other) for other in sorted(ids) if other != lead_id)
    note = f"The dialer has it more than once: also lead {others}." if others else ""
    list_id, status = u.list_id, "NEW"
    if _can(dialer, "lead_field_info"):
        status = lookups.field_info(client, lead_id, "status") or "NEW"
        list_id = int(lookups.field_info(client, lead_id, "list_id") or u.list_id)
    return Verdict(u, S.PUSHED, lead_id, list_id, status, note)


def _can(dialer: Dialer, function: str) -> bool:
    return Capabilities.from_json(dialer.capabilities).can(function)


def keep(dialer: Dialer, verdicts: Sequence[Verdict]) -> None:
    """Write each look-up down as an attempt of its own, sealed at once."""
    now = timezone.now()
    outcomes = {S.PUSHED: Outcome.FOUND, S.UNCLEAR: Outcome.UNCLEAR}
    PushAttempt.objects.bulk_create(
        PushAttempt(
            lead_id=v.unsettled.lead_id,
            batch_id=v.unsettled.batch_id,
            dialer=dialer,
            kind=AttemptKind.LOOK_UP,
            number=v.unsettled.number,
            request={"vendor_lead_code": v.unsettled.code, "phone_number": v.unsettled.phone},
            vendor_lead_code=v.unsettled.code,
            asked_list_id=v.unsettled.list_id,
            highest_before=v.unsettled.highest_before,
            opened_at=now,
            sealed_at=now,
            outcome=outcomes.get(v.to, Outcome.NOT_FOUND),
            answer=v.note,
            answered_lead_id=v.lead_id,
            answered_list_id=v.list_id,
        )
        for v in verdicts
    )
