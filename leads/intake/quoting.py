"""What stands around cells that hold a separator or a line end: a quote mark, or nothing."""

from __future__ import annotations

import csv
import re

DOUBLE, SINGLE = '"', "'"
NO_QUOTE = "none"  # every mark is part of the text
QUOTES = (DOUBLE, SINGLE, NO_QUOTE)
SEPARATORS = ",;\t|"
_OPENED_BEFORE_SURE = 3  # cells that begin with a mark, where none has its second one
_BEFORE, _BEHIND = r"(?:^|[,;\t|])[ ]?", r"[ ]?(?=[,;\t|]|[\r\n]|\Z)"
_QUOTED = {
    mark: re.compile(f"{_BEFORE}{mark}(?:[^{mark}\r\n]|{mark}{mark})*{mark}{_BEHIND}", re.MULTILINE)
    for mark in (DOUBLE, SINGLE)
}
_OPENED = re.compile(f'{_BEFORE}"', re.MULTILINE)
_CLOSED = re.compile(f'"{_BEHIND}', re.MULTILINE)


class Quoting(csv.Dialect):
    """How a file is written, as the csv module wants it. Strict, unless said otherwise: a mark that
    was not closed shows as text behind the next row's opening one."""

    lineterminator = "\n"

    def __init__(self, delimiter: str, quote: str, *, strict: bool = True) -> None:
        self.delimiter = delimiter
        self.strict = strict
        self.doublequote = True
        self.skipinitialspace = False
        if quote == NO_QUOTE:
            self.quoting = csv.QUOTE_NONE
        else:
            self.quotechar = quote
            self.quoting = csv.QUOTE_MINIMAL
        super().__init__()


def quote_of(text: str) -> str:
    """Which of QUOTES the beginning of a file has around its cells.

    Single marks, where they stand around every other cell or around separators, and double ones do
    not: an apostrophe at the beginning alone is Excel's sign for text. None, where cells begin with
    a double mark and not one ends with it: inches, nicknames.
    """
    text = text.replace("\r", "\n")
    if _QUOTED[DOUBLE].search(text):
        return DOUBLE
    single = _QUOTED[SINGLE].findall(text)
    apart = sum(any(mark in cell.strip(SEPARATORS) for mark in SEPARATORS) for cell in single)
    if apart > 1 or 2 * len(single) >= max(text.count("\n"), 2):
        return SINGLE
    opened = len(_OPENED.findall(text)) >= _OPENED_BEFORE_SURE
    return NO_QUOTE if opened and not _CLOSED.search(text) else DOUBLE
