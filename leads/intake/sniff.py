"""What a file of leads is: its encoding, its separator, the line of its header.

Decided by content, never by name. The whole file is looked through once for its encoding (fast,
in constant memory), the beginning for the rest.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leads.intake.encoding import chosen, encoding_of
from leads.intake.errors import IntakeError
from leads.intake.headers import known_columns
from leads.intake.lines import RECORD_LIMIT, RECORD_LINES, opened, readable
from leads.intake.quoting import NO_QUOTE, SEPARATORS, Quoting, quote_of
from leads.sentence import say

SAMPLE = 256 * 1024
MOST_COLUMNS = 2000
_SIGNATURE = 32  # bytes
_ROWS_COMPARED = 50
_TITLES = 20  # lines that may stand above the header
# Seven digits or more, as in no name of a column.
_PHONE = re.compile(r"(?:[0-9][ ().+/-]{0,3}){7}")
_OBJECT = re.compile(r'\{\s*(?:"|\}|$)|\[\s*(?:\{|\]?\s*$)')
_HINT = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)  # Excel's own first line

TEXT, JSON, SHEET = "text", "json", "sheet"


@dataclass(frozen=True)
class Layout:
    """How to read a file. `encoding` is one of Python's names; `header_line` counts from 1 and is
    the physical line on which the header begins, 0 if there is none; `header` are its cells, or
    names made for the columns. `kind` is TEXT, JSON or SHEET; `sheet` the name of that sheet;
    `quote` one of `leads.intake.quoting.QUOTES`, of a text."""

    encoding: str
    delimiter: str
    header_line: int
    header: tuple[str, ...]
    kind: str = TEXT
    sheet: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Asked:
    """What a person says of a file, instead of what it looks like: empty or None where they say
    nothing."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    has_header: bool | None = None
    quote: str = ""


NOTHING_ASKED = Asked()


def sniff(source: Path | str | bytes, asked: Asked = NOTHING_ASKED) -> Layout:
    """Find out how to read a text file (a path, or the bytes themselves).

    Raises IntakeError for an empty file and for what is no text, with a sentence that says what
    it looks like. Whether there are rows below the header is known only when it is read.
    """
    with opened(source) as file:
        beginning = file.read(SAMPLE)
        _refuse_other_kinds(beginning)
        encoding = chosen(asked.encoding, beginning) or encoding_of(file, beginning)
        # Incremental: the sample may end in the middle of a character.
        text = codecs.getincrementaldecoder(encoding)("replace").decode(beginning)
    _refuse_other_kinds(text[:_SIGNATURE].encode("utf-8", "replace"))  # a page in UTF-16
    if _is_json(text):
        return Layout(encoding, "", 0, (), JSON)
    return _layout(readable(text), encoding, asked, whole=len(beginning) < SAMPLE)


def without_header(width: int) -> tuple[str, ...]:
    """Names for the columns of a file that gives none."""
    return tuple(f"Column {number}" for number in range(1, width + 1))


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: it has names that we know, or no phone number in it."""
    return bool(known_columns(cells)) or not any(_PHONE.search(cell) for cell in cells)


def _is_json(text: str) -> bool:
    line = text.lstrip("\ufeff \t\r\n").partition("\n")[0]
    return bool(_OBJECT.match(line))


def _refuse_other_kinds(beginning: bytes) -> None:
    if not beginning.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf\xfe\xff"):
        raise IntakeError(
            say("The file is empty. Load a CSV file with a header line and one lead a line.")
        )
    beginning = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:_SIGNATURE]
    table = Path(__file__).with_name("looks_like.csv")
    with table.open(encoding="utf-8", newline="") as file:
        for kind in csv.DictReader(file):
            if beginning.lower().startswith(bytes.fromhex(kind["hex"]).lower()):
                raise IntakeError(
                    say(
                        "The file is %(what)s, not CSV. %(remedy)s",
                        what=say(kind["what"]),
                        remedy=say(kind["remedy"]),
                    )
                )


def _layout(text: str, encoding: str, asked: Asked, *, whole: bool) -> Layout:
    lines = io.StringIO(text, newline="").readlines()
    if not whole:
        lines.pop()  # it may go on
    skipped, hinted = 0, ""
    for line in lines:
        hint = _HINT.fullmatch(line)
        if line.strip() and not hint:
            break
        hinted = hint[1] if hint else hinted
        skipped += 1
    rest = lines[skipped:]
    if not rest:
        raise IntakeError(_no_line_end(skipped + 1))
    quote = asked.quote or quote_of(text)
    delimiter = asked.delimiter or hinted
    if not delimiter:
        delimiter = max(SEPARATORS, key=lambda mark: _fits(rest, Quoting(mark, quote)))
    rows = _rows(rest, Quoting(delimiter, quote))
    place = header_place([row for _, row in rows])
    first = [cell.strip() for cell in rows[place][1]]
    if is_header(first) if asked.has_header is None else asked.has_header:
        header_line = skipped + rows[place][0]
        return checked(Layout(encoding, delimiter, header_line, tuple(first), quote=quote))
    width = max(len(row) for _, row in rows)
    return checked(Layout(encoding, delimiter, 0, without_header(width), quote=quote))


def header_place(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns: the first one, unless it is a title, and a row
    below it, wider than those before, has names that we know."""
    for place, row in enumerate(rows[:_TITLES]):
        names = [cell for cell in row if cell.strip()]
        known = len(known_columns(names))
        if known > 1 or (known and known == len(names)):
            above = [sum(bool(cell.strip()) for cell in before) for before in rows[:place]]
            return place if max(above, default=0) < max(2, len(names)) else 0
    return 0


def checked(layout: Layout) -> Layout:
    """The layout, unless it has more columns than can be. Raises IntakeError."""
    if (number := len(layout.header)) > MOST_COLUMNS:
        raise IntakeError(
            say(
                "The file has %(number)s columns, more than the %(most_columns)s that can be "
                "mapped. Leave out those that are not needed; of a text file, look at its "
                "separator too.",
                number=f"{number:,}",
                most_columns=f"{MOST_COLUMNS:,}",
            )
        )
    return layout


def _no_line_end(line: int) -> str:
    return say(
        "Line %(line)s has no end within the first %(most)s KB. A file of leads has a "
        "header line and one lead a line: is it one, and are its line ends there? Save it "
        "anew as CSV.",
        line=line,
        most=SAMPLE // 1024,
    )


def _fits(lines: list[str], quoting: Quoting) -> tuple[int, float]:
    """How well a separator explains the lines: columns we know, then columns that agree."""
    rows = [row for _, row in _rows(lines, quoting) if row]
    if not rows:
        return 0, 0.0
    place = header_place(rows)
    width = len(rows[place])
    known = len(known_columns(rows[place]))
    if width < 2:
        return known, 0.0
    agreeing = sum(len(row) == width for row in rows[place:]) / len(rows[place:])
    return known, agreeing * width


def _rows(lines: list[str], quoting: Quoting) -> list[tuple[int, list[str]]]:
    """The first rows, each with its line, from 1; a mark that is not closed takes no other line."""
    csv.field_size_limit(2 * RECORD_LIMIT)
    plainly = Quoting(quoting.delimiter, NO_QUOTE, strict=False)
    rows: list[tuple[int, list[str]]] = []
    line = 0
    while line < len(lines) and len(rows) < _ROWS_COMPARED:
        reader = csv.reader(lines[line : line + RECORD_LINES], quoting)
        (alone,) = csv.reader(lines[line : line + 1], plainly)
        try:
            row = next(reader)
            taken = reader.line_num
        except csv.Error:
            row, taken = alone, 1
        inner = csv.reader(lines[line + 1 : line + taken - 1], plainly)
        if taken == RECORD_LINES or any(len(other) == len(alone) for other in inner):
            row, taken = alone, 1
        rows.append((line + 1, row))
        line += taken
    return rows
