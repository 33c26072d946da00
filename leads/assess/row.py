"""One row of cells, and what it becomes as a lead.

Review asks for each correction, intake for what `columns.py` does not know: one set of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from leads.cleaning.reasons import Note, Severity
from leads.cleaning.row import clean_cell, clean_row
from leads.cleaning.rules import Rules
from leads.models import Import
from leads.vicidial.fields import FIELDS
from leads.vicidial.request import losses

WIRE_LOSS = "WIRE_LOSS"
# The server computes its own offset, and the batch says the list: nothing of these is sent.
NOT_SENT = ("gmt_offset_now", "list_id")
_PLACES = {field: place for place, field in enumerate(("", *FIELDS))}


@dataclass(frozen=True)
class Assessment:
    """Cleaned values by VICIdial's field names, the phone in E.164 ("" if unreadable), codes of
    what stops the lead and of what a reviewer should see, and every finding in full (those about
    the row as a whole first, then in the order of add_lead's fields)."""

    values: Mapping[str, str]
    phone_e164: str
    reasons: list[str]
    warnings: list[str]
    findings: list[dict[str, str]]

    @property
    def stops(self) -> bool:
        return bool(self.reasons)

    def columns(self) -> dict[str, Any]:
        """The columns of Lead that say what was found."""
        return {
            "phone_e164": self.phone_e164,
            "reasons": self.reasons,
            "warnings": self.warnings,
            "findings": self.findings or None,
        }


def assess(values: Mapping[str, str], rules: Rules, more: tuple[Note, ...] = ()) -> Assessment:
    """Clean a row and say what the dialer would make of it.

    `values` are cells by VICIdial's field names; `rules` are the source's; `more` are findings
    about the row as a whole (too many cells, bytes that were no text).
    """
    row = clean_row(values, rules)
    findings = [*map(as_json, more), *_findings(row.notes, row.values, rules)]
    return Assessment(
        row.values,
        row.phone_e164,
        codes(findings, Severity.STOPS),
        codes(findings, Severity.WARNS),
        findings,
    )


def assess_cell(field: str, given: str, rules: Rules) -> tuple[str, list[dict[str, str]]]:
    """The value and the findings of a cell that depends on no other (see `clean_cell`)."""
    value, notes = clean_cell(field, given, rules)
    return value, _findings(notes, {field: value}, rules)


def _findings(
    notes: Iterable[Note], values: Mapping[str, str], rules: Rules
) -> list[dict[str, str]]:
    sent = {name: value for name, value in values.items() if name not in NOT_SENT}
    found = [as_json(note) for note in notes]
    found += [_as_loss(*lost) for lost in losses(sent, rules.accents)]
    # By field, so that the parts of a row can be assessed one by one with the same outcome.
    return sorted(found, key=lambda one: place_of(one["field"])) if len(found) > 1 else found


def place_of(field: str) -> tuple[int, str]:
    """Where the findings about a field stand: the row as a whole, add_lead's fields, others."""
    return _PLACES.get(field, len(_PLACES)), field


def codes(findings: Iterable[Mapping[str, str]], severity: Severity) -> list[str]:
    """The codes of one severity, each once."""
    return list(dict.fromkeys(one["code"] for one in findings if one["severity"] == severity))


def rules_of(run: Import) -> Rules:
    """How the import's source writes its numbers and dates, and what its dialer keeps."""
    source = run.lead_source
    return Rules(
        country=run.country,
        unassigned=source.unassigned_numbers,  # type: ignore[arg-type]
        date_order=source.date_order,  # type: ignore[arg-type]
        accents=bool(run.dialer and run.dialer.accents),
        today=timezone.localdate(),
    )


def as_json(note: Note) -> dict[str, str]:
    """A finding as the lead keeps it."""
    return {
        "severity": note.severity.value,
        "code": note.code,
        "field": note.field,
        "given": note.given,
        "becomes": note.becomes,
        "text": note.sentence,
    }


def _as_loss(field: str, given: str, stored: str, sentence: str) -> dict[str, str]:
    return {
        "severity": Severity.WARNS.value,
        "code": WIRE_LOSS,
        "field": field,
        "given": given,
        "becomes": stored,
        "text": sentence,
    }
