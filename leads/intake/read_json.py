"""Rows of JSON, one object each: its keys are the columns; values as they stand."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

from leads.intake.errors import IntakeError
from leads.intake.json_values import SHOWN, Array, Lines, TooLarge, is_array
from leads.intake.lines import opened, readable
from leads.intake.read_text import Record
from leads.sentence import say

MOST_KEYS = 500
_BEGINNING = 4096  # bytes


def keys_of(path: Path | str, encoding: str) -> tuple[str, ...]:
    """Every key of every object, in the order in which they come first.

    Raises IntakeError where the first value is no object, or there are more keys than columns can
    be. The whole file is read once: a key may come late, and nothing of it is to be lost.
    """
    keys: dict[str, None] = {}
    with JsonRows(path, encoding, ()) as rows:
        for number, found in rows.objects():
            if isinstance(found, dict):
                keys.update(dict.fromkeys(map(_name, found)))
            elif not keys:
                raise IntakeError(
                    say(
                        "Line %(number)s is no JSON object. A file of JSON has one object a "
                        'line, for example {"phone_number": "7275550100", "first_name": '
                        '"Ann"}, or one array of such objects.',
                        number=number,
                    )
                )
            if len(keys) > MOST_KEYS:
                raise IntakeError(
                    say(
                        "The objects have more than %(most_keys)s different keys.",
                        most_keys=MOST_KEYS,
                    )
                )
    if not keys:
        raise IntakeError(
            say("The file has no JSON objects with keys in it; nothing can be loaded.")
        )
    return tuple(keys)


class JsonRows:
    """The rows of one file; iterate once, inside a `with`. `columns` are the keys in order."""

    def __init__(self, path: Path | str, encoding: str, columns: Sequence[str]) -> None:
        self._binary = opened(path)
        beginning = codecs.getincrementaldecoder(encoding)("replace").decode(
            self._binary.read(_BEGINNING)
        )
        self._binary.seek(0)
        self._text = io.TextIOWrapper(self._binary, encoding, errors="replace", newline="\n")
        self._values = Array(self._text) if is_array(beginning) else Lines(self._text)
        self._columns = columns

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._text.close()

    @property
    def bytes_done(self) -> int:
        return self._binary.tell()

    @property
    def blank_lines(self) -> int:
        return self._values.blank_lines

    def __iter__(self) -> Iterator[Record]:
        for line, found in self.objects():
            flaw = "RECORD_TOO_LARGE" if isinstance(found, TooLarge) else "JSON_BROKEN"
            if isinstance(found, dict):
                named = {_name(key): value for key, value in found.items()}
                try:
                    cells = [as_text(named.get(key)) for key in self._columns]
                except RecursionError:
                    found = "{…} holds objects within objects, too many to be read"
                else:
                    yield Record(line, [readable(cell) for cell in cells], _flaws(cells))
                    continue
            yield Record(line, [readable(str(found))[:SHOWN]], (flaw,))

    def objects(self) -> Iterator[tuple[int, Any]]:
        """Line numbers and what stands there: a dict, or a text where it is no object."""
        yield from self._values


def as_text(value: Any) -> str:
    """A JSON value as the text of a cell; null is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _whole(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _name(key: str) -> str:
    return readable(_whole(key))


def _whole(text: str) -> str:
    """Half a pair of surrogates is no character that a database takes."""
    return codecs.decode(text.encode("utf-8", "replace"), "utf-8")


def _flaws(cells: list[str]) -> tuple[str, ...]:
    return ("NUL_BYTES",) if any("\0" in cell for cell in cells) else ()
