"""The pages of push batches: how far they are, and the brakes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from leads import tasks
from leads.admin.batch_groups import GroupPages, offered
from leads.admin.exports import as_file
from leads.admin.listing import PageList, badge, grouped, number_column
from leads.admin.live import LivePage
from leads.admin.parts import kick
from leads.admin.verbs import Said, Verb, VerbPages
from leads.admin.when import when
from leads.dialers import pace
from leads.models import BatchStatus, LeadStatus, PushBatch
from leads.models.status import OPEN
from leads.push import queue
from leads.push import undo as undoing
from leads.reports import batch_leads
from leads.reports.batch_figures import (
    before_undo,
    counts_of,
    figures,
    forget,
    per_second,
    seconds_left,
)
from leads.reports.batches import kept_by_undo, percent_settled
from leads.sentence import say
from leads.vicidial.reasons import sentence_for
from leads.words import translated

S = BatchStatus
PUSH, EXPORT = "leads.push_lead", "leads.export_lead"
FILES = ("csv", "xlsx")


def pause(request: HttpRequest, batch: PushBatch) -> Said:
    queue.pause(batch, by=request.user)  # type: ignore[arg-type]
    return Said(_("Paused: no new calls are made for it."))


def resume(request: HttpRequest, batch: PushBatch) -> Said:
    queue.resume(batch, by=request.user)  # type: ignore[arg-type]
    kick(tasks.push_runner, batch.dialer_id)
    return Said(_("Resumed: what is queued goes on."))


def cancel(request: HttpRequest, batch: PushBatch) -> Said:
    number = queue.cancel(batch, by=request.user)  # type: ignore[arg-type]
    forget(batch.pk)
    text = _("Cancelled: %(number)s leads are approved again.")
    return Said(text % {"number": f"{number:,}"})


def undo(request: HttpRequest, batch: PushBatch) -> Said:
    number = undoing.ask(batch, by=request.user)  # type: ignore[arg-type]
    forget(batch.pk)
    kick(tasks.undo_batch, batch.pk)
    if number:
        text = _("The undo runs. %(number)s leads that were still queued are approved again.")
        return Said(text % {"number": f"{number:,}"})
    return Said(_("The undo runs."))


FORESEEN = {
    "queued": gettext_lazy("Queued: go back to approved at once."),
    "untouched": gettext_lazy(
        "On the dialer and untouched when last seen: deleted there and approved again, unless the"
        " dialer says otherwise."
    ),
    "moved": gettext_lazy("In another list of the dialer by now: stay there."),
    "open": gettext_lazy("Still on their way: looked at when it is known what became of them."),
    "refused": gettext_lazy("Refused, so never on the dialer: stay as they are."),
}


def foreseen(batch: PushBatch) -> list[tuple[int, str]]:
    """What an undo will and will not take back, and that the dialer has the last word."""
    words = []
    for code, number in before_undo(batch):
        kind, _colon, status = code.partition(":")
        known = _("Have the status %(status)s there, so somebody worked on them: stay there.")
        words.append((number, str(FORESEEN.get(kind) or known % {"status": status})))
    return words


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
            " deleted there and are approved again. All others stay, each with the reason. The"
            " dialer is asked about each lead just before."
        ),
        undo,
        foreseen,
    ),
]


class BatchList(PageList):
    """Counts the leads of a page's batches by one query, not one a row."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        batches: list[Any] = list(self.result_list)
        counts = counts_of([batch.pk for batch in batches])
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
        number_column("selected", gettext_lazy("selected")),
        "pushed",
        "refused",
        "still_open",
        "created_by",
        "made",
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

    @admin.display(description=gettext_lazy("Status"))
    def status_badge(self, batch: PushBatch) -> SafeString:
        return badge(batch.get_status_display(), BatchStatus(batch.status).colour)

    @admin.display(description=gettext_lazy("created at"))
    def made(self, batch: PushBatch) -> str:
        return when(batch.created_at)

    @admin.display(description=gettext_lazy("Pushed"))
    def pushed(self, batch: Any) -> str:
        return grouped(batch.now.get(LeadStatus.PUSHED, 0))

    @admin.display(description=gettext_lazy("Refused"))
    def refused(self, batch: Any) -> str:
        return grouped(batch.now.get(LeadStatus.REFUSED, 0))

    @admin.display(description=gettext_lazy("Open"))
    def still_open(self, batch: Any) -> str:
        return grouped(sum(batch.now.get(status, 0) for status in OPEN))

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export_view)
        return [
            path("<int:pk>/export.<str:kind>", export, name="leads_pushbatch_export"),
            *GroupPages(self).urls(),
            *VerbPages(self, VERBS).urls(),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """The batch's leads as a file; who took it is written down."""
        if request.method != "GET" or not request.user.has_perm(EXPORT):
            raise PermissionDenied
        batch = self.get_queryset(request).filter(pk=pk).first()
        if batch is None or kind not in FILES:
            raise Http404
        back = reverse("admin:leads_pushbatch_change", args=[pk])
        what = say("leads of batch %(number)s", number=pk)
        return as_file(request, what, kind, f"batch={pk}", batch_leads.rows(batch), back)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushBatch]:
        batches: QuerySet[PushBatch] = super().get_queryset(request)
        return batches.select_related("dialer", "dialer_list__dialer", "created_by", "changed_by")

    def context_of(self, request: HttpRequest, batch: PushBatch) -> dict[str, Any]:
        now = figures(batch.pk)
        counts = now.counts
        still_open = sum(counts.get(status, 0) for status in OPEN)
        moving = batch.status == S.RUNNING and still_open > 0
        pace_now = per_second(batch) if moving else 0.0
        seconds = seconds_left(counts.get(LeadStatus.QUEUED, 0), pace_now)
        attempts = f"batch__id__exact={batch.pk}"
        attempts_url = f"{reverse('admin:leads_pushattempt_changelist')}?{attempts}"
        return {
            "title": f"{_('Batch')} {batch.pk}",
            "batch": batch,
            "colour": BatchStatus(batch.status).colour,
            "live": batch.status in (S.RUNNING, S.PAUSED)
            or still_open > 0
            or batch.is_being_undone,
            "waits": translated(pace.why_closed(batch.dialer))
            if still_open or batch.is_being_undone
            else "",
            "percent": percent_settled(batch.selected, still_open),
            "moving": moving,
            "pace": pace_now,
            "until": timezone.now() + timedelta(seconds=seconds) if seconds else None,
            "counted_at": now.at,
            "counts": [(status, counts[status]) for status in LeadStatus if status in counts],
            "away": batch.selected - sum(counts.values()),
            "kept": kept_by_undo(batch),
            "kept_files": self._files(request, "pushattempt", f"?{attempts}&outcome__exact=kept"),
            "files": self._files(request, "pushbatch", "", batch.pk),
            "refusals": [
                (code, translated(sentence_for(code)), number, offered(request, batch, code))
                for code, number in now.refused
            ],
            "unclear": [
                (code, translated(sentence_for(code)), number) for code, number in now.unclear
            ],
            "buttons": VerbPages(self, VERBS).buttons(request, batch),
            "attempts_url": attempts_url,
            "leads_url": f"{reverse('admin:leads_lead_changelist')}?batch__id__exact={batch.pk}",
        }

    @staticmethod
    def _files(request: HttpRequest, model: str, query: str, *args: Any) -> list[tuple[str, str]]:
        """(kind, address) of the files; none without the right to export."""
        if not request.user.has_perm(EXPORT):
            return []
        name = f"admin:leads_{model}_export"
        return [(kind, reverse(name, args=[*args, kind]) + query) for kind in FILES]
