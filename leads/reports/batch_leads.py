"""The leads of a batch as rows of a file: where each stands, and the dialer's last word on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from leads.models import Lead, PushAttempt, PushBatch

_AT_ONCE = 2000
# What a column is called, and where its value comes from.
COLUMNS: dict[str, str] = {
    "lead": "pk",
    "phone": "phone_e164",
    "first_name": "first_name",
    "last_name": "last_name",
    "source": "lead_source__name",
    "import": "import_run",
    "line": "line",
    "status": "status",
    "lead_id": "vicidial_lead_id",
    "list_id": "vicidial_list_id",
    "dialer_status": "vicidial_status",
    "existing_lead_id": "existing_lead_id",
    "existing_list_id": "existing_list_id",
}
LAST = {
    "last_call": "kind",
    "outcome": "outcome",
    "reason": "reason",
    "answered_utc": "sealed_at",
    "answer": "answer",
}


def rows(batch: PushBatch) -> Iterator[list[str]]:
    """The header, then one row a lead that is in the batch now, all as texts.

    The leads come by a cursor of the server, their last attempts 2,000 at a time: memory does not
    grow with the batch.
    """
    yield [*COLUMNS, *LAST]
    leads = Lead.objects.filter(batch=batch).order_by("status", "pk")
    coming = leads.values_list(*COLUMNS.values()).iterator(chunk_size=_AT_ONCE)
    while some := list(islice(coming, _AT_ONCE)):
        last = _last(batch, [lead[0] for lead in some])
        for lead in some:
            yield [_text(value) for value in (*lead, *last.get(lead[0], [None] * len(LAST)))]


def _last(batch: PushBatch, lead_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Lead id -> what LAST says of its latest attempt for this batch."""
    attempts = PushAttempt.objects.filter(lead__in=lead_ids, batch=batch)
    latest = attempts.order_by("lead_id", "-id").distinct("lead_id")
    return {lead: values for lead, *values in latest.values_list("lead", *LAST.values())}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return str(value.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    return str(value)
