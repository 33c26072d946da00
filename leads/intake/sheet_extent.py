"""How far a sheet reaches, told by its XML as it streams by.

The reader of workbooks holds a sheet as a rectangle, up to the last row and column with anything in
them: one cell far away costs as much as a full sheet. Empty cells, which only have a format, cost
nothing there, and do not count here.
"""

from __future__ import annotations

import re

from leads.intake.errors import IntakeError
from leads.sentence import say

MOST_CELLS = 30_000_000  # 26 columns of all the rows that a sheet can have
_LONGEST_TAG = 1024  # bytes
# How cells of XLSX say where they are; `<c/>` and `<c></c>` are empty. Bounded, for a sheet can be
# made so that each of a million tags is looked for to its end.
_BEHIND_Z = re.compile(rb'r="[A-Z]{2}')
_CELL = (
    rb'<(?:\w{1,9}:)?c\b[^>]{0,200}?\br="([A-Z]{%d,3})([0-9]{1,9})"[^>]{0,200}(?<!/)>'
    rb"(?!</(?:\w{1,9}:)?c>)"
)
_CELL_BEHIND_Z = re.compile(_CELL % 2)
_LAST_CELL = re.compile(rb".*" + _CELL % 1, re.DOTALL)
# Tables, rows and cells of ODS.
_TAG = re.compile(
    rb"<(/?)table:(table-row|(?:covered-)?table-cell|table)(?![\w-])([^>]{0,900}?)(/?)>"
)
_REPEATED = re.compile(rb'table:number-(?:rows|columns)-repeated="([0-9]{1,9})"')


class Extent:
    """Rows and columns of a sheet of XLSX from cell A1 on, as far as they are known."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 26
        self._rest = b""

    def take(self, block: bytes) -> None:
        """Look at the next part of the sheet's XML. Raises IntakeError if it is too large."""
        block = self._rest + block
        self._rest = block[-_LONGEST_TAG:]
        if last := _LAST_CELL.match(block):
            self.rows = max(self.rows, int(last[2]))
        if _BEHIND_Z.search(block):
            for column in {match[0] for match in _CELL_BEHIND_Z.findall(block)}:
                self.columns = max(self.columns, number_of(column))
        self.check()

    def check(self) -> None:
        cells = self.rows * self.columns
        if cells > MOST_CELLS:
            raise IntakeError(
                say(
                    "The sheet reaches to row %(rows)s and column %(columns)s, which makes "
                    "%(cells)s cells, more than the %(most_cells)s that can be read. "
                    "Something stands far away from the table, were it a space: delete those "
                    "rows and columns, or save the table as CSV.",
                    rows=f"{self.rows:,}",
                    columns=letters_of(self.columns),
                    cells=f"{cells:,}",
                    most_cells=f"{MOST_CELLS:,}",
                )
            )


class OpenDocumentExtent(Extent):
    """The same of the tables of an ODS file, the largest of them."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = 1
        self._row = self._column = self._filled = 0
        self._times = 1

    def take(self, block: bytes) -> None:
        block = self._rest + block
        seen = 0
        for tag in _TAG.finditer(block):
            seen = tag.end()
            self._tag(tag[2], tag[3], closes=bool(tag[1]), empty=bool(tag[4]))
        self._rest = block[max(seen, len(block) - _LONGEST_TAG) :]
        self.check()

    def _tag(self, name: bytes, attributes: bytes, *, closes: bool, empty: bool) -> None:
        repeated = _REPEATED.search(attributes) if b"-repeated" in attributes else None
        times = int(repeated[1]) if repeated else 1
        if name == b"table":
            self._row = 0
        elif name == b"table-row":
            if not closes:
                self._column = self._filled = 0
                self._times = times
            if closes or empty:
                self._row += self._times
            if closes and self._filled:
                self.rows = max(self.rows, self._row)
                self.columns = max(self.columns, self._filled)
        elif not closes:
            self._column += times
            if not empty or b"value" in attributes:
                self._filled = self._column


def extent_of(part: str) -> Extent | None:
    """What measures this part of a workbook, if it holds sheets as XML."""
    if part == "content.xml":
        return OpenDocumentExtent()
    return Extent() if part.startswith("xl/worksheets/") else None


def number_of(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def letters_of(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters
