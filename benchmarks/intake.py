"""How fast a file comes in, beside a raw COPY of the same rows into the same table.

    python benchmarks/intake.py [--quick] [--file F]

Starts the embedded PostgreSQL by itself. Ratios of one run only; the last line is one JSON object:
`of_raw_copy` and `of_raw_copy_into_5m` (1 = as fast as a psycopg COPY of rows prepared beforehand,
indexes and constraints in place), `times_import_export` (per row, against bulk mode),
`times_openpyxl` (reading XLSX), `growth` (cost of a row at the most rows, or with 5 million leads
there, over its cost at 10,000 rows) and `rss_mb` (peak memory of the importing process). What was
not measured is null.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import psycopg

from benchmarks.intake_rows import Rows
from benchmarks.intake_sheet import times_openpyxl
from portal.embedded.folder import DATABASE_USER, DataFolder
from portal.embedded.servers import (
    embedded_servers,
    throwaway_folder,
    throwaway_values,
)

ROWS, QUICK_ROWS, FEW_ROWS = 1_000_000, 100_000, 10_000
ALREADY_THERE = 5_000_000
EXPORTED, QUICK_EXPORTED = 10_000, 3_000
SHEET_ROWS, QUICK_SHEET_ROWS = 100_000, 9_000

Result = dict[str, Any]


class Bench:
    """Databases of one embedded server, and the ways run on them as processes."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._values = throwaway_values(folder)
        self._subprocess(self._values, "manage.py", "migrate", "--verbosity", "0")

    @contextmanager
    def database(self, name: str) -> Iterator[dict[str, str]]:
        """A database with the portal's empty tables; yields the environment to work in it."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE portal')
        base, _, host = self._values["DATABASE_URL"].partition("?")
        try:
            yield self._values | {"DATABASE_URL": f"{base.rpartition('/')[0]}/{name}?{host}"}
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def way(self, values: dict[str, str], *words: object) -> Result:
        """Run one of `benchmarks.intake_ways` and return what it printed."""
        printed = self._subprocess(values, "-m", "benchmarks.intake_ways", *map(str, words))
        result: Result = json.loads(printed)
        if "seconds" in result:
            seconds, rows = result["seconds"], result["rows"]
            print(
                f"  {words[0]:<14} {rows:>9,} rows {seconds:8.2f} s {rows / seconds:>9,.0f} rows/s",
                flush=True,
            )
        return result

    def _subprocess(self, values: dict[str, str], *words: str) -> str:
        return subprocess.run(
            [sys.executable, *words],
            cwd=PROJECT,
            env=os.environ | values,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self._folder.socket_dir),
            user=DATABASE_USER,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(statement)


def per_row(result: Result) -> float:
    return float(result["seconds"]) / int(result["rows"])


def ratio(raw: list[Result], ours: list[Result]) -> float:
    """How much of the speed of raw COPY ours has, in the middle of the runs."""
    middle = statistics.median
    return middle(map(per_row, raw)) / middle(map(per_row, ours))


def empty_table(bench: Bench, file: Path, prepared: Path, runs: int) -> tuple[Result, list[Result]]:
    """Ours and raw COPY, each time into a table of its own; returns figures and our runs."""
    ours, raws = [], []
    for number in range(runs):
        with bench.database("ours") as values:
            ours.append(bench.way(values, "portal", file))
            if not number:
                bench.way(values, "dump", ours[0]["import"], prepared)
        with bench.database("raw") as values:
            raws.append(bench.way(values, "raw", ours[0]["import"], prepared))
    print(f"  of them {ours[0]['invalid']:,} invalid, {ours[0]['duplicate']:,} duplicates")
    return {"of_raw_copy": ratio(raws, ours), "rss_mb": max(run["rss_mb"] for run in ours)}, ours


def full_table(bench: Bench, file: Path, prepared: Path, runs: int) -> tuple[Result, list[Result]]:
    """The same into a table of millions, which is put back after each way."""
    ours, raws = [], []
    with bench.database("full") as values:
        bench.way(values, "fill", ALREADY_THERE)
        for _ in range(runs):
            ours.append(bench.way(values, "portal", file))
            number = ours[-1]["import"]
            bench.way(values, "dump", number, prepared)
            bench.way(values, "forget", number)
            raws.append(bench.way(values, "raw", number, prepared))
            bench.way(values, "forget", number)
    return {"of_raw_copy_into_5m": ratio(raws, ours)}, ours


def against_import_export(bench: Bench, prepared: Path, ours: list[Result], count: int) -> Result:
    with bench.database("export") as values:
        theirs = bench.way(values, "import_export", 1, prepared, count)
    return {"times_import_export": per_row(theirs) / statistics.median(map(per_row, ours))}


def few(bench: Bench, file: Path, runs: int) -> list[Result]:
    found = []
    for _ in range(runs):
        with bench.database("few") as values:
            found.append(bench.way(values, "portal", file))
    return found


def measure(bench: Bench, folder: Path, file: Path | None, *, quick: bool) -> Result:
    prepared, beginning = folder / "prepared.txt", folder / "beginning.csv"
    if file is None:
        file = folder / "leads.csv"
        Rows(seed=1).write(file, QUICK_ROWS if quick else ROWS)
    with file.open("rb") as whole:
        beginning.write_bytes(b"".join(islice(whole, FEW_ROWS + 1)))
    figures: Result = {"of_raw_copy_into_5m": None}
    print("Its first rows, each time into an empty table:")
    small = few(bench, beginning, 3)
    print("The file into an empty table, and a raw COPY of the rows that came of it:")
    found, ours = empty_table(bench, file, prepared, 2)
    figures |= found
    print("django-import-export, bulk mode, rows that are clean already:")
    figures |= against_import_export(bench, prepared, ours, QUICK_EXPORTED if quick else EXPORTED)
    costs = [statistics.median(map(per_row, ours))]
    if not quick:
        print(f"The file into a table of {ALREADY_THERE:,} leads:")
        found, into_full = full_table(bench, file, prepared, 1)
        figures |= found
        costs.append(statistics.median(map(per_row, into_full)))
    figures["growth"] = max(costs) / statistics.median(map(per_row, small))
    figures["times_openpyxl"] = times_openpyxl(folder, QUICK_SHEET_ROWS if quick else SHEET_ROWS)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="100,000 rows, no table of 5 million")
    parser.add_argument("--file", type=Path, help="a CSV file of your own instead of invented rows")
    options = parser.parse_args()
    with throwaway_folder("lead-bench-") as folder, embedded_servers(folder):
        work = folder.path / "files"
        work.mkdir()
        figures = measure(Bench(folder), work, options.file, quick=options.quick)
    order = ("of_raw_copy", "of_raw_copy_into_5m", "times_import_export", "times_openpyxl",
             "growth", "rss_mb")  # fmt: skip
    print(json.dumps({name: figures[name] and round(figures[name], 2) for name in order}))


if __name__ == "__main__":
    main()
