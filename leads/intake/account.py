"""Every row accounted for: rows = staged + invalid + duplicate, as the database counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import CharField, Count, F, Func

from leads.models import Import, Lead, LeadStatus
from leads.reports.standing import standing
from leads.sentence import say


@dataclass
class Counts:
    """Rows read from a file, and what became of them."""

    rows: int = 0
    staged: int = 0
    invalid: int = 0
    duplicate: int = 0

    def add(self, statuses: Sequence[str]) -> None:
        """Count rows by what they became."""
        self.rows += len(statuses)
        self.staged += statuses.count(LeadStatus.STAGED)
        self.invalid += statuses.count(LeadStatus.INVALID)
        self.duplicate += statuses.count(LeadStatus.DUPLICATE)


class NotAccountedFor(Exception):
    """The table does not hold what was read: a mistake in the program, and nothing is loaded."""


def account(run: Import, counted: Counts) -> None:
    """Compare what was read with what the table holds. Raises NotAccountedFor."""
    there = standing(Lead.objects.filter(import_run=run))
    held = Counts(there["rows"], there["staged"], there["invalid"], there["duplicate"])
    if held != counted or held.rows != held.staged + held.invalid + held.duplicate:
        raise NotAccountedFor(
            say("%(counted)s were read, but the table holds %(held)s.", counted=counted, held=held)
        )


def codes(run: Import, column: Literal["reasons", "warnings"] = "reasons") -> dict[str, int]:
    """How often each code stands in `reasons` (or `warnings`) of an import's rows, most first."""
    code = Func(F(column), function="unnest", output_field=CharField())
    found = Lead.objects.filter(import_run=run).order_by().annotate(code=code).values("code")
    counted = found.annotate(number=Count("pk")).order_by("-number", "code")
    return dict(counted.values_list("code", "number"))
