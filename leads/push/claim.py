"""Step 2 of a push: take queued leads and say so in the database before anything leaves.

In one commit the leads become `sending` with a lease, and each gets one open PushAttempt that
holds what will be sent. A worker that dies after it leaves a row that tells.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from leads import lifecycle
from leads.history.context import because
from leads.models import (
    AttemptKind,
    BatchStatus,
    Dialer,
    Lead,
    LeadStatus,
    Outcome,
    PushAttempt,
    PushBatch,
)
from leads.models.lead import WIRE_FIELDS
from leads.vicidial.custom import custom_values
from leads.vicidial.request import build_add_lead

# A re-send carries a check at least: should the first call have inserted late after all, the
# dialer itself refuses the twin, and settling recognises it as ours. If the first call was for
# another list the twin is to be found there, and is younger than a day.
SAME_LIST_CHECK = "DUPLIST"
OTHER_LIST_CHECK = "DUPSYS1DAY"

OPEN_ATTEMPTS = """
INSERT INTO leads_pushattempt (lead_id, batch_id, dialer_id, kind, number, request,
    vendor_lead_code, asked_list_id, highest_before, worker, user_id, opened_at,
    outcome, reason, answer, notices)
SELECT n.lead_id, %(batch)s, %(dialer)s, 'add', n.number, n.request,
    n.request ->> 'vendor_lead_code', %(list)s,
    (SELECT highest_lead_id FROM leads_dialer WHERE id = %(dialer)s), %(worker)s, %(user)s,
    clock_timestamp(), '', '', '', '[]'
FROM jsonb_to_recordset(%(rows)s::jsonb) AS n(lead_id bigint, number int, request jsonb)
RETURNING id, lead_id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A lead that is ours to send: its attempt and the parameters to send."""

    attempt_id: int
    lead_id: int
    batch_id: int
    resend: bool
    number: int
    asked_list_id: int
    params: Mapping[str, str]
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The add_lead attempts that a lead has behind it: the last one's number, and how many ended
    unclear on this dialer, in all and for other lists than the present one."""

    number: int = 0
    unclear: int = 0
    elsewhere: int = 0


def own_code(dialer: Dialer, lead_id: int) -> str:
    """The vendor_lead_code that the portal gives a lead without one: the same at each attempt.

    At most 20 characters, unique on the dialer, capitals and digits only (the server keeps them).
    """
    return f"{dialer.code_prefix}{lead_id}"


def lease_seconds(dialer: Dialer, leads: int, connections: int) -> float:
    """How long `leads` leads over `connections` connections may take at the very most."""
    rounds = math.ceil(leads / max(connections, 1)) + 1
    wait = leads / dialer.calls_per_second if dialer.calls_per_second else 0.0
    return rounds * (dialer.connect_timeout + dialer.read_timeout) + wait + 30.0


def turns(dialer: Dialer) -> QuerySet[PushBatch]:
    """The running batches with queued leads, the one that waited longest first.

    Batches of one dialer take turns chunk by chunk, so a small one is not stuck behind a large.
    """
    queued = Lead.objects.filter(batch=OuterRef("pk"), status=LeadStatus.QUEUED)
    running = PushBatch.objects.filter(dialer=dialer, status=BatchStatus.RUNNING)
    return (
        running.filter(Exists(queued))
        .select_related("dialer_list")
        .order_by(F("claimed_at").asc(nulls_first=True), "id")
    )


def claim(dialer: Dialer, most: int, *, worker: str, connections: int) -> list[Claim]:
    """Claim up to `most` queued leads of the dialer, committed; empty if there are none.

    `worker` names the run on the attempt (`leads.push.alive`); `connections` is by how many they
    will be sent, which sets the lease.
    """
    # A batch whose last leads another worker has just locked must not hide the next one.
    for batch in turns(dialer):
        PushBatch.objects.filter(pk=batch.pk).update(claimed_at=timezone.now())
        if claims := _claim_of(dialer, batch, most, worker, connections):
            return claims
    return []


def _claim_of(
    dialer: Dialer, batch: PushBatch, most: int, worker: str, connections: int
) -> list[Claim]:
    # Only where they are sent: what is kept of a row may be long.
    custom = ["raw", "import_run__mapping"] if batch.options.get("custom_fields") == "Y" else []
    with transaction.atomic(), because(f"batch {batch.pk}", user_id=batch.created_by_id):
        leads = list(
            Lead.objects.filter(batch=batch, status=LeadStatus.QUEUED)
            .order_by("id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", *WIRE_FIELDS, *custom)[:most]
        )
        # Read after the locks are held: a pause or cancel that came before them counts. Not locked,
        # for a cancel locks the batch before its leads.
        running = PushBatch.objects.filter(pk=batch.pk, status=BatchStatus.RUNNING)
        if not leads or not running.exists():
            return []
        earlier = _earlier_attempts(dialer, batch, [lead[0] for lead in leads])
        rows = [_row(dialer, batch, lead, earlier) for lead in leads]
        attempts = _open_attempts(dialer, batch, rows, worker)
        seconds = lease_seconds(dialer, len(leads), connections)
        lifecycle.move(
            Lead.objects.filter(pk__in=attempts),
            LeadStatus.SENDING,
            lease_until=timezone.now() + timedelta(seconds=seconds),
        )
    return [
        Claim(
            attempts[row["lead_id"]],
            row["lead_id"],
            batch.pk,
            row["number"] > 1 and earlier[row["lead_id"]].unclear > 0,
            row["number"],
            batch.dialer_list.list_id,
            row["request"],
            batch.created_by_id,
        )
        for row in rows
    ]


def _earlier_attempts(
    dialer: Dialer, batch: PushBatch, lead_ids: Sequence[int]
) -> dict[int, Earlier]:
    unclear = Q(dialer=dialer, outcome=Outcome.UNCLEAR)
    rows = (
        PushAttempt.objects.filter(lead__in=lead_ids, kind=AttemptKind.ADD)
        .order_by()
        .values_list("lead")
        .annotate(
            number=Max("number"),
            unclear=Count("pk", filter=unclear),
            elsewhere=Count("pk", filter=unclear & ~Q(asked_list_id=batch.dialer_list.list_id)),
        )
    )
    return {lead: Earlier(*counts) for lead, *counts in rows}


def _row(
    dialer: Dialer, batch: PushBatch, lead: tuple[Any, ...], earlier: Mapping[int, Earlier]
) -> dict[str, Any]:
    lead_id, *values = lead
    wire = {name: str(value) for name, value in zip(WIRE_FIELDS, values, strict=False) if value}
    if raw_and_mapping := values[len(WIRE_FIELDS) :]:
        raw, mapping = raw_and_mapping
        cells = raw if isinstance(raw, list) else []
        # A label that the list does not have would land nowhere, with a notice that nobody reads.
        known = batch.dialer_list.custom_labels
        found = custom_values(mapping, cells)
        wire |= {label: value for label, value in found.items() if label in known}
    before = earlier.get(lead_id, Earlier())
    request = parameters(dialer, batch, lead_id, wire, before)
    return {"lead_id": lead_id, "number": before.number + 1, "request": request}


def parameters(
    dialer: Dialer, batch: PushBatch, lead_id: int, values: Mapping[str, str], earlier: Earlier
) -> dict[str, str]:
    """What add_lead is sent for the lead's `values` (`Lead.wire_values`), less the login."""
    options = dict(batch.options)
    wanted = [SAME_LIST_CHECK] if earlier.unclear else []
    wanted += [OTHER_LIST_CHECK] if earlier.elsewhere else []
    checks = [check for check in options.get("duplicate_check", "").split("-") if check]
    if missing := [check for check in wanted if check not in checks]:
        options["duplicate_check"] = "-".join(missing + checks)
    lead = {**values, "list_id": str(batch.dialer_list.list_id)}
    params = build_add_lead(lead, options, accents=dialer.accents)
    if not params.get("vendor_lead_code"):
        params["vendor_lead_code"] = own_code(dialer, lead_id)
    return params


def _open_attempts(
    dialer: Dialer, batch: PushBatch, rows: Sequence[Mapping[str, Any]], worker: str
) -> dict[int, int]:
    """Write one open attempt a row; return lead id -> attempt id."""
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN_ATTEMPTS,
            {
                "batch": batch.pk,
                "dialer": dialer.pk,
                "list": batch.dialer_list.list_id,
                "worker": worker[:100],
                "user": batch.created_by_id,
                "rows": json.dumps(rows),
            },
        )
        return {lead_id: attempt_id for attempt_id, lead_id in cursor.fetchall()}
