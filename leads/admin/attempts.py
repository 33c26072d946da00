"""The push history: every call about a lead, with what was sent and what came back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    RelatedDropdownFilter,
    SingleNumericFilter,
)
from unfold.sections import BaseSection

from leads.admin.attempt_filters import OpenedFilter, OpenedInFilter, ReasonFilter, UserFilter
from leads.admin.exports import ExportPages
from leads.admin.lead_search import LARGEST_ID, some_ids
from leads.admin.listing import badge
from leads.admin.own_imports import sees_all_pushes
from leads.admin.parts import ReadOnlyAdmin
from leads.admin.saved_filters import SavedFilterPages
from leads.admin.when import TO_THE_SECOND, when
from leads.models import FilteredPage, Outcome, PushAttempt
from leads.reports import push_history
from leads.sentence import say
from leads.vicidial.reasons import sentence_for
from leads.words import translated

MOST_LEADS = 1000


class AnswerSection(BaseSection):
    """The row below an attempt: its answer, fetched when it is opened."""

    def render(self) -> SafeString:
        url = reverse("admin:leads_pushattempt_answer", args=[self.instance.pk])
        return format_html('<div hx-get="{}" hx-trigger="intersect once"></div>', url)


@admin.register(PushAttempt)
class PushAttemptAdmin(ReadOnlyAdmin):
    """Looked at by auditors and admins; reviewers see those about leads of their own imports."""

    list_display = [
        "opened",
        "kind",
        "outcome_badge",
        "phone",
        "answered_lead_id",
        "answered_list_id",
        "reason",
        "milliseconds",
        "batch_link",
        "user",
        "answer_here",
    ]
    list_display_links = ["opened"]
    list_select_related = ["lead", "user"]
    list_filter = [
        ("outcome", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("dialer", RelatedDropdownFilter),
        UserFilter,
        ReasonFilter,
        ("asked_list_id", SingleNumericFilter),
        OpenedInFilter,
        ("opened_at", OpenedFilter),
    ]
    list_filter_submit = True
    list_before_template: Any = "admin/leads/pushattempt/before.html"
    search_fields = ["lead__phone_e164"]  # shows the box; get_search_results answers
    search_help_text = _("Phone, name, vendor code or lead_id of the lead")
    show_facets = admin.ShowFacets.NEVER
    list_sections: Any = [AnswerSection]
    ordering = ["-id"]
    sortable_by = ()
    actions = None
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("opened", "sealed"),
                    ("kind", "number"),
                    ("outcome_badge", "reason"),
                    "reason_in_words",
                    "lead_link",
                    ("batch_link", "asked_by"),
                    ("dialer", "worker"),
                ]
            },
        ),
        (
            _("Sent"),
            {"fields": [("asked_list_id", "vendor_lead_code"), "sent"]},
        ),
        (
            _("Answered"),
            {
                "fields": [
                    ("answered_lead_id", "answered_list_id"),
                    ("http_status", "milliseconds"),
                    "whole_answer",
                    "said",
                ]
            },
        ),
    ]
    readonly_fields = [
        "opened",
        "sealed",
        "outcome_badge",
        "reason_in_words",
        "lead_link",
        "batch_link",
        "asked_by",
        "sent",
        "whole_answer",
        "said",
    ]

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(self.answer_view)
        return [
            path("<int:pk>/answer/", answer, name="leads_pushattempt_answer"),
            *self.exports().urls(),
            *self.saved().urls(),
            *super().get_urls(),
        ]

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was sent and the whole answer, to stand in the row of the list."""
        if request.method != "GET" or not self.has_view_permission(request):
            raise PermissionDenied
        attempt = get_object_or_404(self.get_queryset(request), pk=pk)
        context = {
            "attempt": attempt,
            "why": translated(sentence_for(attempt.reason)),
            "sent": json.dumps(attempt.request, indent=1, ensure_ascii=False),
        }
        return TemplateResponse(request, "admin/leads/pushattempt/answer.html", context)

    def saved(self) -> SavedFilterPages:
        return SavedFilterPages(self, FilteredPage.PUSH_HISTORY)

    def exports(self) -> ExportPages:
        return ExportPages(self, say("push history"), push_history.rows)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        links = self.exports().links(request)
        saved = self.saved().links(request)
        context: dict[str, Any] = {**(extra_context or {}), "exports": links, "saved": saved}
        return super().changelist_view(request, context)

    def get_ordering(self, request: HttpRequest) -> Any:
        """The newest first: by their time where a range of days is asked for, so that the index of
        the time brings them in order; it is the order of the ids but for some seconds."""
        days = {"opened_at_from", "opened_at_to", "opened_in"} & {
            name for name, value in request.GET.items() if value
        }
        return ["-opened_at", "-id"] if days else ["-id"]

    def ways(self, attempts: QuerySet[PushAttempt], asked: Any) -> list[QuerySet[PushAttempt]]:
        """One index for each filter brings the newest: see PageList."""
        return [attempts]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushAttempt]:
        attempts: QuerySet[PushAttempt] = super().get_queryset(request)
        if sees_all_pushes(request.user):
            return attempts
        return attempts.filter(lead__import_run__created_by=request.user.pk)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PushAttempt], search_term: str
    ) -> tuple[QuerySet[PushAttempt], bool]:
        """Through the indexes of the leads, and by the lead_id that a call was answered with."""
        text = search_term.strip()
        if not text:
            return queryset, False
        ids = some_ids(text, MOST_LEADS)
        # By the ids of the attempts: the newest fifty of a thousand leads are not to be looked for
        # among all attempts.
        of_them = PushAttempt.objects.filter(lead__in=ids).order_by().values_list("pk", flat=True)
        found = Q(pk__in=list(of_them))
        if text.isdecimal() and int(text) <= LARGEST_ID:
            found |= Q(answered_lead_id=int(text))
        return queryset.filter(found), False

    @admin.display(description=_("Outcome"))
    def outcome_badge(self, attempt: PushAttempt) -> SafeString:
        if not attempt.outcome:
            return badge(str(_("on its way")), "info")
        return badge(attempt.get_outcome_display(), Outcome(attempt.outcome).colour)

    @admin.display(description=_("Answer"))
    def answer_here(self, attempt: PushAttempt) -> SafeString:
        # The theme opens the row below by the mouse alone; a button does it by keyboard as well.
        return format_html(
            '<button type="button" class="cursor-pointer text-link" x-on:click="rowOpen = !rowOpen"'
            ' x-bind:aria-expanded="rowOpen" aria-label="{}">{}</button>',
            _("The whole answer to attempt %(id)s") % {"id": attempt.pk},
            _("show"),
        )

    @admin.display(description=_("Opened"))
    def opened(self, attempt: PushAttempt) -> str:
        # Calls of one lead are seconds apart: minutes would hide their order.
        return when(attempt.opened_at, TO_THE_SECOND)

    @admin.display(description=_("Sealed"))
    def sealed(self, attempt: PushAttempt) -> str:
        return when(attempt.sealed_at, TO_THE_SECOND) if attempt.sealed_at else str(_("not yet"))

    @admin.display(description=_("Asked by"), empty_value="–")
    def asked_by(self, attempt: PushAttempt) -> str | None:
        return str(attempt.user) if attempt.user else None

    @admin.display(description=_("Whole answer"))
    def whole_answer(self, attempt: PushAttempt) -> SafeString:
        return _block(attempt.answer or "–")

    @admin.display(description=_("In words"), empty_value="–")
    def reason_in_words(self, attempt: PushAttempt) -> str | None:
        return translated(sentence_for(attempt.reason)) or None

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
    return format_html('<pre style="white-space: pre-wrap; overflow-wrap: anywhere">{}</pre>', text)
