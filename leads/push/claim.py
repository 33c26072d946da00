"""Step 2 of a push: take queued leads and say so in the database before anything leaves.

In one commit the leads become `sending` with a lease, and each gets one open PushAttempt that
holds what will be sent. A worker that dies after it leaves a row that tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
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
from leads.vicidial.request import build_add_lead

# A re-send carries this check at least: should the first call have inserted late after all, the
# dialer itself refuses the twin, and settling recognises it as ours.
RESEND_CHECK = "DUPLIST"


@dataclass(frozen=True)
class Claim:
    """A lead that is ours to send until `lease_until`: its attempt and the parameters to send."""

    attempt_id: int
    lead_id: int
    batch_id: int
    resend: bool
    number: int
    asked_list_id: int
    params: Mapping[str, str]
    user_id: int | None


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


def next_batch(dialer: Dialer) -> PushBatch | None:
    """The running batch with queued leads whose turn it is: the one that waited longest.

    Batches of one dialer take turns chunk by chunk, so a small one is not stuck behind a large.
    """
    queued = Lead.objects.filter(batch=OuterRef("pk"), status=LeadStatus.QUEUED)
    running = PushBatch.objects.filter(dialer=dialer, status=BatchStatus.RUNNING)
    batch = (
        running.filter(Exists(queued))
        .select_related("dialer_list")
        .order_by(F("claimed_at").asc(nulls_first=True), "id")
        .first()
    )
    if batch is not None:
        PushBatch.objects.filter(pk=batch.pk).update(claimed_at=timezone.now())
    return batch


def claim(dialer: Dialer, most: int, *, worker: str, connections: int) -> list[Claim]:
    """Claim up to `most` queued leads of the dialer, committed; empty if there are none.

    `worker` names the process on the attempt; `connections` is by how many they will be sent,
    which sets the lease.
    """
    batch = next_batch(dialer)
    if batch is None:
        return []
    with transaction.atomic(), because(f"batch {batch.pk}", user_id=batch.created_by_id):
        leads = list(
            Lead.objects.filter(batch=batch, status=LeadStatus.QUEUED)
            .order_by("id")
            .select_for_update(skip_locked=True, of=("self",))[:most]
        )
        if not leads:
            return []
        # Read after the locks are held: a pause or cancel that came before them counts.
        if not PushBatch.objects.filter(pk=batch.pk, status=BatchStatus.RUNNING).exists():
            return []
        tries = _earlier_attempts(dialer, leads)
        attempts = _open_attempts(dialer, batch, leads, tries, worker)
        seconds = lease_seconds(dialer, len(leads), connections)
        lifecycle.move(
            Lead.objects.filter(pk__in=[lead.pk for lead in leads]),
            LeadStatus.SENDING,
            lease_until=timezone.now() + timedelta(seconds=seconds),
        )
    return [
        Claim(
            attempt.pk,
            attempt.lead_id,
            batch.pk,
            tries.get(attempt.lead_id, (0, 0))[1] > 0,
            attempt.number,
            attempt.asked_list_id,
            attempt.request,
            batch.created_by_id,
        )
        for attempt in attempts
    ]


def _earlier_attempts(dialer: Dialer, leads: Sequence[Lead]) -> dict[int, tuple[int, int]]:
    """Lead id -> number of its last attempt, and how many ended unclear on this dialer."""
    unclear = Count("pk", filter=Q(dialer=dialer, outcome=Outcome.UNCLEAR))
    rows = (
        PushAttempt.objects.filter(lead__in=[lead.pk for lead in leads], kind=AttemptKind.ADD)
        .order_by()
        .values_list("lead")
        .annotate(last=Max("number"), unclear=unclear)
    )
    return {lead: (last, number) for lead, last, number in rows}


def _open_attempts(
    dialer: Dialer,
    batch: PushBatch,
    leads: Sequence[Lead],
    tries: Mapping[int, tuple[int, int]],
    worker: str,
) -> list[PushAttempt]:
    highest = Dialer.objects.values_list("highest_lead_id", flat=True).get(pk=dialer.pk)
    now = timezone.now()
    attempts = []
    for lead in leads:
        last, unclear = tries.get(lead.pk, (0, 0))
        params = parameters(dialer, batch, lead, resend=unclear > 0)
        attempts.append(
            PushAttempt(
                lead=lead,
                batch=batch,
                dialer=dialer,
                number=last + 1,
                request=params,
                vendor_lead_code=params["vendor_lead_code"],
                asked_list_id=batch.dialer_list.list_id,
                highest_before=highest,
                worker=worker[:100],
                user_id=batch.created_by_id,
                opened_at=now,
            )
        )
    return PushAttempt.objects.bulk_create(attempts)


def parameters(dialer: Dialer, batch: PushBatch, lead: Lead, *, resend: bool) -> dict[str, str]:
    """What add_lead is sent for the lead, less user and password."""
    options = dict(batch.options)
    if resend and RESEND_CHECK not in options.get("duplicate_check", "").split("-"):
        checks = [RESEND_CHECK, options.get("duplicate_check", "")]
        options["duplicate_check"] = "-".join(filter(None, checks))
    values = lead.wire_values()
    values["list_id"] = str(batch.dialer_list.list_id)
    params = build_add_lead(values, options, accents=dialer.accents)
    if not params.get("vendor_lead_code"):
        params["vendor_lead_code"] = own_code(dialer, lead.pk)
    return params
