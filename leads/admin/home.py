"""The first page: how things stand, what is theirs to do next, and the first steps.

Each part is for whoever has the right that it is about: reviewers see what waits for review,
whoever pushes sees dialers and approved leads, auditors see pushes, refusals and exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from leads.admin import home_charts, home_parts
from leads.models import Dialer, Import, ImportStatus, LeadStatus, Source
from leads.reports.approved import Waiting, approved_by_source
from leads.reports.counted import how_far
from leads.reports.dialers_now import Recent, recent_calls
from leads.reports.overview import MOST, capped_counts
from leads.reports.standings import standing
from leads.review.desk import Queue
from leads.review.queues import MOST_COUNTED, waits

VIEW, REVIEW, PUSH = "leads.view_lead", "leads.review_lead", "leads.push_lead"
RECORDS, EXPORTS = "leads.export_lead", "leads.view_export"
NEXT = {
    Queue.DUPLICATES: gettext_lazy("Decide on the possible duplicates"),
    Queue.WARNINGS: gettext_lazy("Look at the leads with warnings"),
    Queue.INVALID: gettext_lazy("Correct the invalid leads"),
    Queue.CLEAN: gettext_lazy("Approve the clean leads"),
}


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: adds what templates/admin/index.html shows."""
    user = request.user
    if not user.has_perm(VIEW):
        return context
    counts = capped_counts()
    context["statuses"] = [
        {"status": status, "number": number, "url": leads_in(status)}
        for status, number in counts.items()
    ]
    context["most"] = MOST
    context["paused"] = Dialer.objects.exclude(paused_reason="")
    context["steps"] = first_steps(request)
    queues = waits() if user.has_perm(REVIEW) else []
    approved = approved_by_source() if user.has_perm(PUSH) else []
    context["next"] = what_next(request, {one.queue: one.leads for one in queues}, approved)
    context["queues"] = home_parts.queues(queues)
    context["queue_most"] = MOST_COUNTED
    context["approved"] = [(one, f"{leads_in(LeadStatus.APPROVED)}&{_of(one)}") for one in approved]
    recent = recent_calls()
    context.update(_under_way(request, recent))
    if sum(counts.values()) or context["paused"] or not context["steps"]:
        context.update(_numbers(request, recent, few=max(counts.values()) <= MOST))
    return context


def _numbers(request: HttpRequest, recent: Mapping[int, Recent], *, few: bool) -> dict[str, Any]:
    """The charts and tables that this user may see."""
    user = request.user
    pushes, records = user.has_perm(PUSH), user.has_perm(RECORDS)
    stands = standing(few, timezone.now())
    found: dict[str, Any] = {"charts": []}
    counted = how_far() if pushes or records else None
    if counted and pushes:
        found["dialers"] = home_parts.dialers(counted, recent)
        found["leads_note"] = home_charts.as_of(stands.at, stands.live)
    if counted and records:
        found["charts"].append(home_charts.pushes_chart(counted))
    found["charts"].append(home_charts.leads_chart(stands))
    if counted and pushes:
        found["charts"].append(home_charts.latency_chart(counted))
    found["charts"].append(home_charts.funnel_chart(stands))
    if counted and records:
        found["records"] = True
        found["refused"] = home_parts.refused(counted)
        found["pushers"] = home_parts.pushers(counted)
        found["records_note"] = home_charts.as_of(counted.at, counted.live)
    if user.has_perm(EXPORTS):
        found["exports"] = home_parts.exports()
    return found


def _under_way(request: HttpRequest, recent: Mapping[int, Recent]) -> dict[str, Any]:
    return {
        "imports": home_parts.running_imports(request),
        "batches": home_parts.running_batches(request, recent),
    }


@require_safe
def under_way(request: HttpRequest) -> HttpResponse:
    """What runs just now: the part of home that asks for itself again while something does."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    return TemplateResponse(
        request, "admin/home/under_way.html", _under_way(request, recent_calls())
    )


def leads_in(status: LeadStatus) -> str:
    """The address of the list of leads in one status."""
    return f"{reverse('admin:leads_lead_changelist')}?status__exact={status.value}"


def _of(waiting: Waiting) -> str:
    return f"lead_source__id__exact={waiting.source_id}"


def what_next(
    request: HttpRequest, queues: dict[Queue, int], approved: list[Waiting]
) -> list[dict[str, Any]]:
    """What waits for this user: own uploads, the first queue with leads, approved leads."""
    lines: list[dict[str, Any]] = []
    if request.user.has_perm("leads.import_lead"):
        lines += [_upload(run) for run in _own_uploads(request)]
    for queue, number in queues.items():
        if number:
            url = reverse("admin:leads_desk_queue", args=[queue.value])
            lines.append({"text": NEXT[queue], "number": number, "url": url})
            break
    if approved:
        number = sum(one.leads for one in approved)
        text = _("Queue the approved leads for push")
        lines.append({"text": text, "number": number, "url": leads_in(LeadStatus.APPROVED)})
    return lines


def _own_uploads(request: HttpRequest) -> list[Import]:
    """Files of this user that wait for a word of theirs."""
    new = Import.objects.filter(created_by=request.user.pk, status=ImportStatus.NEW)
    return list(new[: home_parts.SHOWN])


def _upload(run: Import) -> dict[str, Any]:
    text = _("Look at your file %(name)s and have it loaded") % {"name": run.filename}
    return {"text": text, "number": 0, "url": reverse("admin:leads_import_change", args=[run.pk])}


def first_steps(request: HttpRequest) -> list[dict[str, Any]]:
    """What is still missing before leads can go, and who may do it; empty when all is there."""
    steps = [
        (Dialer, "add_dialer", _("Add the dialer that leads go to, and its lists")),
        (Source, "add_source", _("Add a source: who supplies the leads")),
        (Import, "import_lead", _("Import the first file of leads")),
    ]
    found = []
    for model, right, text in steps:
        if not model._default_manager.exists():
            may = request.user.has_perm(f"leads.{right}")
            url = reverse(f"admin:leads_{model._meta.model_name}_add") if may else ""
            found.append({"text": text, "url": url})
    return found
