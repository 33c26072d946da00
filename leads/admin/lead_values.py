"""A lead's values side by side: what came in, what it became, what the dialer holds."""

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


@dataclass
class Row:
    """One field: the cells it came from as (column, cell), its value, what is sent and held."""

    name: str
    cells: list[tuple[str, str]] = field(default_factory=list)
    now: str = ""
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


def rows_of(lead: Lead) -> list[Row]:
    """A row for each field that has or had a value, then one for each column that was not used."""
    rows = {name: Row(name) for name in FIELDS}
    unused = []
    for column, target, cell in _cells(lead):
        parts = [part for part in SPLIT.get(target or "", (target,)) if part in rows]
        for part in parts:
            rows[part].cells.append((column, cell))
        if cell and not parts:
            unused.append(Row("", [(column, cell)]))
    stored = _stored(lead)
    for name, row in rows.items():
        value = getattr(lead, name)
        row.now = "" if value is None else str(value)
        row.stored, row.loss = stored.get(name, ("", ""))
    return [row for row in rows.values() if row.given or row.now or row.stored] + unused


def _cells(lead: Lead) -> Iterator[tuple[str, str | None, str]]:
    """Column name, field name or None, and cell, for each cell of the row as it came."""
    run = lead.import_run
    raw = lead.raw if isinstance(lead.raw, list) else []
    for number, (column, target, cell) in enumerate(
        zip_longest(run.header, run.mapping, raw), start=1
    ):
        name = column or _("column %(number)s") % {"number": number}
        yield name, target, "" if cell is None else str(cell)


def _stored(lead: Lead) -> Mapping[str, tuple[str, str]]:
    """Field -> (what the dialer holds or will hold, what is lost on the way in words)."""
    accents = bool(lead.dialer and lead.dialer.accents)
    options: dict[str, Any] = lead.batch.options if lead.batch else {}
    values = lead.wire_values()
    held = {name: (clean(name, value, accents).stored, "") for name, value in values.items()}
    for name, _given, becomes, sentence in losses(values, accents, options):
        held[name] = (becomes, sentence)
    if lead.vicidial_list_id:
        held["list_id"] = (str(lead.vicidial_list_id), "")
    elif lead.batch:
        held["list_id"] = (str(lead.batch.dialer_list.list_id), "")
    return held
