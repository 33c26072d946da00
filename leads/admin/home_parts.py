"""The parts of home: what waits for review, dialers, what is under way, and who pushed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.admin.desk import TITLES
from leads.dialers import pace
from leads.models import BatchStatus, Dialer, Export, Import, ImportStatus, Outcome, PushBatch
from leads.reports.counted import Counted
from leads.reports.dialers_now import Recent
from leads.reports.pushes import by_whom, outcomes_by_dialer, refusals
from leads.reports.under_way import progress
from leads.review.queues import Waits
from leads.vicidial.reasons import sentence_for
from leads.words import translated

SHOWN = 5
HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
PUSH = "leads.push_lead"


@dataclass(frozen=True)
class Share:
    """One outcome among the calls of a dialer."""

    label: str
    calls: int
    percent: str


def queues(waits: list[Waits]) -> list[dict[str, Any]]:
    """The review desk's queues, each with its address."""
    return [
        {
            "title": TITLES[one.queue],
            "leads": one.leads,
            "since": one.since,
            "url": reverse("admin:leads_desk_queue", args=[one.queue.value]),
        }
        for one in waits
    ]


def dialers(counted: Counted, recent: Mapping[int, Recent]) -> list[dict[str, Any]]:
    """Every dialer with its state, its calls a minute, and what they were answered."""
    mixes = outcomes_by_dialer(counted)
    return [
        {
            "dialer": dialer,
            "waits": translated(pace.why_closed(dialer)),
            "recent": recent.get(dialer.pk, Recent()),
            "now": shares(recent.get(dialer.pk, Recent()).outcomes),
            "day": shares(mixes.get(dialer.pk, {})),
        }
        for dialer in Dialer.objects.all()
    ]


def shares(outcomes: Mapping[str, int]) -> list[Share]:
    """The outcomes with their part of all, most first; calls that are on their way are none."""
    known = {Outcome(outcome): calls for outcome, calls in outcomes.items() if outcome and calls}
    total = sum(known.values())
    ordered = sorted(known.items(), key=lambda each: (-each[1], each[0].label))
    return [Share(str(one.label), calls, percentage(calls, total)) for one, calls in ordered]


def percentage(part: int, whole: int) -> str:
    """In whole per cent; what is not all, and not none, does not look so."""
    rounded = round(100 * part / whole)
    if rounded == 0 and part:
        return "<1"
    return ">99" if rounded == 100 and part < whole else str(rounded)


def running_imports(request: HttpRequest) -> list[dict[str, Any]]:
    """Imports that wait or are being loaded, with how far they are: reviewers see their own."""
    runs = Import.objects.select_related("lead_source", "created_by").filter(
        status__in=[ImportStatus.WAITING, ImportStatus.RUNNING]
    )
    if not request.user.has_perm(PUSH):
        runs = runs.filter(created_by=request.user.pk)
    return [
        {"run": run, "percent": min(100, round(100 * run.bytes_done / max(run.size, 1)))}
        for run in runs[:SHOWN]
    ]


def running_batches(request: HttpRequest, recent: Mapping[int, Recent]) -> list[dict[str, Any]]:
    """Batches that are not at their end, with how far they are and how long it takes."""
    if not request.user.has_perm("leads.view_pushbatch"):
        return []
    running: QuerySet[PushBatch] = PushBatch.objects.select_related("dialer_list__dialer").filter(
        status__in=[BatchStatus.RUNNING, BatchStatus.PAUSED]
    )
    batches = list(running[:SHOWN])
    if not batches:
        return []
    far = progress(batches)
    found = []
    for batch in batches:
        here, dialer = far[batch.pk], batch.dialer_list.dialer
        rate = recent.get(dialer.pk, Recent()).answers_per_minute(batch.pk)
        waits = translated(pace.why_closed(dialer))
        goes_on = batch.status == BatchStatus.RUNNING and not waits
        minutes = here.minutes_left(rate) if goes_on else None
        found.append(
            {
                "batch": batch,
                "far": here,
                "waits": waits,
                "rate": round(rate),
                "left": in_words(minutes) if minutes else "",
            }
        )
    return found


def in_words(minutes: int) -> str:
    """About how long that is."""
    if minutes < HOUR_MINUTES:
        return ngettext(
            "about %(number)s minute left", "about %(number)s minutes left", minutes
        ) % {"number": minutes}
    if minutes < DAY_MINUTES:
        hours = round(minutes / HOUR_MINUTES)
        return ngettext("about %(number)s hour left", "about %(number)s hours left", hours) % {
            "number": hours
        }
    days = round(minutes / DAY_MINUTES)
    return ngettext("about %(number)s day left", "about %(number)s days left", days) % {
        "number": days
    }


def refused(counted: Counted) -> list[dict[str, Any]]:
    """Why dialers refused leads in the last days, each with the address of those calls."""
    history = reverse("admin:leads_pushattempt_changelist")
    return [
        {
            "reason": reason or _("no reason given"),
            "sentence": translated(sentence_for(reason)),
            "outcome": Outcome(outcome).label,
            "calls": calls,
            "url": f"{history}?outcome__exact={outcome}"
            + (f"&reason__exact={reason}" if reason else ""),
        }
        for reason, outcome, calls in refusals(counted)
    ]


def pushers(counted: Counted) -> list[dict[str, Any]]:
    """Who put how many leads into which list in the last days."""
    history = reverse("admin:leads_pushattempt_changelist")
    return [
        {
            "who": one.user or _("a command, without a user"),
            "list": f"{one.list_id} {one.list_name}".strip(),
            "dialer": one.dialer,
            "leads": one.leads,
            "url": f"{history}?user__id__exact={one.user_id}&asked_list_id={one.list_id}"
            "&outcome__exact=added"
            if one.user_id
            else "",
        }
        for one in by_whom(counted)
    ]


def exports() -> list[Export]:
    """The latest downloads of data."""
    return list(Export.objects.select_related("by")[:SHOWN])
