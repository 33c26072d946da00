"""What a file of leads is: its encoding, its separator, the line of its header.

Decided by content, never by name. The whole file is looked through once for its encoding (fast,
in constant memory), the beginning for the rest.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from leads.intake.errors import IntakeError
from leads.intake.headers import known_columns
from leads.intake.lines import RECORD_LIMIT, opened, readable

SAMPLE = 64 * 1024
_BLOCK = 1024 * 1024
_DELIMITERS = ",;\t|"
_ROWS_COMPARED = 50
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Seven digits or more, as in no name of a column.
_PHONE = re.compile(r"(?:[0-9][ ().+/-]{0,3}){7}")
_OBJECT = re.compile(r'\{\s*(?:"|\}|$)')
_HINT = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)  # Excel's own first line
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]|\xc2[\x80-\xbf]")
_CONTROLS = bytes(set(range(32)) - set(b"\0\t\n\f\r\x1a\x1b"))
_MOST_CONTROLS = 0.02
_MOST_NULS = 0.3
# In UTF-16 text of any European language one byte of each pair is nearly always NUL.
_UTF16_NULS = 0.4


TEXT, JSON, SHEET = "text", "json", "sheet"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


@dataclass(frozen=True)
class Layout:
    """How to read a file. `encoding` is one of Python's names; `header_line` counts from 1 and is
    the physical line on which the header begins, 0 if there is none; `header` are its cells, or
    names made for the columns. `kind` is TEXT, JSON or SHEET; `sheet` the name of that sheet."""

    encoding: str
    delimiter: str
    header_line: int
    header: tuple[str, ...]
    kind: str = TEXT
    sheet: str = ""


@dataclass(frozen=True)
class Asked:
    """What a person says of a file, instead of what it looks like: empty or None where they say
    nothing."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    has_header: bool | None = None


NOTHING_ASKED = Asked()


def sniff(source: Path | str | bytes, asked: Asked = NOTHING_ASKED) -> Layout:
    """Find out how to read a text file (a path, or the bytes themselves).

    Raises IntakeError for an empty file and for what is no text, with a sentence that says what
    it looks like. Whether there are rows below the header is known only when it is read.
    """
    with opened(source) as file:
        beginning = file.read(SAMPLE)
        _refuse_other_kinds(beginning)
        encoding = asked.encoding or _encoding(file, beginning)
        # Incremental: the sample may end in the middle of a character.
        text = codecs.getincrementaldecoder(encoding)("replace").decode(beginning)
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
            "The file is empty. Load a CSV file with a header line and one lead a line."
        )
    table = Path(__file__).with_name("looks_like.csv")
    with table.open(encoding="utf-8", newline="") as file:
        for kind in csv.DictReader(file):
            if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").hex().startswith(kind["hex"]):
                raise IntakeError(f"The file is {kind['what']}, not CSV. {kind['remedy']}")


def _encoding(file: BinaryIO, beginning: bytes) -> str:
    for bom, encoding in _BOMS:
        if beginning.startswith(bom):
            return encoding
    even, odd = beginning[::2], beginning[1::2]
    for encoding, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        share = empty.count(0) / max(len(empty), 1)
        if share > _UTF16_NULS and full.count(0) / max(len(full), 1) < _UTF16_NULS / 4:
            return encoding
    _refuse_binary(beginning)
    return _eight_bit_encoding(file)


def _refuse_binary(beginning: bytes) -> None:
    controls = len(beginning) - len(beginning.translate(None, _CONTROLS))
    many_nuls = beginning.count(0) > _MOST_NULS * len(beginning)
    if many_nuls or controls > _MOST_CONTROLS * len(beginning):
        raise IntakeError(
            "The file is not text: it is full of bytes that no text has. "
            "Load a CSV file; from a spreadsheet, save it as CSV (UTF-8)."
        )


def _eight_bit_encoding(file: BinaryIO) -> str:
    """UTF-8 if the file is, or mostly is; else the Windows code page of Western languages."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    good = 0
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            good += len(decoder.decode(block)) != len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        # Some rows in another encoding do not change what the rest is written in.
        file.seek(0)
        pairs = high = 0
        while block := file.read(_BLOCK):
            pairs += sum(map(len, _MULTIBYTE.findall(block)))
            high += len(block) - len(block.translate(None, bytes(range(128, 256))))
        return "utf-8" if pairs * 2 > high else "cp1252"
    return "utf-8"


def _layout(text: str, encoding: str, asked: Asked, *, whole: bool) -> Layout:
    lines = io.StringIO(text, newline="").readlines()
    if not whole and len(lines) > 1:
        lines.pop()
    skipped, hinted = 0, ""
    for line in lines:
        hint = _HINT.fullmatch(line)
        if line.strip() and not hint:
            break
        hinted = hint[1] if hint else hinted
        skipped += 1
    rest = lines[skipped:]
    delimiter = asked.delimiter or hinted or max(_DELIMITERS, key=lambda mark: _fits(rest, mark))
    first = [cell.strip() for cell in next(_rows(rest, delimiter), [])]
    if is_header(first) if asked.has_header is None else asked.has_header:
        return Layout(encoding, delimiter, skipped + 1, tuple(first))
    width = max(len(row) for row in islice(_rows(rest, delimiter), _ROWS_COMPARED))
    return Layout(encoding, delimiter, 0, without_header(width))


def _fits(lines: list[str], delimiter: str) -> tuple[int, float]:
    """How well a separator explains the lines: columns we know, then columns that agree."""
    rows = [row for row in islice(_rows(lines, delimiter), _ROWS_COMPARED) if row]
    width = len(rows[0]) if rows else 0
    if width < 2:
        return len(known_columns(rows[0])) if rows else 0, 0.0
    agreeing = sum(len(row) == width for row in rows) / len(rows)
    return len(known_columns(rows[0])), agreeing * width


def _rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(2 * RECORD_LIMIT)
    return csv.reader(lines, delimiter=delimiter)
