"""A lead's own page: where it stands and how it came there. Nothing is changed on it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.conf import settings
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
from leads.admin.lead_pairs import MOST as MOST_PAIRS
from leads.admin.lead_pairs import pairs_of
from leads.admin.lead_settle import settle_buttons
from leads.admin.lead_steps import steps
from leads.admin.lead_values import rows_of
from leads.admin.own_imports import sees_pushes_of
from leads.cleaning.reasons import Severity
from leads.dedup.pairs import HELD
from leads.history.timeline import timeline
from leads.models import AttemptKind, Lead, LeadStatus, Outcome, PairState, PushAttempt
from leads.models.status import ON_ITS_WAY
from leads.review.decide import REJECT_REASONS
from leads.review.desk import Queue
from leads.words import translated

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
        attempts = list(lead.attempts.select_related("user")) if sees else []
        sent = _sent(lead, attempts)
        pairs = pairs_of(lead)
        desk = desk_url(request, lead)
        return {
            "lead": lead,
            "status": S(lead.status),
            "steps": steps(lead),
            "rows": rows_of(lead, sent),
            "was_sent": sent is not None,
            "findings": findings(lead),
            "decision": REJECT_REASONS.get(lead.decision_reason, lead.decision_reason),
            "why_duplicate": WHY.get(lead.duplicate_why) or in_words(lead.duplicate_why),
            "on_desk": desk,
            "desk_first": bool(desk) and lead.status != S.INVALID and _is_held(pairs, lead),
            "pairs": pairs[:MOST_PAIRS],
            "more_pairs": len(pairs) > MOST_PAIRS,
            "duplicates": duplicates[: SHOWN_DUPLICATES + 1],
            "most_duplicates": SHOWN_DUPLICATES,
            "sees_pushes": sees,
            "attempts": [_attempt(each) for each in attempts],
            "happenings": timeline(lead, REJECT_REASONS) if sees else [],
            "settle_buttons": settle_buttons(request, lead),
            "buttons": buttons(
                request, lead, set(BY_NAME) - ABOUT_DNC - refused_now(request, lead, pairs)
            ),
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


def refused_now(request: HttpRequest, lead: Lead, pairs: list[dict[str, Any]]) -> set[str]:
    """The actions that would be refused of this lead as it stands, although its status fits."""
    refused = set()
    mine = lead.import_run.created_by_id == request.user.pk
    if _is_held(pairs, lead) or lead.dnc_list_id or (settings.FOUR_EYES and mine):
        refused.add("approve")
    own = lead.decided_by_id == request.user.pk or (lead.decided_by_id is None and mine)
    if _is_held(pairs, lead) or (settings.FOUR_EYES and own):
        refused.add("queue")
    return refused


def _is_held(pairs: list[dict[str, Any]], lead: Lead) -> bool:
    """Whether it may be a duplicate of an older lead, which somebody has to decide first."""
    return any(
        pair["it"].state == PairState.OPEN and pair["it"].lead_id == lead.pk for pair in pairs
    )


def _sent(lead: Lead, attempts: list[PushAttempt]) -> dict[str, Any] | None:
    """What the last add_lead of a lead carried that is, or may be, on the dialer."""
    if lead.status not in (S.SENDING, S.UNCLEAR, S.PUSHED, S.REFUSED):
        return None
    adds = (one for one in attempts if one.kind == AttemptKind.ADD)
    last = next((one for one in adds if one.batch_id == lead.batch_id), None)
    return last.request if last else None


def findings(lead: Lead) -> list[dict[str, Any]]:
    """What was found, as sentences under a heading for each severity."""
    found: list[dict[str, str]] = lead.findings or []
    groups = [
        {
            "colour": colour,
            "heading": heading,
            "sentences": [translated(one["text"]) for one in found if one["severity"] == severity],
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
