"""The first page: how things stand, what is theirs to do next, and the first steps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.models import (
    BatchStatus,
    Dialer,
    Import,
    ImportStatus,
    LeadStatus,
    PushBatch,
    Source,
)
from leads.models.status import OPEN
from leads.reports.batches import counts_by_batch, percent_settled
from leads.reports.overview import MOST, capped_counts

SHOWN = 5


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's DASHBOARD_CALLBACK: adds what templates/admin/index.html shows."""
    if not request.user.has_perm("leads.view_lead"):
        return context
    counts = capped_counts()
    context["statuses"] = [
        {"status": status, "number": number, "most": number > MOST, "url": leads_in(status)}
        for status, number in counts.items()
    ]
    context["most"] = MOST
    context["next"] = what_next(request, counts)
    context["imports"] = running_imports()
    context["batches"] = running_batches()
    context["paused"] = Dialer.objects.exclude(paused_reason="")
    context["steps"] = first_steps(request)
    return context


def leads_in(status: LeadStatus) -> str:
    """The address of the list of leads in one status."""
    return f"{reverse('admin:leads_lead_changelist')}?status__exact={status.value}"


def what_next(request: HttpRequest, counts: dict[LeadStatus, int]) -> list[dict[str, Any]]:
    """The leads that wait for somebody with this user's rights."""
    waiting = [
        (LeadStatus.STAGED, "review_lead", _("Look at the staged leads and approve them")),
        (LeadStatus.INVALID, "review_lead", _("Correct the invalid leads")),
        (LeadStatus.APPROVED, "push_lead", _("Queue the approved leads for push")),
    ]
    return [
        {"text": text, "number": counts[status], "url": leads_in(status)}
        for status, right, text in waiting
        if counts[status] and request.user.has_perm(f"leads.{right}")
    ]


def running_imports() -> list[dict[str, Any]]:
    """Imports that wait or are being loaded, with how far they are."""
    runs = Import.objects.select_related("lead_source").filter(
        status__in=[ImportStatus.WAITING, ImportStatus.RUNNING]
    )
    return [
        {"run": run, "percent": min(100, round(100 * run.bytes_done / max(run.size, 1)))}
        for run in runs[:SHOWN]
    ]


def running_batches() -> list[dict[str, Any]]:
    """Batches that are not at their end, with how far they are."""
    running = PushBatch.objects.select_related("dialer_list__dialer").filter(
        status__in=[BatchStatus.RUNNING, BatchStatus.PAUSED]
    )
    batches = list(running[:SHOWN])
    counts = counts_by_batch(batch.pk for batch in batches)
    found = []
    for batch in batches:
        now = counts.get(batch.pk, {})
        waits = sum(now.get(status, 0) for status in OPEN)
        found.append({"batch": batch, "percent": percent_settled(batch.selected, waits)})
    return found


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
