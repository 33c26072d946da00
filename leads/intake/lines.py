"""The physical lines of a text, which can be handed back and read again."""

from __future__ import annotations

import io
from collections import deque
from pathlib import Path
from typing import BinaryIO, TextIO

from leads.cleaning.plain import NUL_SYMBOL

RECORD_LIMIT = 1024 * 1024  # characters of one row
RECORD_LINES = 200  # physical lines of one row


class TooLong(Exception):
    """A row's end is out of sight: a quote was opened and not closed, or line ends are missing."""


def readable(text: str) -> str:
    """NUL is made visible: neither the database nor a page could show it."""
    return text.replace("\0", NUL_SYMBOL) if "\0" in text else text


def opened(source: Path | str | bytes) -> BinaryIO:
    """A file, or the bytes themselves, for reading."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    return Path(source).open("rb")


class Lines:
    """Iterate over lines; `taken` are those since the last `mark`, `number` counts from 1.

    `TooLong` is raised instead of the line that would make `taken` longer than a row can be; that
    line is in `taken` all the same. Of a line that is too long by itself only the beginning is.
    """

    def __init__(self, text: TextIO) -> None:
        self.number = 0
        self.taken: list[str] = []
        self._text = text
        self._length = 0
        self._again: deque[str] = deque()

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(RECORD_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        self._length += len(line)
        self.taken.append(readable(line))
        if self._length >= RECORD_LIMIT or len(self.taken) > RECORD_LINES:
            if len(line) >= RECORD_LIMIT:
                self._pass_over_the_rest(line)
            raise TooLong
        return self.taken[-1]

    def several(self, most: int) -> list[str]:
        """Up to `most` lines at once as they stand; none while there are lines to read again.

        They are not in `taken`. They end early where they are more than a row can be.
        """
        lines: list[str] = []
        length = 0
        while len(lines) < most and length < RECORD_LIMIT and not self._again:
            line = self._text.readline(RECORD_LIMIT)
            if not line:
                break
            lines.append(line)
            length += len(line)
        self.number += len(lines)
        return lines

    def give_back(self, lines: list[str]) -> None:
        """These will be read again, one by one."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def mark(self) -> None:
        """Begin a new row."""
        self.taken.clear()
        self._length = 0

    def give_back_all_but_first(self) -> None:
        """The lines after the first of `taken` will be read again."""
        self.give_back(self.taken[1:])
        del self.taken[1:]

    def _pass_over_the_rest(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._text.readline(RECORD_LIMIT)
