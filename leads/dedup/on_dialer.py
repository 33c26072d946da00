"""Which leads of an import the dialer has already: asked in bulk, before anybody approves them.

Asked by phone number, and by vendor_lead_code where the source gives one, with `lead_search`. A
release without it is skipped with a note. Nothing is decided here: a lead that is there keeps the
dialer's lead_id and list, and a warning.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from leads.assess.row import as_json
from leads.cleaning.reasons import note
from leads.dialers import breaker, pace, proof
from leads.dialers.connect import client_for
from leads.dialers.together import together
from leads.history.context import because
from leads.models import Dialer, Import, Lead, LeadStatus
from leads.sentence import say
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, NotAllowed, Stop, Unsupported
from leads.vicidial.reasons import with_advice

Item = TypeVar("Item")
Found = TypeVar("Found")
ON_DIALER = "ON_DIALER"  # Lead.warnings
MOST_CONNECTIONS = 4
_AT_ONCE = lookups.KEYS_A_CALL * MOST_CONNECTIONS

_WARN = f"""
WITH waits AS (SELECT id FROM leads_lead WHERE id = ANY(%s) AND status = 'staged' FOR UPDATE)
UPDATE leads_lead AS lead SET existing_lead_id = new.lead, existing_list_id = new.list,
    warnings = array_append(array_remove(lead.warnings, '{ON_DIALER}'), '{ON_DIALER}'),
    findings = new.finding || coalesce((SELECT jsonb_agg(one) FROM
        jsonb_array_elements(lead.findings) one WHERE one->>'code' <> '{ON_DIALER}'), '[]')
FROM jsonb_to_recordset(%s::jsonb) AS new(id int8, lead int8, list int8, finding jsonb)
WHERE lead.id = new.id AND lead.id IN (SELECT id FROM waits)
"""  # noqa: S608 - our own words


@dataclass
class Checked:
    """How many leads were asked for and how many of them the dialer has; `note` says in words what
    could not be asked, and `again` whether it is worth asking later."""

    asked: int = 0
    found: int = 0
    note: str = ""
    again: bool = False


class Connected(NamedTuple):
    """A dialer that may be asked now, and over how many connections at once."""

    dialer: Dialer
    client: Client
    connections: int


def check(run: Import) -> Checked:
    """Ask the import's dialer for its staged leads, and keep what it has.

    Asks no more at once and no more a second than the dialer's limits allow, and leaves a paused
    dialer alone. Raises nothing of the dialer: see `Checked.note`.
    """
    dialer = run.dialer
    if dialer is None:
        return Checked(note=say("It is not known which dialer the leads are for."))
    checked = Checked()
    connected(dialer, checked, partial(_check, Lead.objects.filter(import_run=run), checked))
    return checked


def check_some(dialer: Dialer, leads: Sequence[int]) -> Checked:
    """As `check`, for these leads (ids) alone: those whose data are others now, or that were not
    staged then."""
    checked = Checked()
    connected(dialer, checked, partial(_check, Lead.objects.filter(pk__in=leads), checked))
    return checked


def connected(dialer: Dialer, checked: Checked, ask: Callable[[Connected], None]) -> None:
    """Have a dialer asked, at once and a second no more than its limits allow, or say in `checked`
    why it could not be, or not to the end. Leaves a paused dialer alone; raises nothing of it."""
    if not dialer.enabled or dialer.is_paused:
        checked.note, checked.again = pace.why_closed(dialer), dialer.enabled
        return
    with proof.may_call(dialer) as may, pace.slots(dialer, MOST_CONNECTIONS) as slots:
        if not may or not len(slots):
            checked.note, checked.again = say("The dialer is busy with others."), True
            return
        try:
            with client_for(dialer, len(slots)) as client:
                proof.prove(dialer, client)
                ask(Connected(dialer, client, len(slots)))
        except Unsupported:
            checked.note = say("The dialer's release cannot be asked for many leads at once.")
        except NotAllowed as error:
            checked.note = error.sentence
        except Stop as stop:
            breaker.pause(dialer.pk, stop.reason, with_advice(stop.reason, stop.sentence))
            checked.note = stop.sentence
            checked.again = True
        except DialerError as error:
            checked.note = error.sentence
            checked.again = True


def _check(leads: QuerySet[Lead], checked: Checked, on: Connected) -> None:
    staged = leads.filter(status=LeadStatus.STAGED).order_by("pk")
    rows = iter(staged.values_list("pk", "phone_number", "vendor_lead_code").iterator())
    while chunk := list(islice(rows, _AT_ONCE)):
        found = _ask(on, chunk)
        checked.asked += len(chunk)
        checked.found += len(found)
        if found:
            _keep(found, _lists(on, sorted(set(found.values()))))


def _ask(on: Connected, chunk: Sequence[tuple[int, str, str]]) -> dict[int, int]:
    """The oldest lead_id on the dialer of each lead that it has, by the lead's id."""
    size = lookups.KEYS_A_CALL
    parts = [chunk[start : start + size] for start in range(0, len(chunk), size)]
    by_phone = paced(
        on,
        lambda part: lookups.search_by_phones(on.client, sorted({row[1] for row in part})),
        parts,
    )
    coded = [row for row in chunk if lookups.can_ask(row[2])]
    by_code = paced(
        on,
        lambda part: lookups.search_by_codes(on.client, sorted({row[2] for row in part})),
        [coded[start : start + size] for start in range(0, len(coded), size)],
    )
    phones = {phone: ids for part in by_phone for phone, ids in part.items()}
    codes = {code: ids for part in by_code for code, ids in part.items()}
    found = {row[0]: [*phones.get(row[1], ()), *codes.get(row[2], ())] for row in chunk}
    return {lead: min(ids) for lead, ids in found.items() if ids}


def paced(on: Connected, ask: Callable[[Item], Found], items: Sequence[Item]) -> list[Found]:
    """Ask about each item, no more a second than the dialer allows. Raises DialerError."""
    moments = pace.reserve(on.dialer.pk, len(items), on.dialer.calls_per_second)

    def in_time(one: tuple[float, Item]) -> Found:
        time.sleep(max(0.0, one[0] - time.monotonic()))
        return ask(one[1])

    answers = []
    for answer in together(in_time, list(zip(moments, items, strict=True)), on.connections):
        if isinstance(answer, DialerError):
            raise answer
        answers.append(answer)
    return answers


def _lists(on: Connected, lead_ids: Sequence[int]) -> dict[int, int | None]:
    """The list of each lead_id, as far as the dialer says it."""
    texts = paced(on, lambda lead_id: lookups.field_info(on.client, lead_id, "list_id"), lead_ids)
    return {
        lead_id: int(text) if text and text.isdecimal() else None
        for lead_id, text in zip(lead_ids, texts, strict=True)
    }


def _keep(found: dict[int, int], lists: dict[int, int | None]) -> None:
    rows = []
    for lead, there in found.items():
        on_list = lists.get(there)
        words = note(ON_DIALER, "", str(there), str(on_list or "not known"))
        rows.append({"id": lead, "lead": there, "list": on_list, "finding": [as_json(words)]})
    with transaction.atomic(), because("found on the dialer"), connection.cursor() as cursor:
        cursor.execute(_WARN, [sorted(found), json.dumps(rows)])
