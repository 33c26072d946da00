"""The list of leads."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    RelatedDropdownFilter,
    SingleNumericFilter,
)

from leads.admin.confirm import ConfirmPages, admin_action
from leads.admin.desk import DeskPages
from leads.admin.lead_actions import ACTIONS, may
from leads.admin.lead_correct import CorrectPage
from leads.admin.lead_dnc import NeverCallPage
from leads.admin.lead_filters import (
    CreatedFilter,
    CreatedInFilter,
    DncFilter,
    FindingFilter,
    ImportFilter,
    StatusFilter,
    in_words,
)
from leads.admin.lead_page import LeadPage
from leads.admin.lead_search import search
from leads.admin.lead_settle import SettlePages
from leads.admin.listing import badge
from leads.admin.parts import ReadOnlyAdmin
from leads.admin.saved_filters import SavedFilterPages
from leads.admin.when import ago
from leads.models import FilteredPage, Lead, LeadStatus

NOTHING = "–"
SHOWN_FINDINGS = 3
BY_STATUS = ["lead_source__id__exact", "dnc"]


@admin.register(Lead)
class LeadAdmin(ReadOnlyAdmin):
    """Leads are looked at and decided on; their data is changed on the page Correct only."""

    list_display = [
        "status_badge",
        "phone",
        "name",
        "requested_list",
        "source",
        "import_link",
        "found",
        "on_the_dialer",
        "age",
    ]
    list_display_links = ["phone"]
    list_select_related = ["lead_source", "import_run"]
    list_filter = [
        ("status", StatusFilter),
        ("lead_source", RelatedDropdownFilter),
        ImportFilter,
        ("list_id", SingleNumericFilter),
        FindingFilter,
        DncFilter,
        CreatedInFilter,
        ("created_at", CreatedFilter),
    ]
    list_before_template: Any = "admin/leads/saved_filters.html"
    list_filter_submit = True
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["last_name"]  # shows the box; `search` answers
    search_help_text = _("Phone, name, vendor code or lead_id")
    ordering = ["-id"]
    sortable_by = ()
    actions = [admin_action(action) for action in ACTIONS]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        # What only the lead's own page shows; the cells of a row may be long.
        leads: QuerySet[Lead] = super().get_queryset(request).defer("raw", "findings")
        return leads

    def ways(self, leads: QuerySet[Lead], asked: dict[str, str]) -> list[QuerySet[Lead]]:
        """The leads status by status, where the index of what is asked for begins like that."""
        if asked.get("status__exact") or not any(asked.get(name) for name in BY_STATUS):
            return [leads]
        return [leads.filter(status=status) for status in LeadStatus]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        return search(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        confirm, correct, never = ConfirmPages(self), CorrectPage(self), NeverCallPage(self)
        wrap = self.admin_site.admin_view
        return [
            path("decide/<slug:name>/", wrap(confirm.view), name="leads_lead_decide"),
            path("<int:pk>/correct/", wrap(correct.view), name="leads_lead_correct"),
            path(
                "<int:pk>/settle/<slug:name>/",
                wrap(SettlePages(self).view),
                name="leads_lead_settle",
            ),
            path("<int:pk>/never-call/", wrap(never.view), name="leads_lead_never_call"),
            *DeskPages(self).urls(),
            *self.saved().urls(),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        asked = set(request.POST.getlist("action"))
        if any(action.name in asked and not may(request.user, action) for action in ACTIONS):
            raise PermissionDenied
        context: dict[str, Any] = {**(extra_context or {}), "saved": self.saved().links(request)}
        return super().changelist_view(request, context)

    def saved(self) -> SavedFilterPages:
        return SavedFilterPages(self, FilteredPage.LEADS)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return LeadPage(self).view(request, object_id)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.review_lead")

    def has_override_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.override_dnc")

    def has_push_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("leads.push_lead")

    @admin.display(description=_("Status"))
    def status_badge(self, lead: Lead) -> SafeString:
        return badge(lead.get_status_display(), LeadStatus(lead.status).colour)

    @admin.display(description=_("Phone"))
    def phone(self, lead: Lead) -> str:
        return lead.phone_e164 or lead.phone_number or str(_("no phone"))

    @admin.display(description=_("Name"), empty_value=NOTHING)
    def name(self, lead: Lead) -> str | None:
        return " ".join(filter(None, [lead.first_name, lead.last_name])) or None

    @admin.display(description=_("Wanted list"), empty_value=NOTHING)
    def requested_list(self, lead: Lead) -> int | None:
        return lead.list_id

    @admin.display(description=_("Source"))
    def source(self, lead: Lead) -> str:
        return lead.lead_source.name

    @admin.display(description=_("Import"))
    def import_link(self, lead: Lead) -> SafeString:
        return format_html(
            '<a href="{}" class="text-link" title="{}">{}</a>',
            reverse("admin:leads_import_change", args=[lead.import_run_id]),
            lead.import_run.filename,
            lead.import_run_id,
        )

    @admin.display(description=_("Found"), empty_value=NOTHING)
    def found(self, lead: Lead) -> str | None:
        codes = [*lead.reasons, *lead.warnings]
        more = [f"+{len(codes) - SHOWN_FINDINGS}"] if len(codes) > SHOWN_FINDINGS else []
        return ", ".join([*map(in_words, codes[:SHOWN_FINDINGS]), *more]) or None

    @admin.display(description=_("On the dialer"), empty_value=NOTHING)
    def on_the_dialer(self, lead: Lead) -> str | None:
        if lead.status == LeadStatus.REFUSED:
            return in_words(lead.refusal_reason)
        if not lead.vicidial_lead_id:
            return None
        return f"{lead.vicidial_lead_id} / {lead.vicidial_list_id} / {lead.vicidial_status}"

    @admin.display(description=_("Age"))
    def age(self, lead: Lead) -> str:
        return ago(lead.created_at, depth=1)
