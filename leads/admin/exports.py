"""A list as a file, exactly as it is filtered, with who took it written down.

For whoever has the right to export; the list of exports is for whoever sees all pushes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from leads.admin.parts import ReadOnlyAdmin
from leads.admin.rejects import XLSX
from leads.admin.when import when
from leads.models import Export
from leads.reports import tables
from leads.words import translated

Rows = Iterator[list[str]]


class ExportPages:
    """`export.csv` and `export.xlsx` beside the list of one admin class.

    `rows` makes a header and rows of the list's query; `what` names them.
    """

    def __init__(self, model_admin: Any, what: str, rows: Callable[[Any], Rows]) -> None:
        self.model_admin = model_admin
        self.what = what
        self._rows = rows
        self._name = f"leads_{model_admin.opts.model_name}_export"

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.view)
        return [path("export.<str:kind>", view, name=self._name)]

    def links(self, request: HttpRequest) -> list[tuple[str, str]]:
        """(kind, address) of the files of the list as it is filtered; none without the right."""
        if not request.user.has_perm("leads.export_lead"):
            return []
        query = request.GET.urlencode()
        return [
            (kind, reverse(f"admin:{self._name}", args=[kind]) + (f"?{query}" if query else ""))
            for kind in ("csv", "xlsx")
        ]

    def view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The file; 403 without the right, and back to the list for a filter that is none."""
        allowed = request.user.has_perm("leads.export_lead")
        if request.method != "GET" or not allowed:
            raise PermissionDenied
        if kind not in ("csv", "xlsx"):
            raise Http404
        back = reverse(f"admin:leads_{self.model_admin.opts.model_name}_changelist")
        try:
            found: QuerySet[Any] = self.model_admin.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseRedirect(back)
        query = request.GET.urlencode()
        return as_file(request, self.what, kind, query, self._rows(found), back)


def as_file(
    request: HttpRequest, what: str, kind: str, filters: str, rows: Rows, back: str
) -> HttpResponseBase:
    """The rows, a header first, as `kind` ("csv" or "xlsx"), with who took them written down.

    `what` names them, `filters` is the query string that says which; where a sheet cannot hold
    them the answer leads to `back`, with a sentence.
    """
    kept = Export.objects.create(what=what, kind=kind, filters=filters, by=request.user)  # type: ignore[misc]
    name = f"{what.replace(' ', '-')}-{timezone.now():%Y%m%d-%H%M%S}.{kind}"
    if kind == "xlsx":
        return _xlsx(request, kept, rows, name, f"{back}?{filters}" if filters else back)
    streamed = StreamingHttpResponse(tables.as_csv(counted(rows, kept)), "text/csv; charset=utf-8")
    named = content_disposition_header(as_attachment=True, filename=name)
    streamed.headers["Content-Disposition"] = named
    return streamed


def _xlsx(request: HttpRequest, kept: Export, rows: Rows, name: str, back: str) -> HttpResponseBase:
    # A name of its own until it is open; then it goes with the answer.
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "export.xlsx"
        try:
            tables.as_xlsx(counted(rows, kept), written, "Export")
        except ValueError as error:
            messages.error(request, translated(error))
            return HttpResponseRedirect(back)
        return FileResponse(
            written.open("rb"), as_attachment=True, filename=name, content_type=XLSX
        )


def counted(rows: Rows, kept: Export) -> Iterator[Sequence[str]]:
    """The rows; after the last one, how many they were is written down."""
    number = 0
    for row in rows:
        yield row
        number += 1
    without_header = max(number - 1, 0)
    Export.objects.filter(pk=kept.pk).update(rows=without_header, finished_at=timezone.now())


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin):
    """Who took which data out."""

    list_display = ["taken", "data", "kind", "by", "rows", "finished", "filters"]
    list_display_links = None
    list_select_related = ["by"]
    ordering = ["-id"]
    sortable_by = ()
    actions = None

    @admin.display(description=_("At"))
    def taken(self, export: Export) -> str:
        return when(export.at)

    @admin.display(description=_("What"))
    def data(self, export: Export) -> str:
        return translated(export.what)

    @admin.display(description=_("Finished"), boolean=True)
    def finished(self, export: Export) -> bool:
        return export.finished_at is not None
