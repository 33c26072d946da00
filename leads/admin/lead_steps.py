"""A lead's way as a line of steps: what is done, where it stands now, what is yet to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead, LeadStatus
from leads.models.status import ON_ITS_WAY

S = LeadStatus
DONE, NOW, STOPPED, AHEAD = "done", "now", "stopped", "ahead"
# How each is drawn, and what it is called for those who do not see the drawing.
LOOKS: dict[str, tuple[str, Any]] = {
    DONE: ("check", gettext_lazy("done")),
    NOW: ("more_horiz", gettext_lazy("now")),
    STOPPED: ("priority_high", gettext_lazy("stopped here")),
    AHEAD: ("", gettext_lazy("not yet")),
}


@dataclass(frozen=True)
class Step:
    """One step of a lead's way; `at` is None if it has not come that far, or nobody noted it."""

    name: str
    state: str = AHEAD
    at: datetime | None = None
    who: str = ""

    @property
    def icon(self) -> str:
        return LOOKS[self.state][0]

    @property
    def said(self) -> str:
        return str(LOOKS[self.state][1])


def steps(lead: Lead) -> list[Step]:
    """Imported, decided on, queued, on the dialer: four steps, whatever became of the lead."""
    return [
        Step(_("Imported"), DONE, lead.created_at, str(lead.import_run.created_by or "")),
        _decided(lead),
        _queued(lead),
        _sent(lead),
    ]


def _decided(lead: Lead) -> Step:
    at, who = lead.decided_at, str(lead.decided_by or "")
    match lead.status:
        case S.INVALID:
            return Step(_("Invalid"), STOPPED)
        case S.DUPLICATE:
            return Step(_("Duplicate"), STOPPED, at, who)
        case S.REJECTED:
            return Step(_("Rejected"), STOPPED, at, who)
        case S.STAGED:
            return Step(_("Waits for a reviewer"), NOW)
        case _:
            return Step(_("Approved"), DONE, at, who)


def _queued(lead: Lead) -> Step:
    batch = lead.batch if lead.status in (ON_ITS_WAY | {S.REFUSED}) else None
    if batch:
        return Step(_("Queued"), DONE, batch.created_at, str(batch.created_by or ""))
    if lead.status == S.APPROVED:
        return Step(_("Waits to be queued"), NOW)
    return Step(_("Queued"))


def _sent(lead: Lead) -> Step:
    dialer = str(lead.dialer or "")
    match lead.status:
        case S.QUEUED:
            return Step(_("Waits to be sent"), NOW)
        case S.SENDING:
            return Step(_("Being sent"), NOW, who=dialer)
        case S.UNCLEAR:
            return Step(_("Unclear"), STOPPED, who=dialer)
        case S.REFUSED:
            return Step(_("Refused"), STOPPED, who=dialer)
        case S.PUSHED:
            return Step(_("Pushed"), DONE, lead.pushed_at, dialer)
        case _:
            return Step(_("Pushed"))
