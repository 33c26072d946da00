"""A lead's own page: where it stands and how it came there. Nothing is changed on it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.admin.lead_actions import ABOUT_DNC, ACTIONS, BY_NAME, may
from leads.admin.lead_correct import may_correct
from leads.admin.lead_dnc import dnc_of
from leads.admin.lead_filters import in_words
from leads.admin.lead_values import rows_of
from leads.admin.own_imports import sees_pushes_of
from leads.cleaning.reasons import Severity
from leads.dedup.pairs import HELD
from leads.history.timeline import timeline
from leads.models import Lead, LeadStatus, Outcome, PushAttempt
from leads.models.status import ON_ITS_WAY
from leads.review.decide import REJECT_REASONS
from leads.review.desk import Queue

S = LeadStatus
TEMPLATE = "admin/leads/lead/page.html"
SHOWN_DUPLICATES = 20
# Lead.duplicate_why in words.
WHY = {
    "PHONE": gettext_lazy("the same number and person"),
    "HOUSEHOLD": gettext_lazy("the same number, another person of the household"),
    "NUMBER": gettext_lazy("the same number, whose is not known"),
    "MERGED": gettext_lazy("merged by a reviewer"),
    "BY_HAND": gettext_lazy("found by a reviewer"),
}
BESIDE = [
    "dnc_list__current",
    "lead_source",
    "import_run",
    "import_run__created_by",
    "decided_by",
    "duplicate_of",
]
ON_DIALER = ["dialer", "batch__created_by", "batch__dialer_list"]
HEADINGS = {
    Severity.STOPS: ("danger", gettext_lazy("Stops it")),
    Severity.WARNS: ("warning", gettext_lazy("To look at")),
    Severity.TELLS: ("default", gettext_lazy("Changed by cleaning")),
}


@dataclass(frozen=True)
class Step:
    """One step of a lead's way; `at` is None if it has not come that far."""

    name: str
    at: datetime | None = None
    who: str = ""


class LeadPage:
    def __init__(self, model_admin: Any) -> None:
        self.model_admin = model_admin

    def view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page; 403 to whoever may not look, and to every attempt to post to it."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        lead = self._lead(object_id)
        if lead is None:
            gone: HttpResponse = self.model_admin._get_obj_does_not_exist_redirect(
                request, Lead._meta, object_id
            )
            return gone
        context = {
            **self.model_admin.admin_site.each_context(request),
            "opts": Lead._meta,
            "original": lead,
            "title": str(lead),
            **self.context(request, lead),
        }
        return TemplateResponse(request, TEMPLATE, context)

    def _lead(self, object_id: str) -> Lead | None:
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) <= 18):
            return None
        return Lead.objects.select_related(*BESIDE, *ON_DIALER).filter(pk=int(object_id)).first()

    def context(self, request: HttpRequest, lead: Lead) -> dict[str, Any]:
        """What the template shows of the lead."""
        duplicates = lead.duplicates.order_by("pk").only("duplicate_of", "first_name")
        sees = sees_pushes_of(request.user, lead)
        attempts = lead.attempts.select_related("user") if sees else []
        return {
            "lead": lead,
            "status": S(lead.status),
            "steps": steps(lead),
            "rows": rows_of(lead),
            "findings": findings(lead),
            "decision": REJECT_REASONS.get(lead.decision_reason, lead.decision_reason),
            "why_duplicate": WHY.get(lead.duplicate_why) or in_words(lead.duplicate_why),
            "on_desk": desk_url(request, lead),
            "duplicates": duplicates[: SHOWN_DUPLICATES + 1],
            "most_duplicates": SHOWN_DUPLICATES,
            "sees_pushes": sees,
            "attempts": [_attempt(each) for each in attempts],
            "happenings": timeline(lead, REJECT_REASONS) if sees else [],
            "buttons": buttons(request, lead, set(BY_NAME) - ABOUT_DNC),
            "dnc_buttons": buttons(request, lead, ABOUT_DNC),
            "dnc": dnc_of(request, lead),
            "may_correct": may_correct(request) and lead.status not in ON_ITS_WAY,
        }


def desk_url(request: HttpRequest, lead: Lead) -> str:
    """Where the lead is on the review desk; empty if it waits for nobody, or not for this user."""
    if not request.user.has_perm("leads.review_lead"):
        return ""
    if lead.status == S.INVALID:
        queue = Queue.INVALID
    elif lead.status in (S.STAGED, S.APPROVED) and Lead.objects.filter(HELD, pk=lead.pk).exists():
        queue = Queue.DUPLICATES
    elif lead.status == S.STAGED:
        queue = Queue.WARNINGS if lead.warnings else Queue.CLEAN
    else:
        return ""
    return f"{reverse('admin:leads_desk_queue', args=[queue.value])}?lead={lead.pk}"


def steps(lead: Lead) -> list[Step]:
    """Imported, approved, queued, pushed: each with time and person as far as it has come."""
    run, batch = lead.import_run, lead.batch
    approved = lead.status in (ON_ITS_WAY | {S.APPROVED, S.REFUSED})
    queued = batch if lead.status in (ON_ITS_WAY | {S.REFUSED}) else None
    return [
        Step(_("Imported"), lead.created_at, str(run.created_by or "")),
        Step(_("Approved"), lead.decided_at if approved else None, _who(lead, approved)),
        Step(_("Queued"), queued.created_at, str(queued.created_by or ""))
        if queued
        else Step(_("Queued")),
        Step(_("Pushed"), lead.pushed_at, str(lead.dialer or "") if lead.pushed_at else ""),
    ]


def _who(lead: Lead, approved: bool) -> str:
    return str(lead.decided_by or "") if approved else ""


def findings(lead: Lead) -> list[dict[str, Any]]:
    """What was found, as sentences under a heading for each severity."""
    found: list[dict[str, str]] = lead.findings or []
    groups = [
        {
            "colour": colour,
            "heading": heading,
            "sentences": [one["text"] for one in found if one["severity"] == severity],
        }
        for severity, (colour, heading) in HEADINGS.items()
    ]
    return [group for group in groups if group["sentences"]]


def buttons(request: HttpRequest, lead: Lead, names: Collection[str]) -> list[dict[str, Any]]:
    """Those of the actions `names` that fit the lead and the person, with their addresses."""
    return [
        {
            "label": action.label,
            "icon": action.icon,
            "url": reverse("admin:leads_lead_decide", args=[action.name])
            + f"?ids={lead.pk}&alone=1",
        }
        for action in ACTIONS
        if action.name in names and action.fits(lead) and may(request.user, action)
    ]


def _attempt(attempt: PushAttempt) -> dict[str, Any]:
    outcome = Outcome(attempt.outcome) if attempt.outcome else None
    return {
        "it": attempt,
        "label": outcome.label if outcome else _("Open"),
        "colour": outcome.colour if outcome else "info",
        "request": json.dumps(attempt.request, indent=1, ensure_ascii=False),
    }
