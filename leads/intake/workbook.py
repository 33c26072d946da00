"""The reader of workbooks, a program of its own: nothing in a file can bring down who asked.

    python -m leads.intake.workbook '{"do": "rows", "sheet": "Leads", …}' < leads.xlsx

python-calamine reads the sheets. Where it runs out of memory it ends its process, with no exception
on the way, and a file can be made so that it does. So it runs here, with limits of memory and time,
with no settings, and with nothing else to lose; `leads.intake.read_sheet` starts it and puts its
end into words.

The request says the process that asks, the bytes of memory and the seconds for each answer. The
answers are lines of JSON: `{"error": sentence}`; for `names` the names of the sheets; for
`beginning` `[sheet, [[row number, row], …]]`; for `rows` first the number of rows, and then some at
a time `[row number of the first, rows, places of those that were cut]`.
"""

from __future__ import annotations

import ctypes
import datetime
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError

from leads.intake.errors import IntakeError
from leads.intake.sheet_zeros import zero_columns
from leads.intake.workbook_limits import PASSWORD, check
from leads.sentence import say

ROW_LIMIT = 1024 * 1024  # characters
CUT = 1000  # characters of each cell of a row that is longer
_LOOKED_AT = 50  # rows among which the header is looked for
_CELLS_AT_ONCE = 12_500
Cut = list[str] | None
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def main() -> None:
    request = json.loads(sys.argv[1])
    _confine(request["parent"], request["memory"])
    file = open(0, "rb", closefd=False)  # noqa: SIM115 - the standard input, a file
    try:
        answers = _answers(file, request)
        while (answer := _in_time(answers, request["seconds"])) is not None:
            _say(answer)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except BaseException as error:
        _say({"error": _sentence(error, request["memory"])})


def _confine(parent: int, memory: int) -> None:
    """End with the parent; no core file, so much memory; the first to be ended where the machine
    itself runs out of it."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory)):
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    gc.disable()  # millions of lists come and go, and none of them makes a circle


def _in_time(answers: Iterator[Any], seconds: float) -> Any:
    """The next answer, or None. The system's own response to the alarm is the end of the process,
    also inside of calamine; who listens may take their time."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    answer = next(answers, None)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return answer


def _say(answer: Any) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.flush()


def _answers(file: BinaryIO, request: dict[str, Any]) -> Iterator[Any]:
    if request["do"] == "beginning":
        check(file)  # whatever is asked for later was looked at like this before
        file.seek(0)
    # Not by a path: calamine would go by the name.
    book = CalamineWorkbook.from_filelike(file)
    if request["do"] == "names":
        yield _names(book)
    elif request["do"] == "beginning":
        yield _beginning(book, request["sheet"])
    else:
        yield from _rows(book.get_sheet_by_name(request["sheet"]), file)


def _names(book: CalamineWorkbook) -> list[str]:
    """The sheets with cells; those that are hidden come last."""
    metadata = [meta for meta in book.sheets_metadata if str(meta.typ).endswith("WorkSheet")]
    shown = [meta.name for meta in metadata if str(meta.visible).endswith(".Visible")]
    return [*shown, *(meta.name for meta in metadata if meta.name not in shown)]


def _beginning(book: CalamineWorkbook, sheet: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The sheet (the first with anything in it), and its first rows with their numbers."""
    names = _names(book)
    if sheet and sheet not in names:
        raise IntakeError(
            say(
                'There is no sheet "%(sheet)s"; there are: %(names)s.',
                sheet=sheet,
                names=", ".join(names),
            )
        )
    for name in [sheet] if sheet else names:
        cells = _texts(book.get_sheet_by_name(name), {})
        first = list(islice((row for row in cells if row[1]), _LOOKED_AT))
        if first:
            return name, first
    raise IntakeError(
        say("The spreadsheet is empty. Load one with a header row and one lead a row.")
    )


def _rows(sheet: CalamineSheet, file: BinaryIO) -> Iterator[Any]:
    yield sheet.total_height
    texts = _texts(sheet, zero_columns(file, sheet.name))
    at_once = max(1, _CELLS_AT_ONCE // max(sheet.total_width, 1))
    first = 1
    while some := _some(texts, at_once):
        rows = [cut or row for row, cut in some]
        yield first, rows, [place for place, (_, cut) in enumerate(some) if cut]
        first += len(rows)


def _some(texts: Iterator[tuple[int, list[str]]], most: int) -> list[tuple[list[str], Cut]]:
    """Up to so many rows, each with itself cut if it is too long; fewer where they are long."""
    rows: list[tuple[list[str], Cut]] = []
    length = 0
    for _, row in islice(texts, most):
        characters = sum(map(len, row))
        rows.append((row, cut(row) if characters > ROW_LIMIT else None))
        length += characters
        if length > ROW_LIMIT:
            break
    return rows


def cut(row: list[str]) -> list[str]:
    """The row with shorter cells, as little as a person needs to know it again."""
    return [text[:CUT] for text in row]


def _texts(sheet: CalamineSheet, zeros: dict[int, int]) -> Iterator[tuple[int, list[str]]]:
    """The row numbers of a sheet, from 1, with the texts of their cells, from column A on; none
    of an empty row."""
    if sheet.start is None:
        return
    left = sheet.start[1]
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [
            cell if cell.__class__ is str else shown(cell, zeros.get(place, 0))
            for place, cell in enumerate(cells, start=left)
        ]
        if not any(texts):
            yield line, []
        else:
            yield line, [""] * left + texts if left else texts


def shown(cell: Any, zeros: int = 0) -> str:
    """A cell's value as a person sees it; `zeros` digits at least for a whole number.

    A whole number has no point and no exponent, a day no time of day: dates are in ISO form.
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e21
        return f"{int(cell):0{zeros}d}" if whole else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def _sentence(error: BaseException, memory: int) -> str:
    if isinstance(error, IntakeError):
        return str(error)
    if isinstance(error, PasswordError) or "assword" in str(error):
        return PASSWORD
    if isinstance(error, MemoryError):
        return say(
            "The spreadsheet needs more than the %(most)s MB of memory that its reader "
            "may take. Save it as CSV, which may have any length, or in several parts.",
            most=f"{memory // 2**20:,}",
        )
    # Also what its Rust code could not go on with, an exception of no library of ours.
    return say(
        "The spreadsheet cannot be read (%(error)s). Open it, save it anew as XLSX or "
        "CSV, and load that.",
        error=error,
    )


if __name__ == "__main__":
    main()
