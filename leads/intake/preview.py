"""What an import would make of its rows, before anything of it is loaded."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from leads.assess import WIRE_LOSS, rules_of
from leads.intake.look import rows_of
from leads.intake.prepare import Preparer
from leads.intake.stored import layout_of
from leads.models import Import
from leads.vicidial.custom import custom_values

LOOKED_AT = 1000
SHOWN = 20


@dataclass(frozen=True)
class PreviewRow:
    """A row as it is (`cells`) and as it would be: `values` are (field, value), `stops` and
    `warns` sentences; `losses` are what the dialer would hold otherwise: (field, held, sentence).
    """

    line: int
    cells: list[str]
    values: list[tuple[str, str]]
    stops: list[str]
    warns: list[str]
    losses: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Preview:
    """The first rows, and of the first LOOKED_AT how many would be invalid, and why."""

    rows: list[PreviewRow]
    looked_at: int
    invalid: int
    reasons: list[tuple[str, int]]


def preview(run: Import) -> Preview:
    """Read, arrange, clean and check the first rows of the stored file; nothing is written.

    Whether a number is known already is not looked up. Raises IntakeError as reading does.
    """
    layout = layout_of(run)
    preparer = Preparer(layout.header, run.mapping, rules_of(run), run.fixed)
    with rows_of(run.file.path, layout) as rows:
        records = list(islice(rows, LOOKED_AT))
    if not records:
        return Preview([], 0, 0, [])
    assessed = preparer.prepare(records).assessed
    reasons = Counter(code for found in assessed.found.values() for code in found.reasons)
    shown = []
    for place, record in enumerate(records[:SHOWN]):
        found = assessed.found.get(place)
        findings = json.loads(found.findings) if found else []
        lost = [one for one in findings if one["code"] == WIRE_LOSS]
        values = [(name, column[place]) for name, column in assessed.values.items()]
        values += custom_values(run.mapping, record.cells).items()
        shown.append(
            PreviewRow(
                record.line,
                list(record.cells),
                [(name, value) for name, value in values if value],
                [one["text"] for one in findings if one["severity"] == "stops"],
                [one["text"] for one in findings if one["severity"] == "warns" and one not in lost],
                [(one["field"], one["becomes"], one["text"]) for one in lost],
            )
        )
    invalid = sum(bool(found.reasons) for found in assessed.found.values())
    return Preview(shown, len(records), invalid, reasons.most_common())
