"""The pages of push batches: how far they are, and the brakes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from leads import tasks
from leads.admin.listing import PageList
from leads.admin.live import LivePage
from leads.admin.parts import kick
from leads.admin.verbs import Said, Verb, VerbPages
from leads.dialers import pace
from leads.models import BatchStatus, LeadStatus, PushBatch
from leads.models.status import OPEN
from leads.push import queue
from leads.push import undo as undoing
from leads.reports.batches import (
    counts_by_batch,
    kept_by_undo,
    percent_settled,
    refusals,
)
from leads.vicidial.reasons import sentence_for

S = BatchStatus
PUSH = "leads.push_lead"


def pause(request: HttpRequest, batch: PushBatch) -> Said:
    queue.pause(batch, by=request.user)  # type: ignore[arg-type]
    return Said(_("Paused: no new calls are made for it."))


def resume(request: HttpRequest, batch: PushBatch) -> Said:
    queue.resume(batch, by=request.user)  # type: ignore[arg-type]
    kick(tasks.push_runner, batch.dialer_id)
    return Said(_("Resumed: what is queued goes on."))


def cancel(request: HttpRequest, batch: PushBatch) -> Said:
    number = queue.cancel(batch, by=request.user)  # type: ignore[arg-type]
    text = _("Cancelled: %(number)s leads are approved again.")
    return Said(text % {"number": f"{number:,}"})


def undo(request: HttpRequest, batch: PushBatch) -> Said:
    number = undoing.ask(batch, by=request.user)  # type: ignore[arg-type]
    kick(tasks.undo_batch, batch.pk)
    if number:
        text = _("The undo runs. %(number)s leads that were still queued are approved again.")
        return Said(text % {"number": f"{number:,}"})
    return Said(_("The undo runs."))


def pushed(batch: PushBatch) -> bool:
    return not batch.is_being_undone and batch.leads.filter(status=LeadStatus.PUSHED).exists()


VERBS = [
    Verb(
        "pause",
        gettext_lazy("Pause"),
        "pause",
        PUSH,
        lambda batch: batch.status == S.RUNNING,
        lambda batch: _("No new calls are made for this batch until it is resumed."),
        pause,
    ),
    Verb(
        "resume",
        gettext_lazy("Resume"),
        "play_arrow",
        PUSH,
        lambda batch: batch.status == S.PAUSED,
        lambda batch: _("The queued leads of this batch go on to the dialer."),
        resume,
    ),
    Verb(
        "cancel",
        gettext_lazy("Cancel"),
        "cancel",
        PUSH,
        lambda batch: batch.status in (S.RUNNING, S.PAUSED),
        lambda batch: _(
            "What is queued goes back to approved. What is being sent finishes; what is on the"
            " dialer stays there."
        ),
        cancel,
    ),
    Verb(
        "undo",
        gettext_lazy("Undo"),
        "undo",
        PUSH,
        pushed,
        lambda batch: _(
            "What is still queued goes back to approved. The leads of this batch that nobody has"
            " touched on the dialer (status NEW or CBHOLD, never called, still in the list) are"
            " deleted there and are approved again. All others stay, each with the reason."
        ),
        undo,
    ),
]


class BatchList(PageList):
    """Counts the leads of a page's batches by one query, not one a row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        batches: list[Any] = list(self.result_list)
        counts = counts_by_batch(batch.pk for batch in batches)
        for batch in batches:
            batch.now = counts.get(batch.pk, {})
        self.result_list = batches


@admin.register(PushBatch)
class PushBatchAdmin(LivePage):
    """Made by the action Queue for push; paused, resumed, cancelled and undone here by admins."""

    page = "admin/leads/pushbatch/page.html"
    progress = "admin/leads/pushbatch/progress.html"
    list_display = [
        "name",
        "dialer_list",
        "status_badge",
        "selected",
        "pushed",
        "refused",
        "still_open",
        "created_by",
        "created_at",
    ]
    list_select_related = ["dialer", "dialer_list__dialer", "created_by"]
    list_filter = [("status", ChoicesDropdownFilter), ("dialer", RelatedDropdownFilter)]
    ordering = ["-id"]
    sortable_by = ()
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return BatchList

    @admin.display(description=gettext_lazy("Batch"))
    def name(self, batch: PushBatch) -> str:
        return f"{batch.pk} {batch.note}".strip()

    @display(
        description=gettext_lazy("Status"),  # type: ignore[arg-type]
        label={status.label: status.colour for status in BatchStatus},
    )
    def status_badge(self, batch: PushBatch) -> str:
        return batch.get_status_display()

    @admin.display(description=gettext_lazy("Pushed"))
    def pushed(self, batch: Any) -> int:
        return int(batch.now.get(LeadStatus.PUSHED, 0))

    @admin.display(description=gettext_lazy("Refused"))
    def refused(self, batch: Any) -> int:
        return int(batch.now.get(LeadStatus.REFUSED, 0))

    @admin.display(description=gettext_lazy("Open"))
    def still_open(self, batch: Any) -> int:
        return sum(batch.now.get(status, 0) for status in OPEN)

    def get_urls(self) -> list[URLPattern]:
        return [*VerbPages(self, VERBS).urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushBatch]:
        batches: QuerySet[PushBatch] = super().get_queryset(request)
        return batches.select_related("dialer", "dialer_list__dialer", "created_by", "changed_by")

    def context_of(self, request: HttpRequest, batch: PushBatch) -> dict[str, Any]:
        counts = counts_by_batch([batch.pk]).get(batch.pk, {})
        still_open = sum(counts.get(status, 0) for status in OPEN)
        return {
            "title": f"{_('Batch')} {batch.pk}",
            "batch": batch,
            "colour": BatchStatus(batch.status).colour,
            "live": batch.status in (S.RUNNING, S.PAUSED)
            or still_open > 0
            or batch.is_being_undone,
            "waits": pace.why_closed(batch.dialer) if still_open or batch.is_being_undone else "",
            "percent": percent_settled(batch.selected, still_open),
            "counts": [(status, counts[status]) for status in LeadStatus if status in counts],
            "away": batch.selected - sum(counts.values()),
            "kept": kept_by_undo(batch),
            "refusals": [(code, sentence_for(code), n) for code, n in refusals(batch.pk)],
            "buttons": VerbPages(self, VERBS).buttons(request, batch),
            "attempts_url": reverse("admin:leads_pushattempt_changelist")
            + f"?batch__id__exact={batch.pk}",
            "leads_url": f"{reverse('admin:leads_lead_changelist')}?batch__id__exact={batch.pk}",
        }
