"""The values of a file of JSON, one after the other, each with the line on which it begins.

JSON lines have an object a line, and a broken line is no reason to doubt the next. A file can also
be one array of objects, over as many lines as it likes: it is read on from object to object, in
constant memory, and behind a broken one from where the next one seems to begin.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

from leads.intake.lines import RECORD_LIMIT

SHOWN = 1000  # characters that are kept of what is no object
_NOTHING = " \t\r\n\ufeff\x1a"
_BETWEEN = re.compile(r"[\s,\[\]\ufeff\x1a]*")
_NEXT = re.compile(r"\}\s*,?\s*(?=\{)")  # where an object seems to end, and another to begin
_LONGEST_NEXT = 1000


class TooLarge(str):
    """The beginning of an object that is larger than a row can be."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keys that come again get a number: nothing that was given is to be lost."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    found = {}
    for key, value in pairs:
        name, number = key, 1
        while name in found:
            number += 1
            name = f"{key} ({number})"
        found[name] = value
    return found


# Numbers as they stand: a phone number is not to be rounded.
_DECODER = json.JSONDecoder(
    parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object, strict=False
)


def is_array(text: str) -> bool:
    """Whether a text begins as an array."""
    return text.lstrip(_NOTHING).startswith("[")


class Lines:
    """JSON lines; iterate over (line, value): a dict, or the text that stands in its place,
    `TooLarge` of what is larger than a row can be. `blank_lines` counts what was passed over."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.blank_lines = 0

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        number = 0
        while line := self._text.readline(RECORD_LIMIT):
            number += 1
            if not line.endswith("\n") and len(line) == RECORD_LIMIT:
                while (more := self._text.readline(RECORD_LIMIT)) and not more.endswith("\n"):
                    pass
                yield number, TooLarge(line[:SHOWN])
            elif not (text := line.strip(_NOTHING)):
                self.blank_lines += 1
            else:
                yield number, _parsed(text)


def _parsed(text: str) -> Any:
    try:
        found = _DECODER.decode(text.rstrip(","))
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


class Array:
    """The objects of one array; iterate over the same as of `Lines`."""

    blank_lines = 0

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._held = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        while self._pass_over_what_is_between():
            line = self._line
            try:
                found, end = _DECODER.raw_decode(self._held, self._at)
            except (ValueError, RecursionError):
                yield line, self._broken()
                continue
            shown = self._held[self._at : min(end, self._at + SHOWN)]
            too_large = end - self._at >= RECORD_LIMIT
            self._go_on_at(end)
            if too_large:
                yield line, TooLarge(shown)
            else:
                yield line, found if isinstance(found, dict) else shown

    def _pass_over_what_is_between(self) -> bool:
        """Whether there is something more, of which as much is held as a row can have."""
        while True:
            self._hold()
            if match := _BETWEEN.match(self._held, self._at):
                self._go_on_at(match.end())
            if self._at < len(self._held):
                self._hold()
                return True
            if self._ended:
                return False

    def _broken(self) -> str:
        """Go on where another object seems to begin, and give what was passed over."""
        shown = self._held[self._at : self._at + SHOWN]
        passed = 0
        while not (match := _NEXT.search(self._held, self._at)) and not self._ended:
            end = max(len(self._held) - _LONGEST_NEXT, self._at)
            passed += end - self._at
            self._go_on_at(end)
            self._hold()
        end = match.end() if match else len(self._held)
        passed += end - self._at
        self._go_on_at(end)
        return TooLarge(shown) if passed >= RECORD_LIMIT else shown[:passed]

    def _go_on_at(self, place: int) -> None:
        self._line += self._held.count("\n", self._at, place)
        self._at = place

    def _hold(self) -> None:
        while not self._ended and len(self._held) - self._at < RECORD_LIMIT:
            more = self._text.read(RECORD_LIMIT)
            self._ended = not more
            self._held = self._held[self._at :] + more
            self._at = 0
