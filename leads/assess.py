"""What one row of cells becomes as a lead: cleaned, held against the wire, with its findings.

Intake asks for each row of a file, review for each correction: the same rules for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from leads.cleaning.reasons import Note, Severity
from leads.cleaning.row import clean_row
from leads.cleaning.rules import Rules
from leads.models import Import
from leads.vicidial.request import losses

WIRE_LOSS = "WIRE_LOSS"
# The server computes its own offset, and the batch says the list: nothing of these is sent.
NOT_SENT = ("gmt_offset_now", "list_id")


@dataclass(frozen=True)
class Assessment:
    """Cleaned values by VICIdial's field names, the phone in E.164 ("" if unreadable), codes of
    what stops the lead and of what a reviewer should see, and every finding in full."""

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
    notes = (*more, *row.notes)
    findings = [_as_json(note) for note in notes]
    warnings = [note.code for note in notes if note.severity is Severity.WARNS]
    sent = {name: value for name, value in row.values.items() if name not in NOT_SENT}
    for field, given, stored, sentence in losses(sent, rules.accents):
        warnings.append(WIRE_LOSS)
        findings.append(
            {
                "severity": Severity.WARNS.value,
                "code": WIRE_LOSS,
                "field": field,
                "given": given,
                "becomes": stored,
                "text": sentence,
            }
        )
    return Assessment(
        row.values,
        row.phone_e164,
        _once([note.code for note in notes if note.severity is Severity.STOPS]),
        _once(warnings),
        findings,
    )


def rules_of(run: Import) -> Rules:
    """How the import's source writes its numbers and dates."""
    source = run.lead_source
    return Rules(
        country=run.country,
        unassigned=source.unassigned_numbers,  # type: ignore[arg-type]
        date_order=source.date_order,  # type: ignore[arg-type]
        today=timezone.localdate(),
    )


def _as_json(note: Note) -> dict[str, str]:
    return {
        "severity": note.severity.value,
        "code": note.code,
        "field": note.field,
        "given": note.given,
        "becomes": note.becomes,
        "text": note.sentence,
    }


def _once(codes: list[str]) -> list[str]:
    return list(dict.fromkeys(codes))
