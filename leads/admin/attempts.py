"""The push history: every call about a lead, with what was sent and what came back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from leads.admin.lead_search import search
from leads.admin.parts import ReadOnlyAdmin
from leads.models import Lead, Outcome, PushAttempt

MOST_LEADS = 1000


@admin.register(PushAttempt)
class PushAttemptAdmin(ReadOnlyAdmin):
    """Looked at by auditors and admins; reviewers see those about leads of their own imports."""

    list_display = [
        "opened_at",
        "kind",
        "outcome_badge",
        "phone",
        "answered_lead_id",
        "answered_list_id",
        "reason",
        "milliseconds",
        "batch_link",
        "user",
    ]
    list_display_links = ["opened_at"]
    list_select_related = ["lead", "user"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("dialer", RelatedDropdownFilter),
        ("opened_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["lead__phone_e164"]  # shows the box; get_search_results answers
    search_help_text = _("Phone, name, vendor code or lead_id of the lead")
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-id"]
    sortable_by = ()
    actions = None
    fields = [
        "opened_at",
        "sealed_at",
        "kind",
        "number",
        "outcome",
        "lead_link",
        "batch_link",
        "dialer",
        "asked_list_id",
        "vendor_lead_code",
        "answered_lead_id",
        "answered_list_id",
        "reason",
        "http_status",
        "milliseconds",
        "sent",
        "answer",
        "said",
        "worker",
        "user",
    ]
    readonly_fields = ["lead_link", "batch_link", "sent", "said"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushAttempt]:
        attempts: QuerySet[PushAttempt] = super().get_queryset(request)
        if request.user.has_perm("leads.push_lead") or request.user.has_perm("leads.export_lead"):
            return attempts
        return attempts.filter(lead__import_run__created_by=request.user.pk)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PushAttempt], search_term: str
    ) -> tuple[QuerySet[PushAttempt], bool]:
        """Through the indexes of the leads: the attempts themselves have none for it."""
        text = search_term.strip()
        if not text:
            return queryset, False
        leads = search(Lead.objects.all(), text).order_by("-id")
        ids = list(leads.values_list("pk", flat=True)[:MOST_LEADS])
        return queryset.filter(lead__in=ids), False

    @display(
        description=_("Outcome"),  # type: ignore[arg-type]
        label={outcome.label: outcome.colour for outcome in Outcome},
    )
    def outcome_badge(self, attempt: PushAttempt) -> str:
        return attempt.get_outcome_display() or str(_("on its way"))

    @admin.display(description=_("Phone"))
    def phone(self, attempt: PushAttempt) -> str:
        return attempt.lead.phone_e164 or attempt.lead.phone_number

    @admin.display(description=_("Lead"))
    def lead_link(self, attempt: PushAttempt) -> SafeString:
        return _link("lead", attempt.lead_id, str(attempt.lead))

    @admin.display(description=_("Batch"))
    def batch_link(self, attempt: PushAttempt) -> SafeString:
        return _link("pushbatch", attempt.batch_id, str(attempt.batch_id))

    @admin.display(description=_("Sent"))
    def sent(self, attempt: PushAttempt) -> SafeString:
        return _block(json.dumps(attempt.request, indent=1, ensure_ascii=False))

    @admin.display(description=_("Notices"))
    def said(self, attempt: PushAttempt) -> str:
        return " · ".join(attempt.notices) or "–"


def _link(model: str, pk: int, text: str) -> SafeString:
    url = reverse(f"admin:leads_{model}_change", args=[pk])
    return format_html('<a class="text-link" href="{}">{}</a>', url, text)


def _block(text: Any) -> SafeString:
    return format_html('<pre class="whitespace-pre-wrap break-words">{}</pre>', text)
