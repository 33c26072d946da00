"""A lead's values side by side: what came in, what it became, what was sent, what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from leads.intake.mapping import SPLIT
from leads.models import Lead
from leads.vicidial.fields import FIELDS
from leads.vicidial.request import losses
from leads.vicidial.wire import clean
from leads.words import translated


@dataclass
class Row:
    """One field: the cells it came from as (column, cell), its value, what is sent and held."""

    name: str
    cells: list[tuple[str, str]] = field(default_factory=list)
    now: str = ""
    sent: str = ""
    stored: str = ""
    loss: str = ""

    @property
    def given(self) -> bool:
        """Whether anything came in for it."""
        return any(cell for _column, cell in self.cells)

    @property
    def changed(self) -> bool:
        """Whether cleaning made something else of the cell."""
        return (
            bool(self.name) and self.given and all(cell != self.now for _column, cell in self.cells)
        )


def rows_of(lead: Lead, request: Mapping[str, Any] | None = None) -> list[Row]:
    """A row for each field that has or had a value, then one for each column that was not used.

    `request` is what its add_lead attempt sent; without it, what would be sent stands there.
    """
    rows = {name: Row(name) for name in FIELDS}
    unused = []
    for column, target, cell in _cells(lead):
        parts = [part for part in SPLIT.get(target or "", (target,)) if part in rows]
        for part in parts:
            rows[part].cells.append((column, cell))
        if cell and not parts:
            unused.append(Row("", [(column, cell)]))
    sent = _really_sent(lead, request) if request else _to_be_sent(lead)
    for name, row in rows.items():
        value = getattr(lead, name)
        row.now = "" if value is None else str(value)
        row.sent, row.stored, row.loss = sent.get(name, ("", "", ""))
    return [row for row in rows.values() if row.given or row.now or row.sent] + unused


def _cells(lead: Lead) -> Iterator[tuple[str, str | None, str]]:
    """Column name, field name or None, and cell, for each cell of the row as it came."""
    run = lead.import_run
    raw = lead.raw if isinstance(lead.raw, list) else []
    for number, (column, target, cell) in enumerate(
        zip_longest(run.header, run.mapping, raw), start=1
    ):
        name = column or _("column %(number)s") % {"number": number}
        yield name, target, "" if cell is None else str(cell)


Sent = dict[str, tuple[str, str, str]]


def _really_sent(lead: Lead, request: Mapping[str, Any]) -> Sent:
    """Field -> (what the call carried, what the dialer has made of it, what was lost in words)."""
    accents = bool(lead.dialer and lead.dialer.accents)
    losses_of = {name: translated(sentence) for name, _given, _becomes, sentence in _losses(lead)}
    held = {
        name: (str(value), clean(name, str(value), accents).stored, losses_of.get(name, ""))
        for name, value in request.items()
    }
    if lead.vicidial_list_id and "list_id" in held:
        held["list_id"] = (held["list_id"][0], str(lead.vicidial_list_id), "")
    return held


def _to_be_sent(lead: Lead) -> Sent:
    """Field -> (what a call would carry, what the dialer will hold, what is lost in words)."""
    accents = bool(lead.dialer and lead.dialer.accents)
    held = {}
    for name, value in lead.wire_values().items():
        wire = clean(name, value, accents)
        held[name] = (wire.sent, wire.stored, "")
    for name, _given, becomes, sentence in _losses(lead):
        # What an option of the list costs is taken off before it is sent.
        held[name] = (held[name][0], becomes, translated(sentence))
    list_id = lead.vicidial_list_id or (lead.batch.dialer_list.list_id if lead.batch else None)
    if list_id:
        held["list_id"] = (str(list_id), str(list_id), "")
    return held


def _losses(lead: Lead) -> list[tuple[str, str, str, str]]:
    accents = bool(lead.dialer and lead.dialer.accents)
    options: dict[str, Any] = lead.batch.options if lead.batch else {}
    return losses(lead.wire_values(), accents, options)
