"""Rows of JSON lines: one object a line, its keys the columns; values as they stand."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from leads.intake.errors import IntakeError
from leads.intake.lines import RECORD_LIMIT, opened, readable
from leads.intake.read_text import Record

MOST_KEYS = 500
_SHOWN = 1000


def keys_of(path: Path | str, encoding: str) -> tuple[str, ...]:
    """Every key of every object, in the order in which they come first.

    Raises IntakeError where the first line is no object, or there are more keys than columns can
    be. The whole file is read once: a key may come late, and nothing of it is to be lost.
    """
    keys: dict[str, None] = {}
    with JsonRows(path, encoding, ()) as rows:
        for number, found in rows.objects():
            if isinstance(found, dict):
                keys.update(dict.fromkeys(map(str, found)))
            elif not keys:
                raise IntakeError(
                    f"Line {number} is no JSON object. JSON lines have one object a line, for"
                    ' example {"phone_number": "7275550100", "first_name": "Ann"}.'
                )
            if len(keys) > MOST_KEYS:
                raise IntakeError(f"The objects have more than {MOST_KEYS} different keys.")
    return tuple(readable(key) for key in keys)


class JsonRows:
    """The rows of one file; iterate once, inside a `with`. `columns` are the keys in order."""

    def __init__(self, path: Path | str, encoding: str, columns: Sequence[str]) -> None:
        self._binary = opened(path)
        self._text = io.TextIOWrapper(self._binary, encoding, errors="replace", newline="\n")
        self._columns = columns
        self.blank_lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._text.close()

    @property
    def bytes_done(self) -> int:
        return self._binary.tell()

    def __iter__(self) -> Iterator[Record]:
        for line, found in self.objects():
            if not isinstance(found, dict):
                yield Record(line, [readable(str(found))[:_SHOWN]], ("JSON_BROKEN",))
                continue
            named = {readable(str(key)): value for key, value in found.items()}
            cells = [as_text(named.get(key)) for key in self._columns]
            yield Record(line, [readable(cell) for cell in cells], _flaws(cells))

    def objects(self) -> Iterator[tuple[int, Any]]:
        """Line numbers and what stands there: a dict, or the line's text where it is no object."""
        number = 0
        while line := self._text.readline(RECORD_LIMIT):
            number += 1
            if not line.endswith("\n") and len(line) == RECORD_LIMIT:
                while (more := self._text.readline(RECORD_LIMIT)) and not more.endswith("\n"):
                    pass
                yield number, line[:_SHOWN]
            elif not (text := line.strip("\ufeff \t\r\n\x1a")):
                self.blank_lines += 1
            else:
                yield number, _parsed(text)


def _parsed(text: str) -> Any:
    try:
        # Numbers as they stand: a phone number is not to be rounded.
        found = json.loads(text.rstrip(","), parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


def as_text(value: Any) -> str:
    """A JSON value as the text of a cell; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # Half a pair of surrogates is no character that a database takes.
    return codecs.decode(text.encode("utf-8", "replace"), "utf-8")


def _flaws(cells: list[str]) -> tuple[str, ...]:
    return ("NUL_BYTES",) if any("\0" in cell for cell in cells) else ()
