"""Rows of a text file, one after the other, in constant memory; no row makes it stop.

A row is given as it stands, with the number of the physical line on which it begins. What is
wrong with the row as a whole is said by reason codes of `leads.cleaning.reasons`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from leads.cleaning.plain import NUL_SYMBOL, REPLACEMENT
from leads.intake.lines import RECORD_LIMIT, Lines, TooLong, opened
from leads.intake.quoting import DOUBLE, NO_QUOTE, Quoting

MOST_CELLS = 10_000  # of a row: a million separators are a mistake, and much memory
# With the end-of-file sign of old systems, and what they fill up a block with.
_NOTHING = f" \t\r\n\x1a\ufeff{NUL_SYMBOL}"
_ODD = ("\0", NUL_SYMBOL, REPLACEMENT)
_AT_ONCE = 128  # lines
_BROKEN_SHOWN = 1000  # characters that are kept of a row whose end was not found


class Record(NamedTuple):
    """One row: its first physical line (counted from 1), its cells, and what is wrong with it."""

    line: int
    cells: list[str]
    flaws: tuple[str, ...] = ()


class TextRows:
    """The rows below the header of one file; iterate once, inside a `with`.

    `source` is a path or the bytes; `encoding`, `delimiter`, `header_line` (0: all rows are leads)
    and `quote` as `sniff` found them; `columns` the number of cells of the header. `blank_lines`
    counts what was skipped.
    """

    def __init__(
        self,
        source: Path | str | bytes,
        encoding: str,
        delimiter: str,
        header_line: int,
        columns: int,
        quote: str = DOUBLE,
    ) -> None:
        csv.field_size_limit(2 * RECORD_LIMIT)
        self._binary = opened(source)
        self._text = io.TextIOWrapper(self._binary, encoding, errors="replace", newline="")
        self._quote = quote
        self._quoting = Quoting(delimiter, quote)
        self._loosely = Quoting(delimiter, quote, strict=False)
        self._plainly = Quoting(delimiter, NO_QUOTE, strict=False)
        self._header_line = header_line
        self._columns = columns
        self.blank_lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._text.close()

    @property
    def bytes_done(self) -> int:
        """How much of the file was read, some blocks ahead of the row at hand."""
        return self._binary.tell()

    def __iter__(self) -> Iterator[Record]:
        for _ in range(self._header_line - 1):
            self._text.readline()
        lines = Lines(self._text)
        lines.number = max(self._header_line - 1, 0)
        reader = csv.reader(lines, self._quoting)
        records = self._records(reader, lines)
        if self._header_line:
            next(records, None)
        yield from records

    def _records(self, reader: Iterator[list[str]], lines: Lines) -> Iterator[Record]:
        while True:
            yield from self._plain_records(lines)
            lines.mark()
            first = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, TooLong) as problem:
                yield self._untangled(lines, too_long=isinstance(problem, TooLong))
                continue
            if len(lines.taken) > 1 and self._swallowed_rows(lines.taken, cells):
                yield self._untangled(lines)
            elif self._is_something(
                record := Record(first, self._bounded(cells), _flaws(lines.taken))
            ):
                yield record

    def _plain_records(self, lines: Lines) -> Iterator[Record]:
        """Rows with nothing odd, some at once; the one after them wants more care."""
        while several := lines.several(_AT_ONCE):
            first = lines.number - len(several) + 1
            starts, rows = self._plain_rows(several)
            if max(map(len, rows), default=0) > MOST_CELLS:
                rows = list(map(self._bounded, rows))
            records = map(Record, map(first.__add__, starts), rows)
            if min(map(len, rows), default=0) > 1:
                yield from records
            else:
                yield from filter(self._is_something, records)
            if starts[-1] < len(several):
                lines.give_back(several[starts[-1] :])
                return

    def _bounded(self, cells: list[str]) -> list[str]:
        """The cells, of which the last has all the rest where there are too many."""
        if len(cells) <= MOST_CELLS:
            return cells
        rest = self._quoting.delimiter.join(cells[MOST_CELLS - 1 :])
        return [*cells[: MOST_CELLS - 1], rest]

    def _is_something(self, record: Record) -> bool:
        cells = record.cells
        blank = len(cells) < 2 and not (cells and cells[0].strip(_NOTHING))
        self.blank_lines += blank
        return not blank

    def _plain_rows(self, lines: list[str]) -> tuple[Sequence[int], list[list[str]]]:
        """Rows, and the place of the line on which each begins, and the one after the last."""
        text = "".join(lines)
        if len(text) >= RECORD_LIMIT or any(sign in text for sign in _ODD):
            return [0], []
        try:
            rows = list(csv.reader(lines, self._quoting))
        except csv.Error:
            rows = []
        if len(rows) == len(lines):
            return range(len(lines) + 1), rows
        return self._plain_beginning(lines)

    def _plain_beginning(self, lines: list[str]) -> tuple[list[int], list[list[str]]]:
        """The same where some rows have several lines, and the last one perhaps not all."""
        starts, rows = [0], []
        reader = csv.reader(lines, self._quoting)
        with suppress(csv.Error):
            for cells in reader:
                taken = lines[starts[-1] : reader.line_num]
                if len(taken) > 1 and self._swallowed_rows(taken, cells):
                    break
                starts.append(reader.line_num)
                rows.append(cells)
        return starts, rows

    def _untangled(self, lines: Lines, *, too_long: bool = False) -> Record:
        """The first line of a row with odd quote marks, alone; the other lines come again."""
        several = len(lines.taken) > 1
        too_long = too_long and not several
        lines.give_back_all_but_first()
        line = lines.taken[0]
        flaws = _flaws(lines.taken)
        quoting = self._loosely
        if too_long:
            line = line[:_BROKEN_SHOWN]
            flaws += ("RECORD_TOO_LARGE",)
        elif several or (self._quote != NO_QUOTE and line.count(self._quote) % 2):
            quoting = self._plainly
            flaws += ("QUOTE_NOT_CLOSED",)
        cells = next(csv.reader([line], quoting), [])
        return Record(lines.number, self._bounded(cells), flaws)

    def _swallowed_rows(self, taken: list[str], cells: list[str]) -> bool:
        """Whether a row over several lines has other rows inside: a quote mark too many."""
        inner = taken[1:-1] if len(cells) == self._columns else taken[1:]
        return any(len(row) == self._columns for row in csv.reader(inner, self._plainly))


def _flaws(taken: list[str]) -> tuple[str, ...]:
    for line in taken:
        if NUL_SYMBOL in line or REPLACEMENT in line:
            break
    else:
        return ()
    text = "".join(taken)
    return tuple(
        code
        for code, sign in (("NUL_BYTES", NUL_SYMBOL), ("UNDECODABLE", REPLACEMENT))
        if sign in text
    )
