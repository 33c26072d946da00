"""An import's rejected rows as a file, for whoever may see the import."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header

from leads.intake import rejects
from leads.models import Import, ImportStatus
from leads.words import translated

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RejectPages:
    """`<id>/rejected.csv` and `<id>/rejected.xlsx` of the imports' admin class."""

    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def urls(self) -> list[URLPattern]:
        view = self.model_admin.admin_site.admin_view(self.view)
        return [path("<int:pk>/rejected.<str:kind>", view, name="leads_import_rejected")]

    def view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        if request.method != "GET" or not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        run = self.model_admin.get_queryset(request).filter(pk=pk).first()
        if run is None or run.status != ImportStatus.DONE or kind not in ("csv", "xlsx"):
            raise Http404
        name = f"{Path(run.filename).stem}-rejected.{kind}"
        if kind == "csv":
            streamed = StreamingHttpResponse(rejects.as_csv(run), "text/csv; charset=utf-8")
            named = content_disposition_header(as_attachment=True, filename=name)
            streamed.headers["Content-Disposition"] = named
            return streamed
        return self._xlsx(request, run, name)

    def _xlsx(self, request: HttpRequest, run: Import, name: str) -> HttpResponseBase:
        # A name of its own until it is open; then it goes with the answer.
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "rejected.xlsx"
            try:
                rejects.as_xlsx(run, written)
            except ValueError as error:
                messages.error(request, translated(error))
                back = reverse("admin:leads_import_change", args=[run.pk])
                return HttpResponseRedirect(back)
            return FileResponse(
                written.open("rb"), as_attachment=True, filename=name, content_type=XLSX
            )
