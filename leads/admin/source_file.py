"""The sources report as files for the supplier: only what it delivered, and nobody of ours."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from leads.admin.exports import counted
from leads.admin.periods import Asked
from leads.admin.rejects import XLSX
from leads.admin.source_cells import cells, reasons_of, twins_of
from leads.intake import source_rejects
from leads.models import Export, LeadStatus, Source
from leads.reports import sources, tables
from leads.reports.sources import Account
from leads.review.decide import REJECT_REASONS
from leads.words import translated

WHAT = "sources report"
Rows = Iterator[list[str]]


def answer(
    request: HttpRequest, source: Source, part: str, asked: Asked, *, by: User | None
) -> HttpResponseBase:
    """The file: `summary` and `rejected` as CSV, `report` as a workbook with both.

    Who took it is written down before the first row leaves. `by` narrows it to the imports of one
    user.
    """
    files = sources.deliveries(asked.period.days, source=source.pk, by=by)
    runs = [one.id for one in files]
    account = sources.total(one.account for one in files)
    xlsx = part == "report"
    kept = Export.objects.create(
        what=WHAT,
        kind="xlsx" if xlsx else "csv",
        filters=f"source={source.pk}&part={part}&{asked.query}",
        by=request.user,  # type: ignore[misc]
    )
    days = asked.period.days
    stem = f"{slugify(source.name) or source.pk}-{days.first}-{days.last}"
    summary = _summary(source, asked, account, runs)
    rejected = source_rejects.rows(source, runs, REJECT_REASONS)
    if xlsx:
        back = f"{reverse('admin:leads_source_report', args=[source.pk])}?{asked.query}"
        return _workbook(request, f"{stem}.xlsx", summary, counted(rejected, kept), back)
    rows = summary if part == "summary" else rejected
    parts = tables.as_csv(counted(iter(rows), kept))
    streamed = StreamingHttpResponse(parts, "text/csv; charset=utf-8")
    named = content_disposition_header(as_attachment=True, filename=f"{stem}-{part}.csv")
    streamed.headers["Content-Disposition"] = named
    return streamed


def _workbook(
    request: HttpRequest,
    name: str,
    summary: Sequence[list[str]],
    rejected: Iterable[Sequence[str]],
    back: str,
) -> HttpResponseBase:
    # A name of its own until it is open; then it goes with the answer.
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "report.xlsx"
        sheets = [
            tables.Sheet(_("Summary"), summary, wide=(0, 1)),
            tables.Sheet(_("Rejected rows"), rejected, wide=source_rejects.WIDE),
        ]
        try:
            tables.as_workbook(sheets, written)
        except ValueError as error:
            messages.error(request, translated(error))
            return HttpResponseRedirect(back)
        return FileResponse(
            written.open("rb"), as_attachment=True, filename=name, content_type=XLSX
        )


def _summary(
    source: Source, asked: Asked, account: Account, runs: Sequence[int]
) -> list[list[str]]:
    """Label, detail and number, line by line; times are UTC."""
    days = asked.period.days
    rows = [
        [_("What"), _("Which"), _("Number")],
        [_("Source"), source.name, ""],
        [_("Came in from"), _utc(days.begin), ""],
        [_("Came in before"), _utc(days.end), ""],
        [_("As of"), _utc(timezone.now()), ""],
        [_("Files"), "", str(account.files)],
        *([cell.label, "", str(cell.number)] for cell in cells(account, None, [])),
    ]
    invalid = reasons_of(LeadStatus.INVALID, sources.invalid_reasons(runs), [])
    rows += ([_("Invalid"), one.label, str(one.number)] for one in invalid)
    for twin in twins_of(sources.duplicates(runs), []):
        within, earlier = twin.found.within, twin.found.earlier
        rows.append([_("Duplicate within its file"), twin.label, str(within)])
        rows.append([_("Duplicate of an earlier lead"), twin.label, str(earlier)])
    decided = sources.decided_reasons(runs)
    said = {LeadStatus.REJECTED: _("Rejected"), LeadStatus.REFUSED: _("Refused")}
    for status, label in said.items():
        reasons = reasons_of(status, decided[status], [])
        rows += ([label, one.label, str(one.number)] for one in reasons)
    if cost := sources.cost(source, account):
        rows.append([_("Price of a row"), cost.currency, str(source.price_per_lead)])
        rows.append([_("Cost of duplicates"), cost.currency, str(cost.duplicate)])
        rows.append([_("Cost of invalid rows"), cost.currency, str(cost.invalid)])
    return rows


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
