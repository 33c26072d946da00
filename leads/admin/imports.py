"""The pages of imports: upload a file, watch it being loaded, see what became of each row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from leads import tasks
from leads.admin.import_form import ImportForm
from leads.admin.listing import badge, number_column
from leads.admin.live import LivePage
from leads.admin.mapping import MappingPages
from leads.admin.parts import kick
from leads.admin.rejects import RejectPages
from leads.admin.upload import for_script
from leads.admin.verbs import Said, Verb, VerbPages
from leads.admin.when import when
from leads.cleaning.reasons import sentence
from leads.intake import take_back
from leads.intake.account import codes
from leads.intake.upload import same_file
from leads.models import Import, ImportStatus, Lead, LeadStatus, Source
from leads.reports.standing import standing
from leads.words import translated

OPEN = {ImportStatus.WAITING, ImportStatus.RUNNING}  # being loaded
FRESH = timedelta(minutes=5)
LIVE = {*OPEN, ImportStatus.UNDOING}
IMPORT = "leads.import_lead"
REJECTED = {LeadStatus.INVALID, LeadStatus.DUPLICATE}  # what goes back to the supplier
SECONDS_TO_TELL = 2.0  # before that a rate says nothing
SHOWN = 20  # later imports that bring rejected rows back
TO_DO = [LeadStatus.STAGED, LeadStatus.INVALID]  # what waits for a reviewer, in this order
DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars (|)"),
}


def cancel(request: HttpRequest, run: Import) -> Said:
    if take_back.cancel(run, by=request.user):  # type: ignore[arg-type]
        return Said(_("Cancelled: nothing of this file is loaded."))
    return Said(_("It was loaded meanwhile. Undo it, if it must go."), messages.WARNING)


def undo(request: HttpRequest, run: Import) -> Said:
    if why := take_back.why_not(run):
        return Said(translated(why), messages.ERROR)
    take_back.ask(run, by=request.user)  # type: ignore[arg-type]
    kick(tasks.undo_import, run.pk)
    return Said(_("The import is being undone."))


VERBS = [
    Verb(
        "cancel",
        gettext_lazy("Cancel"),
        "cancel",
        IMPORT,
        lambda run: run.status in {*OPEN, ImportStatus.NEW},
        lambda run: _("The file is not loaded, or no further: nothing of it will be in."),
        cancel,
    ),
    Verb(
        "undo",
        gettext_lazy("Undo"),
        "undo",
        IMPORT,
        lambda run: run.status == ImportStatus.DONE,
        lambda run: (
            translated(take_back.why_not(run))
            or _(
                "Its %(number)s leads are deleted here, with whatever was corrected and decided"
                " about them; none of them was sent to a dialer. The history keeps that they were"
                " there. Leads of other imports that were duplicates of them stand for themselves"
                " again."
            )
            % {"number": f"{run.rows_read:,}"}
        ),
        undo,
    ),
]


@admin.register(Import)
class ImportAdmin(LivePage):
    """Whoever may import uploads here; an import is never changed or deleted."""

    page = "admin/leads/import/page.html"
    progress = "admin/leads/import/progress.html"
    form = ImportForm
    list_display = [
        "filename",
        "lead_source",
        "status_badge",
        number_column("rows_read", gettext_lazy("rows read")),
        number_column("rows_staged", gettext_lazy("rows staged")),
        number_column("rows_invalid", gettext_lazy("rows invalid")),
        number_column("rows_duplicate", gettext_lazy("rows duplicate")),
        "file_size",
        "created_by",
        "came_in",
    ]
    list_filter = [("status", ChoicesDropdownFilter), ("lead_source", RelatedDropdownFilter)]
    list_select_related = ["lead_source", "created_by"]
    search_fields = ["filename"]
    ordering = ["-id"]
    sortable_by = ()
    actions = None
    fields = ["lead_source", "upload", "pasted", "list_id", "country"]

    @admin.display(description=gettext_lazy("Status"))
    def status_badge(self, run: Import) -> SafeString:
        return badge(run.get_status_display(), ImportStatus(run.status).colour)

    @admin.display(description=gettext_lazy("Came in"))
    def came_in(self, run: Import) -> str:
        return when(run.created_at)

    @admin.display(description=gettext_lazy("Size"))
    def file_size(self, run: Import) -> str:
        return filesizeformat(run.size)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.import_lead")

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
        response = super().add_view(request, form_url, {**(extra_context or {}), **only_save})
        return for_script(request, response)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has made it. Somebody looks at its mapping before it is loaded."""

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
        return HttpResponseRedirect(reverse("admin:leads_import_mapping", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        verbs = VerbPages(self, VERBS).urls()
        pages = [*MappingPages(self).urls(), *RejectPages(self).urls()]
        return [*verbs, *pages, *super().get_urls()]

    def context_of(self, request: HttpRequest, run: Import) -> dict[str, Any]:
        now = stands(run)
        return {
            "title": run.filename,
            "run": run,
            "open": run.status in OPEN,
            "live": run.status in LIVE or is_fresh(run),
            "comparing": run.status == ImportStatus.DONE and run.compared_at is None,
            "may_review": request.user.has_perm("leads.review_lead"),
            "may_import": request.user.has_perm(IMPORT),
            "buttons": VerbPages(self, VERBS).buttons(request, run),
            "colour": ImportStatus(run.status).colour,
            "percent": min(100, round(100 * run.bytes_done / run.size)) if run.size else 0,
            "pace": pace(run),
            "columns": columns(run),
            "now": now,
            "rejected": dict(now).get(LeadStatus.INVALID, 0)
            + dict(now).get(LeadStatus.DUPLICATE, 0),
            "brought_back": list(run.corrections.all()[:SHOWN]),
            "to_do": next((status for status in TO_DO if status in dict(now)), None),
            "delimiter": DELIMITERS.get(run.delimiter, run.delimiter),
            "stops": findings(run, "reasons"),
            "warns": findings(run, "warnings"),
            "leads_url": f"{reverse('admin:leads_lead_changelist')}?import_run__id__exact={run.pk}",
        }


def is_fresh(run: Import) -> bool:
    """Whether what follows loading is under way: not for long, unless the dialer is waited for."""
    if run.status != ImportStatus.DONE or run.compared_at or run.finished_at is None:
        return False
    return timezone.now() - run.finished_at < FRESH


def pace(run: Import) -> str:
    """Rows a second and how long it may still take, in words; empty before that can be told."""
    if run.status != ImportStatus.RUNNING or run.started_at is None or not run.bytes_done:
        return ""
    seconds = (timezone.now() - run.started_at).total_seconds()
    if seconds < SECONDS_TO_TELL or not run.rows_read:
        return ""
    left = max(0.0, seconds * (run.size - run.bytes_done) / run.bytes_done)
    told = _("%(rate)s rows a second") % {"rate": f"{run.rows_read / seconds:,.0f}"}
    if run.bytes_done >= run.size:
        return _("%(rate)s; what was read is checked and kept") % {"rate": told}
    about = ngettext("about %(n)s second left", "about %(n)s seconds left", round(left))
    if left >= 120:
        about = _("about %(n)s minutes left")
        left /= 60
    return f"{told}, {about % {'n': round(left)}}"


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
        {
            "code": code,
            "number": number,
            "sentence": translated(sentence(code, _("The value"), "…", "…")),
        }
        for code, number in codes(run, column).items()
    ]
