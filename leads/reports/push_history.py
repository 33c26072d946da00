"""The push history as rows of a file, for whoever has to prove what was called and answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from leads.models import Outcome, PushAttempt

_AT_ONCE = 2000
# What a column is called, and where its value comes from.
COLUMNS: dict[str, str] = {
    "attempt": "pk",
    "opened_utc": "opened_at",
    "sealed_utc": "sealed_at",
    "kind": "kind",
    "number": "number",
    "outcome": "outcome",
    "reason": "reason",
    "dialer": "dialer__name",
    "batch": "batch",
    "user": "user__username",
    "lead": "lead",
    "phone": "lead__phone_e164",
    "first_name": "lead__first_name",
    "last_name": "lead__last_name",
    "source": "lead__lead_source__name",
    "import": "lead__import_run",
    "file": "lead__import_run__filename",
    "line": "lead__line",
    "vendor_lead_code": "vendor_lead_code",
    "asked_list_id": "asked_list_id",
    "lead_id": "answered_lead_id",
    "list_id": "answered_list_id",
    "http_status": "http_status",
    "milliseconds": "milliseconds",
    "answer": "answer",
}


def rows(attempts: QuerySet[PushAttempt]) -> Iterator[list[str]]:
    """The header, then one row an attempt, in the order of the query, all as texts.

    Times are UTC in ISO form to the millisecond; the answer is whole, without the API password.
    Read with a cursor of the server, so memory does not grow with the rows.
    """
    yield list(COLUMNS)
    found = attempts.select_related(None).values_list(*COLUMNS.values())
    for values in found.iterator(chunk_size=_AT_ONCE):
        yield [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        return str(value.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    return str(Outcome(value).value) if isinstance(value, Outcome) else str(value)
