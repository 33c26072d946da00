"""The rows of several imports of one source that were not taken, as a table for the supplier.

Its columns are those of all the files, each once. Nothing of another source is named in it, and
nobody of ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from leads.intake.rejects import TWIN, not_own, why_invalid, why_twin
from leads.models import Import, Lead, LeadStatus, Source
from leads.sentence import say
from leads.words import translated

# None of them is a name that a column of leads could have.
COLUMNS = ("portal_file", "portal_line", "portal_status", "portal_reason", "portal_suggestion")
NOT_TAKEN = (LeadStatus.INVALID, LeadStatus.DUPLICATE, LeadStatus.REJECTED, LeadStatus.REFUSED)
WIDE = (3, 4)
_AT_ONCE = 2000
_COLUMNS = ("import_run", "line", "status", "raw", "reasons", "findings")
_DECIDED = ("decision_reason", "refusal_reason")

Key = tuple[str, int]  # a column's name, and the how many-th of that name it is in its file


def rows(
    source: Source, imports: Sequence[int], decisions: Mapping[str, str]
) -> Iterator[list[str]]:
    """The header, then a row for each row that was not taken, file by file in the order of lines.

    `imports` are ids of imports of the source (others are passed over); `decisions` says in words
    why a reviewer rejected, by code. Read with a cursor of the server, so memory does not grow with
    the rows.
    """
    runs = Import.objects.filter(pk__in=imports, lead_source=source).order_by("pk")
    files = {run.pk: run for run in runs.only("pk", "filename", "header")}
    keys = {pk: _keys(run.header[not_own(run.header) :]) for pk, run in files.items()}
    every = dict.fromkeys(chain.from_iterable(keys.values()))
    places = {key: place for place, key in enumerate(every)}
    yield [*COLUMNS, *(name for name, _ in places)]
    leads = Lead.objects.filter(import_run__in=list(files), status__in=NOT_TAKEN)
    found = leads.order_by("import_run", "line", "id").values_list(*_COLUMNS, *_DECIDED, *TWIN)
    for run, line, status, raw, *why in found.iterator(chunk_size=_AT_ONCE):
        cells = [""] * len(places)
        for key, cell in zip(keys[run], raw[not_own(files[run].header) :], strict=False):
            cells[places[key]] = cell or ""
        reason, suggestion = _why(source.pk, status, decisions, *why)
        words = (translated(reason), translated(suggestion))
        yield [files[run].filename, str(line), status, *words, *cells]


def _keys(header: Sequence[str]) -> list[Key]:
    seen: Counter[str] = Counter()
    keys = []
    for name in header:
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys


def _why(
    source: int,
    status: str,
    decisions: Mapping[str, str],
    codes: Sequence[str],
    findings: Any,
    decision: str,
    refusal: str,
    *twin: Any,
) -> tuple[str, str]:
    """The reason and the suggestion for one row."""
    match status:
        case LeadStatus.INVALID:
            return why_invalid(codes, findings or [])
        case LeadStatus.DUPLICATE:
            return why_twin(source, *twin)
        case LeadStatus.REJECTED:
            return str(decisions.get(decision, decision)), ""
        case _:
            words = translated(refusal.replace("_", " ").lower())
            return say("The dialer refused it: %(refusal)s.", refusal=words), ""
