"""The charts of home, each from one query of `leads.reports`."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leads.admin.charts import Chart, Series
from leads.models import LeadStatus, Outcome
from leads.reports.counted import Counted
from leads.reports.latency import latency_by_hour
from leads.reports.pushes import NOT_SENT, outcomes_by_day
from leads.reports.standings import Standing, funnels, leads_by_day

S = LeadStatus
STALE = timedelta(minutes=15)
DAY, HOUR = "j M", "D H:i"
COLOURS = {
    S.STAGED: "--chart-sky",
    S.INVALID: "--chart-yellow",
    S.DUPLICATE: "--chart-grey",
    S.REJECTED: "--chart-ink",
    S.APPROVED: "--chart-blue",
    S.PUSHED: "--chart-green",
    S.REFUSED: "--chart-red",
}
ON_THEIR_WAY = (S.QUEUED, S.SENDING, S.UNCLEAR)


def as_of(at: datetime | None, live: bool) -> str:
    """A sentence: as of when numbers are that are not of this moment; empty for those that are."""
    if live:
        return ""
    if at is None:
        return _("These numbers are still being counted: a worker does it within minutes.")
    when = date_format(timezone.localtime(at), "j M Y H:i")
    if timezone.now() - at > STALE:
        return _(
            "As of %(when)s. Nothing was counted since then: are a worker and its beat running?"
        ) % {"when": when}
    return _("As of %(when)s; it is counted anew every few minutes.") % {"when": when}


def leads_chart(standing: Standing) -> Chart:
    """Leads by status, at the end of each of the last days."""
    days = leads_by_day(standing.live)

    def series(label: str, colour: str, *statuses: LeadStatus) -> Series:
        return Series(
            label,
            [
                sum(counts.get(status, 0) for status in statuses) if counts else None
                for counts in days.values()
            ],
            colour,
        )

    lines = {
        status: series(str(status.label), colour, status) for status, colour in COLOURS.items()
    }
    way = series(_("On their way"), "--chart-purple", *ON_THEIR_WAY)
    shown = [S.PUSHED, S.REFUSED, None, S.APPROVED, S.STAGED, S.INVALID, S.DUPLICATE, S.REJECTED]
    return Chart(
        "leads",
        _("Leads by status"),
        _("Day"),
        [date_format(day, DAY) for day in days],
        [lines[status] if status else way for status in shown],
        as_of(standing.at, standing.live),
        unit=_("leads at the end of the day"),
    )


def funnel_chart(standing: Standing) -> Chart:
    """What came in from each source, and how far it is now."""
    found = funnels(standing.live)
    return Chart(
        "funnel",
        _("From each source"),
        _("Source"),
        [each.source for each in found],
        [
            Series(_("In"), [each.rows for each in found], "--chart-sky"),
            Series(str(S.INVALID.label), [each.invalid for each in found], "--chart-yellow"),
            Series(str(S.DUPLICATE.label), [each.duplicate for each in found], "--chart-grey"),
            Series(_("Approved so far"), [each.approved for each in found], "--chart-blue"),
            Series(str(S.PUSHED.label), [each.pushed for each in found], "--chart-green"),
            Series(str(S.REFUSED.label), [each.refused for each in found], "--chart-red"),
        ],
        as_of(standing.at, standing.live),
        form="side by side",
        unit=_("leads, as they stand now"),
        urls=[reverse("admin:leads_source_change", args=[each.source_id]) for each in found],
    )


def pushes_chart(counted: Counted) -> Chart:
    """What became of the add_lead calls of each of the last days."""
    days = outcomes_by_day(counted)

    def series(label: str, colour: str, *outcomes: Outcome) -> Series:
        return Series(
            label,
            [sum(counts.get(one, 0) for one in outcomes) for counts in days.values()],
            colour,
        )

    return Chart(
        "pushes",
        _("Pushes per day"),
        _("Day"),
        [date_format(day, DAY) for day in days],
        [
            series(str(Outcome.ADDED.label), "--chart-green", Outcome.ADDED),
            series(str(Outcome.DUPLICATE.label), "--chart-grey", Outcome.DUPLICATE),
            series(str(Outcome.REFUSED.label), "--chart-red", Outcome.REFUSED),
            series(str(Outcome.UNCLEAR.label), "--chart-yellow", Outcome.UNCLEAR),
            series(_("Not sent, or stopped"), "--chart-ink", *NOT_SENT),
        ],
        as_of(counted.at, counted.live),
        unit=_("calls, by what they were answered"),
    )


def latency_chart(counted: Counted) -> Chart:
    """How long the dialers took to answer, hour by hour."""
    hours = latency_by_hour(counted)
    found = hours.values()
    return Chart(
        "latency",
        _("How long dialers take to answer"),
        _("Hour"),
        [date_format(timezone.localtime(hour), HOUR) for hour in hours],
        [
            Series(_("Median"), [one.median if one else None for one in found], "--chart-blue"),
            Series(
                _("95 of 100 are faster"),
                [one.high if one else None for one in found],
                "--chart-red",
                dashed=True,
            ),
        ],
        as_of(counted.at, counted.live),
        form="line",
        unit=_("milliseconds, to within 3 %"),
    )
