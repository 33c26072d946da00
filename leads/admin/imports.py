"""The pages of imports: upload a file, watch it being loaded, see what became of each row."""

from __future__ import annotations

from typing import Any, Literal

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from leads import tasks
from leads.admin.import_form import ImportForm
from leads.admin.parts import PageAdmin, kick
from leads.cleaning.reasons import sentence
from leads.intake.account import codes
from leads.intake.upload import same_file
from leads.models import Import, ImportStatus, Lead, LeadStatus, Source
from leads.reports.standing import standing

OPEN = {ImportStatus.WAITING, ImportStatus.RUNNING}
TO_DO = [LeadStatus.STAGED, LeadStatus.INVALID]  # what waits for a reviewer, in this order
PAGE = "admin/leads/import/page.html"
PROGRESS = "admin/leads/import/progress.html"
DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars (|)"),
}


@admin.register(Import)
class ImportAdmin(PageAdmin):
    """Whoever may import uploads here; an import is never changed or deleted."""

    form = ImportForm
    list_display = [
        "filename",
        "lead_source",
        "status_badge",
        "rows_read",
        "rows_staged",
        "rows_invalid",
        "rows_duplicate",
        "file_size",
        "created_by",
        "created_at",
    ]
    list_filter = [("status", ChoicesDropdownFilter), ("lead_source", RelatedDropdownFilter)]
    list_select_related = ["lead_source", "created_by"]
    search_fields = ["filename"]
    ordering = ["-id"]
    sortable_by = ()
    actions = None
    fields = ["lead_source", "upload", "list_id", "country"]

    @display(
        description=gettext_lazy("Status"),  # type: ignore[arg-type]
        label={status.label: status.colour for status in ImportStatus},
    )
    def status_badge(self, run: Import) -> str:
        return run.get_status_display()

    @admin.display(description=gettext_lazy("Size"))
    def file_size(self, run: Import) -> str:
        return filesizeformat(run.size)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.import_lead")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return type("UploadForm", (ImportForm,), {"user": request.user})

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if self.has_add_permission(request) and not Source.objects.exists():
            text = _("There is no source yet. A file needs one: an admin adds it on Sources.")
            messages.warning(request, text)
        only_save = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**(extra_context or {}), **only_save})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        kick(tasks.run_import, obj.pk)

    def response_add(
        self, request: HttpRequest, obj: Import, post_url_continue: str | None = None
    ) -> HttpResponseRedirect:
        if earlier := same_file(obj):
            url = reverse("admin:leads_import_change", args=[earlier.pk])
            text = _("This very file was loaded before as")
            messages.warning(
                request,
                format_html(
                    '{} <a class="underline" href="{}">{}</a>. {}',
                    text,
                    url,
                    earlier,
                    _("Its rows will be duplicates."),
                ),
            )
        return HttpResponseRedirect(reverse("admin:leads_import_change", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.progress)
        mine = [path("<int:pk>/progress/", view, name="leads_import_progress")]
        return [*mine, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._render(request, object_id, PAGE)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part of the page that is asked for again while the file is loaded."""
        return self._render(request, str(pk), PROGRESS)

    def _render(self, request: HttpRequest, object_id: str, template: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if not isinstance(run, Import):
            raise Http404
        now = stands(run)
        context = {
            **self.admin_site.each_context(request),
            "opts": Import._meta,
            "original": run,
            "title": run.filename,
            "run": run,
            "open": run.status in OPEN,
            "colour": ImportStatus(run.status).colour,
            "percent": min(100, round(100 * run.bytes_done / run.size)) if run.size else 0,
            "columns": columns(run),
            "now": now,
            "to_do": next((status for status in TO_DO if status in dict(now)), None),
            "delimiter": DELIMITERS.get(run.delimiter, run.delimiter),
            "stops": findings(run, "reasons"),
            "warns": findings(run, "warnings"),
            "leads_url": f"{reverse('admin:leads_lead_changelist')}?import_run__id__exact={run.pk}",
        }
        return TemplateResponse(request, template, context)


def columns(run: Import) -> list[tuple[str, str]]:
    """What each column of the file was taken for; empty for those kept only as they came."""
    return [(name, field or "") for name, field in zip(run.header, run.mapping, strict=False)]


def stands(run: Import) -> list[tuple[LeadStatus, int]]:
    """Where the rows of a loaded import stand now: each status that any of them has."""
    if run.status != ImportStatus.DONE:
        return []
    counts = standing(Lead.objects.filter(import_run=run))
    return [(status, counts[status]) for status in LeadStatus if counts[status]]


def findings(run: Import, column: Literal["reasons", "warnings"]) -> list[dict[str, Any]]:
    """What was found in an import's rows, in words, with the number of rows, most first."""
    if run.status != ImportStatus.DONE:
        return []
    return [
        {"code": code, "number": number, "sentence": sentence(code, _("The value"), "…", "…")}
        for code, number in codes(run, column).items()
    ]
