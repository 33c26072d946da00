"""The rows of an import that were not staged, as a file to give back to whoever supplied them.

Each row has its original cells as they came, the line on which it stood, why it was not taken, and
what to do about it. Corrected and uploaded again, the file is known by its first columns and linked
to the import it came from.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import xlsxwriter
from django.db.models import QuerySet

from leads.cleaning.reasons import REASONS, Severity
from leads.models import Import, Lead, LeadStatus

# The first columns of such a file. None of them is a name that a column of leads could have.
COLUMNS = ("portal_import", "portal_line", "portal_status", "portal_reason", "portal_suggestion")
# What XLSX can hold: rows of a sheet, characters of a cell.
MOST_SHEET_ROWS = 1_048_576
MOST_CELL = 32_767
_AT_ONCE = 2000
# A spreadsheet takes these for the beginning of a formula, which can read other files and call
# addresses; plain numbers with a sign are none.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9 ().,/-]*")


def rejected(run: Import) -> int:
    """How many rows of the import are invalid or duplicates now."""
    return _rows(run).count()


def as_csv(run: Import) -> Iterator[bytes]:
    """The file as CSV in UTF-8 with a byte order mark (spreadsheets need it), part by part."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    for number, row in enumerate(_table(run)):
        writer.writerow([harmless(cell) for cell in row])
        if number % _AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def as_xlsx(run: Import, path: Path) -> None:
    """Write the file as XLSX to `path`; every cell is text. Raises ValueError if a sheet cannot
    hold so many rows."""
    if (number := rejected(run)) >= MOST_SHEET_ROWS:
        raise ValueError(
            f"{number:,} rows do not fit into one sheet ({MOST_SHEET_ROWS:,}): take the CSV file."
        )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("Rejected rows")
        sheet.freeze_panes(1, 0)
        sheet.set_column(3, 4, 60)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(_table(run)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:MOST_CELL], bold if number == 0 else None)


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: `as_given` takes the mark off."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def as_given(cell: str) -> str:
    """The cell without the mark of `harmless`."""
    return cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell


def corrects(header: Sequence[str], first: Sequence[str]) -> int | None:
    """The id of the import that a file with this header and first row was made from, if any."""
    if tuple(cell.strip().lower() for cell in header[: len(COLUMNS)]) != COLUMNS or not first:
        return None
    found = first[0].strip()
    return int(found) if re.fullmatch(r"[0-9]{1,18}", found) else None


def _rows(run: Import) -> QuerySet[Lead]:
    return Lead.objects.filter(
        import_run=run, status__in=[LeadStatus.INVALID, LeadStatus.DUPLICATE]
    )


def _table(run: Import) -> Iterator[list[str]]:
    """The header and the rows, in the order of the file."""
    # Of a file that was rejected rows itself only the supplier's own columns come back.
    own = len(COLUMNS) if corrects(run.header, ["0"]) is not None else 0
    yield [*COLUMNS, *run.header[own:]]
    columns = ("line", "status", "raw", "reasons", "findings")
    first = ("duplicate_of", "duplicate_of__import_run__filename", "duplicate_of__line")
    found = _rows(run).order_by("line", "id").values_list(*columns, *first)
    for line, status, raw, codes, findings, *twin in found.iterator(chunk_size=_AT_ONCE):
        if status == LeadStatus.DUPLICATE:
            reason, suggestion = _twin(*twin)
        else:
            reason, suggestion = _stops(codes, findings or [])
        label = LeadStatus(status).value
        yield [str(run.pk), str(line), label, reason, suggestion, *(c or "" for c in raw[own:])]


def _stops(codes: Iterable[str], findings: Iterable[dict[str, str]]) -> tuple[str, str]:
    texts = [f["text"] for f in findings if f.get("severity") == Severity.STOPS.value]
    remedies = [REASONS[code].remedy for code in codes if code in REASONS]
    for remedy in filter(None, remedies):
        texts = [text.removesuffix(remedy).rstrip() for text in texts]
    return " ".join(texts), " ".join(dict.fromkeys(filter(None, remedies)))


def _twin(lead_id: int, filename: str, line: int) -> tuple[str, str]:
    return (
        f"The phone number is lead {lead_id} of the portal already ({filename}, line {line}).",
        "Leave the row out, or give another number.",
    )


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()
