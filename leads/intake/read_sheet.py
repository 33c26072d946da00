"""Rows of a spreadsheet (XLSX, XLSB, XLS, ODS), each cell as the text that a person sees in it.

The file is opened in a process of its own (`leads.intake.workbook`), which may come to any end.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Self

from leads.intake.errors import IntakeError
from leads.intake.lines import readable
from leads.intake.read_text import Record
from leads.sentence import say

log = logging.getLogger(__name__)
READER = "leads.intake.workbook"
MOST_MEMORY = 2 * 1024**3  # bytes
MOST_SECONDS = 300.0  # until the first rows, or between some and the next
_TOLD = 2000  # bytes of what it said in the end
_FOLDER = Path(__file__).resolve().parents[2]
# What Python needs to start as it did here. No settings: the reader is to know no secret.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV", "TMPDIR")


def sheet_names(path: Path | str) -> list[str]:
    """The sheets with cells: the visible ones in their order, then the hidden ones. Raises
    IntakeError as `SheetRows` does."""
    with closing(_ask(path, do="names")) as answers:
        return list(next(answers))


def beginning(path: Path | str, sheet: str = "") -> tuple[str, list[tuple[int, list[str]]]]:
    """The sheet's name, and its first rows with anything in them, each with its number from 1.

    `sheet` is "" for the first one that is not empty. Raises IntakeError.
    """
    with closing(_ask(path, do="beginning", sheet=sheet)) as answers:
        name, rows = next(answers)
    return name, [(line, [readable(cell) for cell in row]) for line, row in rows]


class SheetRows:
    """The rows below row `header_line` (0: all of them) of one sheet; iterate once, in a `with`,
    and in one thread: with the thread that began it the reader ends.

    `columns` is the number of cells of the header: rows are given with so many at least. Raises
    IntakeError when the first row is asked for: for a password, a damaged file, and what would not
    fit into memory.
    """

    def __init__(self, path: Path | str, sheet: str, header_line: int, columns: int) -> None:
        self._answers = _ask(path, do="rows", sheet=sheet)
        self._header_line = header_line
        self._columns = columns
        self._size = Path(path).stat().st_size
        self.bytes_done = 0
        self.blank_lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._answers.close()

    def __iter__(self) -> Iterator[Record]:
        height = max(next(self._answers), 1)
        for first, rows, cut in self._answers:
            self.bytes_done = self._size * first // height
            for line, texts in enumerate(rows, start=first):
                if line <= self._header_line:
                    continue
                if not texts:
                    self.blank_lines += 1
                    continue
                yield self._record(line, texts, is_cut=line - first in cut)
        self.bytes_done = self._size

    def _record(self, line: int, texts: list[str], *, is_cut: bool) -> Record:
        while len(texts) > self._columns and self._columns and not texts[-1]:
            texts.pop()  # the sheet is as wide as its widest row
        flaws = ("RECORD_TOO_LARGE",) if is_cut else ()
        if any("\0" in text for text in texts):
            return Record(line, [readable(text) for text in texts], (*flaws, "NUL_BYTES"))
        return Record(line, texts, flaws)


def header_of(row: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row, without the empty ones at its end."""
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _ask(path: Path | str, **request: str) -> Generator[Any, None, None]:
    """What the reader answers; it ends at the latest when this generator is closed."""
    limits = {"parent": os.getpid(), "memory": MOST_MEMORY, "seconds": MOST_SECONDS}
    with tempfile.TemporaryFile() as told:
        with Path(path).open("rb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", READER, json.dumps({**request, **limits})],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=told,
                cwd=_FOLDER,
                env=_environment(),
            )
        with process:
            try:
                yield from _answers(process)
                if process.wait():
                    raise IntakeError(_how_it_ended(process.returncode, told))
            finally:
                process.kill()


def _answers(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    for line in process.stdout or ():
        if not line.endswith(b"\n"):
            break  # it ended in the middle of a word
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise IntakeError(answer["error"])
        yield answer


def _environment() -> dict[str, str]:
    """Where this process found its modules, the reader finds them too."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join([str(_FOLDER), *filter(None, sys.path)])}


def _how_it_ended(code: int, told: BinaryIO) -> str:
    told.seek(max(0, told.seek(0, os.SEEK_END) - _TOLD))
    words = told.read().decode(errors="replace")
    log.warning("The reader of workbooks ended with %s. It said: %s", code, words)
    why = (
        say("takes too long")
        if code == -signal.SIGALRM
        else say("takes too much memory, or is damaged")
    )
    return say(
        "The spreadsheet %(why)s: its reader was ended. Save it as CSV, which may have "
        "any length, and load that.",
        why=why,
    )
