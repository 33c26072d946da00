"""What somebody must act on elsewhere, as files: leads on the dialer already, unreadable rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from leads.cleaning.reasons import REASONS
from leads.dedup.suppress_waiting import GONE
from leads.models import DncEdition, DncList, Lead
from leads.reports.tables import harmless
from leads.words import translated

GONE_COLUMNS = [
    "lead",
    "phone",
    "dnc_number",
    "list_date",
    "status",
    "dialer",
    "vicidial_lead_id",
    "vicidial_list_id",
]
UNREADABLE_COLUMNS = ["line", "given", "reason", "suggestion"]


class DncFiles:
    """`<id>/on-the-dialer.csv` and `<id>/unreadable/<edition>.csv`."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        wrap = self.model_admin.admin_site.admin_view
        return [
            path("<int:pk>/on-the-dialer.csv", wrap(self.gone), name="leads_dnclist_gone"),
            path(
                "<int:pk>/unreadable/<int:edition>.csv",
                wrap(self.unreadable),
                name="leads_dnclist_unreadable",
            ),
        ]

    def gone(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """For those who may export leads."""
        dnc_list = self._list(request, pk)
        if not request.user.has_perm("leads.export_lead"):
            raise PermissionDenied
        leads = Lead.objects.filter(dnc_list=dnc_list, status__in=GONE).order_by("pk")
        rows = leads.values_list(
            "pk",
            "phone_e164",
            "dnc_number",
            "dnc_date",
            "status",
            "dialer__name",
            "vicidial_lead_id",
            "vicidial_list_id",
        )
        return _file(f"{slugify(dnc_list.name)}-on-the-dialer.csv", GONE_COLUMNS, rows.iterator())

    def unreadable(self, request: HttpRequest, pk: int, edition: int) -> StreamingHttpResponse:
        """For everybody who sees the list."""
        dnc_list = self._list(request, pk)
        found = DncEdition.objects.filter(pk=edition, dnc_list=dnc_list).first()
        if found is None:
            raise Http404
        rows = found.unreadable.values_list("line", "given", "code").iterator()
        told = ((line, given, code, _remedy(code)) for line, given, code in rows)
        return _file(f"{slugify(dnc_list.name)}-unreadable.csv", UNREADABLE_COLUMNS, told)

    def _list(self, request: HttpRequest, pk: int) -> DncList:
        if request.method != "GET" or not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        dnc_list: DncList | None = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if dnc_list is None:
            raise Http404
        return dnc_list


def _remedy(code: str) -> str:
    return translated(REASONS[code].remedy) if code in REASONS else ""


def _file(name: str, columns: list[str], rows: Iterable[Any]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_lines(columns, rows), "text/csv; charset=utf-8")
    named = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = named
    return response


def _lines(columns: list[str], rows: Iterable[Any]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless("" if cell is None else str(cell)) for cell in row])
        if out.tell() > 65536:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
