"""`manage.py import_leads`: bring files of leads in."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from leads.admin.parts import kick
from leads.cleaning.reasons import REASONS
from leads.intake.account import codes
from leads.intake.errors import IntakeError
from leads.intake.headers import map_headers
from leads.intake.stage import load
from leads.intake.upload import receive, same_file
from leads.management.output import SHOWN, show, user_named
from leads.models import Import, ImportStatus, Lead, Source
from leads.reports.standing import standing
from leads.tasks import follow_up

NAMES_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Load files of leads: spreadsheets (XLSX, XLS, ODS), CSV (separated by comma, semicolon,"
        " tab or |; UTF-8, UTF-16 or Windows-1252) or JSON. Each row becomes staged, invalid (with"
        " its reasons) or duplicate. Each file is loaded wholly or not at all, one after the other."
        " Exit status 0 if every row of every file is accounted for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", type=Path, metavar="FILE", nargs="+")
        parser.add_argument(
            "--source", required=True, metavar="NAME", help="who supplies it; made if it is new"
        )
        parser.add_argument(
            "--list", type=int, dest="list_id", metavar="ID", help="VICIdial list for its leads"
        )
        parser.add_argument(
            "--country",
            default="",
            metavar="XX",
            help="whose numbers those without a country code are (default: the source's, US)",
        )
        parser.add_argument("--as", dest="user", metavar="USER", help="who imports (a username)")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="do everything, say what came of it, keep nothing",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            self.bring_all_in(options)
            return
        with transaction.atomic():
            # All in one, so that a file is compared with those before it.
            try:
                self.bring_all_in(options)
            finally:
                transaction.set_rollback(True)

    def bring_all_in(self, options: dict[str, Any]) -> None:
        """Load each file and print what became of it; raise CommandError at the end if one could
        not be loaded."""
        files, told, wrong = options["files"], [], []
        for path in files:
            try:
                told.append(self.bring_in(path, options))
            except (IntakeError, OSError) as error:
                wrong.append(_sentence(error, path))
        if options["json"]:
            one = told[0] if told and len(files) == 1 else _together(told, wrong)
            self.stdout.write(json.dumps(one, default=str))
        elif len(files) > 1:
            self.stdout.write(f"{len(told)} of {len(files)} files were loaded.")
            show(self.stdout, _together(told, wrong), as_json=False, more={})
        if wrong:
            raise CommandError("\n".join(wrong))

    def bring_in(self, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        """Store the file, load it, print what became of its rows, and return the counts.

        Raises IntakeError and OSError.
        """
        run = self.load(self.receive(path, options), options)
        try:
            if run.status != ImportStatus.DONE:
                raise IntakeError(run.error or f"It was {run.get_status_display().lower()}.")
            return self.report(run, dry_run=options["dry_run"], as_json=options["json"])
        finally:
            if options["dry_run"]:
                run.file.delete(save=False)

    def receive(self, path: Path, options: dict[str, Any]) -> Import:
        user = user_named(options["user"])
        country = options["country"].upper()
        with path.open("rb") as stream, transaction.atomic():
            # A new source is kept only if there is something of it to keep.
            source, _ = Source.objects.get_or_create(
                name=options["source"], defaults={"country": country} if country else {}
            )
            return receive(
                stream, path.name, source, list_id=options["list_id"], country=country, by=user
            )

    def load(self, run: Import, options: dict[str, Any]) -> Import:
        quiet = options["json"] or not sys.stderr.isatty()
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
        more = TextColumn("{task.fields[rows]:,} rows"), TimeRemainingColumn()
        with Progress(*columns, *more, console=Console(stderr=True), disable=quiet) as bar:
            task = bar.add_task(run.filename, total=run.size, rows=0)
            run = load(run, lambda rows, done: bar.update(task, completed=done, rows=rows))
            bar.update(task, completed=run.size, rows=run.rows_read)
        while run.status in (ImportStatus.WAITING, ImportStatus.RUNNING):
            # A worker's sweep was faster, and loads it.
            time.sleep(0.5)
            run.refresh_from_db()
        if not options["dry_run"] and run.status == ImportStatus.DONE:
            # What follows is a worker's: it takes more memory than loading, and may ask the dialer.
            kick(follow_up, run.pk)
        return run

    def report(self, run: Import, *, dry_run: bool, as_json: bool) -> dict[str, Any]:
        """Print what became of the rows, and why; return it."""
        earlier = same_file(run)
        reasons, warnings = codes(run), codes(run, "warnings")
        if not as_json:
            kept = "A dry run, nothing is kept" if dry_run else f"Import {run.pk}"
            self.stdout.write(f"{kept}: {run.filename} from {run.lead_source}.")
            self.list_codes("Invalid", reasons)
            self.list_codes("With a warning", warnings)
            if unused := _unused(run):
                self.stdout.write(f"Columns kept only as they came: {unused}.")
            for sentence in map_headers(run.header).told:
                self.stdout.write(sentence)
            if earlier:
                self.stdout.write(f"The very same file was loaded before as import {earlier.pk}.")
        more = {
            "file": run.filename,
            "import": None if dry_run else run.pk,
            "dry_run": dry_run,
            "reasons": reasons,
            "warnings": warnings,
            "same_file_as": earlier.pk if earlier else None,
        }
        counts = standing(Lead.objects.filter(import_run=run))
        if not as_json:
            show(self.stdout, counts, as_json=False, more={})
        return {**{name: counts.get(name, 0) for name in SHOWN}, **counts, **more}

    def list_codes(self, title: str, found: dict[str, int]) -> None:
        for code, number in found.items():
            remedy = REASONS[code].remedy if code in REASONS else ""
            self.stdout.write(f"{title}: {number:,} × {code}. {remedy}")


def _together(told: list[dict[str, Any]], wrong: list[str]) -> dict[str, Any]:
    """The counts of all files, and of each."""
    counts = {name: sum(one[name] for one in told) for name in SHOWN}
    return {**counts, "files": told, "not_loaded": wrong}


def _unused(run: Import) -> str:
    names = [
        name or "(without a name)"
        for name, field in zip(run.header, run.mapping, strict=True)
        if field is None
    ]
    more = [f"and {len(names) - NAMES_SHOWN} more"] if len(names) > NAMES_SHOWN else []
    return ", ".join([*names[:NAMES_SHOWN], *more])


def _sentence(error: IntakeError | OSError, file: Path) -> str:
    if isinstance(error, OSError):
        return f"{file} cannot be read: {error.strerror or error}."
    return f"{file.name}: {error}"
