"""What the dialer's look-ups say of unclear leads.

A code that the portal made (`claim.own_code`) is on the dialer once at most and proves the lead
ours. A code of the source's own may be on other systems' leads too: then only a lead counts that
is newer than the highest lead_id known before the attempt, has the phone number that was sent, and
is no other lead of the portal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Min
from django.utils import timezone

from leads.dialers.together import patiently, together
from leads.models import AttemptKind, Dialer, Lead, LeadStatus, Outcome, PushAttempt
from leads.push.claim import own_code
from leads.sentence import joined, say
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError
from leads.vicidial.lookups import can_ask
from leads.vicidial.releases import Capabilities

S = LeadStatus
Answer = TypeVar("Answer")


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
    """Where an unclear lead goes: pushed (with the ids), queued, refused, or still unclear.

    `failed` if it is unclear only because a look-up had no usable answer.
    """

    unsettled: Unsettled
    to: LeadStatus
    lead_id: int | None = None
    list_id: int | None = None
    status: str = ""
    note: str = ""
    failed: bool = False


Ids = list[int]
# What was found of a lead, or why it could not be asked.
Found = dict[Unsettled, Ids | DialerError]


@dataclass(frozen=True)
class Asking:
    """A dialer that is asked over `connections` connections."""

    dialer: Dialer
    client: Client
    connections: int

    def can(self, function: str) -> bool:
        return Capabilities.from_json(self.dialer.capabilities).can(function)

    def each(
        self, ask: Callable[[Unsettled], Answer], chunk: Sequence[Unsettled]
    ) -> dict[Unsettled, Answer | DialerError]:
        return dict(zip(chunk, together(ask, chunk, self.connections), strict=True))


def due(dialer: Dialer, most: int) -> list[Unsettled]:
    """Up to `most` unclear leads of the dialer whose grace period is over, oldest first."""
    leads = list(
        Lead.objects.filter(status=S.UNCLEAR, dialer=dialer, settle_at__lte=timezone.now())
        .order_by("settle_at")
        .values_list("pk", flat=True)[:most]
    )
    return _unsettled_of(leads, dialer.pk)


def of(lead: Lead) -> Unsettled | None:
    """An unclear lead as its attempts left it, whenever it is due; None without an attempt."""
    return next(iter(_unsettled_of([lead.pk], lead.dialer_id)), None)


def _unsettled_of(leads: Sequence[int], dialer_id: int | None) -> list[Unsettled]:
    adds = PushAttempt.objects.filter(lead__in=leads, kind=AttemptKind.ADD, dialer=dialer_id)
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


def look_up(
    client: Client, dialer: Dialer, chunk: Sequence[Unsettled], connections: int = 1
) -> list[Verdict]:
    """Ask the dialer about each of `chunk`, a bulk call for many or one call each.

    Raises DialerError where a bulk call gives no usable answer, and Stop wherever it is refused.
    """
    asking = Asking(dialer, client, connections)
    asked = [u for u in chunk if can_ask(u.code) or asking.can("lead_field_info")]
    found = _by_code(asking, asked)
    found |= _ours_among(asking, found)
    by_hand = [Verdict(u, S.UNCLEAR, note=_by_hand(u)) for u in chunk if u not in found]
    return _judge_all(asking, found) + by_hand


def _by_hand(u: Unsettled) -> str:
    return say(
        "The vendor_lead_code %(code)s cannot be looked up on this release: look for the number"
        " %(phone)s in list %(list_id)s there.",
        code=repr(u.code),
        phone=u.phone,
        list_id=u.list_id,
    )


def _by_code(asking: Asking, chunk: Sequence[Unsettled]) -> Found:
    """The ids of the dialer's leads with the code that was sent."""
    askable = [u for u in chunk if can_ask(u.code)]
    found = _by_phone_and_code(asking, [u for u in chunk if not can_ask(u.code)])
    if asking.can("lead_search"):
        codes = sorted({u.code for u in askable})
        ids = patiently(lambda: lookups.search_by_codes(asking.client, codes))
        return found | {u: ids[u.code] for u in askable}

    def in_its_list(u: Unsettled) -> Ids:
        # In the list it uses an index; in the whole system it reads the whole table.
        lead = lookups.no_update_by_code(asking.client, u.code, u.list_id)
        return [lead.lead_id] if lead else []

    return found | asking.each(in_its_list, askable)


def _by_phone_and_code(asking: Asking, chunk: Sequence[Unsettled]) -> Found:
    """For codes that no look-up takes (a comma, a bar): the phone's leads that hold the code."""
    by_phone = _by_phone(asking, chunk)

    def with_its_code(u: Unsettled) -> Ids:
        ids = by_phone[u]
        if isinstance(ids, DialerError):
            raise ids
        field = "vendor_lead_code"
        return [i for i in ids if lookups.field_info(asking.client, i, field) == u.code]

    return dict(asking.each(with_its_code, chunk))


def _ours_among(asking: Asking, found: Found) -> Found:
    """For leads with a code of the source's own: those of the found ids that can be ours.

    lead_search names all leads with the code and the phone: ours is in both. Where only
    update_lead can be asked, each answer is the newest lead alone: if both are newer than the
    attempt and differ, both are returned, which leaves the lead to a person.
    """
    by_code = {
        u: set(ids)
        for u, ids in found.items()
        if u.code != own_code(asking.dialer, u.lead_id) and not isinstance(ids, DialerError)
    }
    taken = set(
        Lead.objects.filter(
            dialer=asking.dialer,
            vicidial_lead_id__in=set().union(*by_code.values()),
            status=S.PUSHED,
        ).values_list("vicidial_lead_id", flat=True)
    )
    whole = asking.can("lead_search")
    mine: Found = {}
    for u, ids in _by_phone(asking, [u for u, ids in by_code.items() if ids]).items():
        if isinstance(ids, DialerError):
            mine[u] = ids
            continue
        coded = {lead_id for lead_id in by_code[u] if lead_id > u.highest_before}
        phoned = {lead_id for lead_id in ids if lead_id > u.highest_before}
        both = coded & phoned - taken if whole else coded | phoned
        mine[u] = sorted(both) if coded and phoned else []
    return mine


def _by_phone(asking: Asking, chunk: Sequence[Unsettled]) -> Found:
    if not chunk:
        return {}
    if asking.can("lead_search"):
        phones = sorted({u.phone for u in chunk})
        ids = patiently(lambda: lookups.search_by_phones(asking.client, phones))
        return {u: ids[u.phone] for u in chunk}

    def in_its_list(u: Unsettled) -> Ids:
        lead = lookups.no_update_by_phone(asking.client, u.phone, u.list_id)
        return [lead.lead_id] if lead else []

    return dict(asking.each(in_its_list, chunk))


def _judge_all(asking: Asking, found: Found) -> list[Verdict]:
    judged = []
    for u, verdict in asking.each(lambda u: _judge(asking, u, found[u]), list(found)).items():
        if isinstance(verdict, DialerError):
            verdict = Verdict(u, S.UNCLEAR, note=verdict.sentence, failed=True)
        judged.append(verdict)
    return judged


def _judge(asking: Asking, u: Unsettled, ids: Ids | DialerError) -> Verdict:
    if isinstance(ids, DialerError):
        return Verdict(u, S.UNCLEAR, note=ids.sentence, failed=True)
    generated = u.code == own_code(asking.dialer, u.lead_id)
    if not ids:
        return Verdict(u, S.REFUSED if u.refusal_reason else S.QUEUED)
    listed = ", ".join(map(str, sorted(ids)))
    if len(ids) > 1 and not generated:
        several = say(
            "The dialer has several leads that can be this one: %(listed)s.", listed=listed
        )
        return Verdict(u, S.UNCLEAR, note=joined([several, say("Look at them there.")]))
    if not (generated or u.highest_before):
        # No lead_id was known before: an older lead of another system would look the same.
        before = say(
            "The dialer has lead %(listed)s with this code and number, perhaps from before.",
            listed=listed,
        )
        return Verdict(u, S.UNCLEAR, note=joined([before, say("Look at it there.")]))
    lead_id = min(ids)
    others = ", ".join(str(other) for other in sorted(ids) if other != lead_id)
    more = say("The dialer has it more than once: also lead %(others)s.", others=others)
    note: str = more if others else ""
    list_id, status = u.list_id, "NEW"
    if asking.can("lead_field_info"):
        status = lookups.field_info(asking.client, lead_id, "status") or "NEW"
        list_id = int(lookups.field_info(asking.client, lead_id, "list_id") or u.list_id)
    return Verdict(u, S.PUSHED, lead_id, list_id, status, note)


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
