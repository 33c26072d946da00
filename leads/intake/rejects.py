"""The rows of an import that were not staged, as a file to give back to whoever supplied them.

Each row has its original cells as they came, the line on which it stood, why it was not taken, and
what to do about it. Corrected and uploaded again, the file is known by its first columns and linked
to the import it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.db.models import QuerySet

from leads.cleaning.reasons import REASONS, Severity
from leads.dedup.same_number import BY_NUMBER
from leads.models import Import, Lead, LeadStatus
from leads.reports import tables
from leads.sentence import joined, say
from leads.words import translated

# The first columns of such a file. None of them is a name that a column of leads could have.
COLUMNS = ("portal_import", "portal_line", "portal_status", "portal_reason", "portal_suggestion")
# The columns of a lead by which `why_twin` says what it is a duplicate of.
TWIN = (
    "duplicate_why",
    "duplicate_of",
    "duplicate_of__lead_source",
    "duplicate_of__import_run__filename",
    "duplicate_of__line",
)
_AT_ONCE = 2000


def rejected(run: Import) -> int:
    """How many rows of the import are invalid or duplicates now."""
    return _rows(run).count()


def as_csv(run: Import) -> Iterator[bytes]:
    """The file as CSV, part by part."""
    return tables.as_csv(_table(run))


def as_xlsx(run: Import, path: Path) -> None:
    """Write the file as XLSX to `path`. Raises ValueError if a sheet cannot hold so many rows."""
    tables.as_xlsx(_table(run), path, "Rejected rows", wide=(3, 4))


def corrects(header: Sequence[str], first: Sequence[str]) -> int | None:
    """The id of the import that a file with this header and first row was made from, if any."""
    if tuple(cell.strip().lower() for cell in header[: len(COLUMNS)]) != COLUMNS or not first:
        return None
    found = first[0].strip()
    return int(found) if re.fullmatch(r"[0-9]{1,18}", found) else None


def not_own(header: Sequence[str]) -> int:
    """How many of a file's first columns are ours: of one that was rejected rows itself only the
    supplier's own columns go back."""
    return len(COLUMNS) if corrects(header, ["0"]) is not None else 0


def _rows(run: Import) -> QuerySet[Lead]:
    return Lead.objects.filter(
        import_run=run, status__in=[LeadStatus.INVALID, LeadStatus.DUPLICATE]
    )


def _table(run: Import) -> Iterator[list[str]]:
    """The header and the rows, in the order of the file."""
    own = not_own(run.header)
    yield [*COLUMNS, *run.header[own:]]
    columns = ("line", "status", "raw", "reasons", "findings")
    names = (*columns, *TWIN)
    found = _rows(run).order_by("line", "id").values_list(*names)
    for line, status, raw, codes, findings, *twin in found.iterator(chunk_size=_AT_ONCE):
        if status == LeadStatus.DUPLICATE:
            reason, suggestion = why_twin(run.lead_source_id, *twin)
        else:
            reason, suggestion = why_invalid(codes, findings or [])
        label = LeadStatus(status).value
        words = (translated(reason), translated(suggestion))
        yield [str(run.pk), str(line), label, *words, *(c or "" for c in raw[own:])]


def why_invalid(codes: Iterable[str], findings: Iterable[dict[str, str]]) -> tuple[str, str]:
    texts = [f["text"] for f in findings if f.get("severity") == Severity.STOPS.value]
    remedies = [REASONS[code].remedy for code in codes if code in REASONS]
    for remedy in filter(None, remedies):
        texts = [text.removesuffix(remedy).rstrip() for text in texts]
    return joined(map(translated, texts)), joined(dict.fromkeys(map(translated, remedies)))


def why_twin(
    source: int, why: str, lead: int, of: int, filename: str, line: int
) -> tuple[str, str]:
    """The reason and the suggestion for a duplicate of a `source`; the other values are those of
    TWIN. What other sources gave is named to nobody."""
    place = (
        say(" (%(filename)s, line %(line)s)", filename=filename, line=line) if of == source else ""
    )
    known = say("lead %(lead)s of the portal already%(place)s.", lead=lead, place=place)
    if why in BY_NUMBER:
        return say("The phone number is %(known)s", known=known), say(
            "Leave the row out, or give another number."
        )
    return say("The person is %(known)s", known=known), say("Leave the row out.")
