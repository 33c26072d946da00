"""`manage.py import_leads`: bring a file of leads in."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from leads.cleaning.reasons import REASONS
from leads.intake.account import codes
from leads.intake.errors import IntakeError
from leads.intake.headers import map_headers
from leads.intake.stage import load
from leads.intake.upload import receive, same_file
from leads.management.output import show, user_named
from leads.models import Import, ImportStatus, Lead, Source
from leads.reports.standing import standing

NAMES_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Load a file of leads: a spreadsheet (XLSX, XLS, ODS), CSV (separated by comma, semicolon,"
        " tab or |; UTF-8, UTF-16 or Windows-1252) or JSON lines. Each row becomes staged, invalid"
        " (with its reasons) or duplicate. The"
        " file is loaded wholly or not at all. Exit status 0 if every row is accounted for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
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
        try:
            if options["dry_run"]:
                with transaction.atomic():
                    run = self.bring_in(options)
                    run.file.delete(save=False)
                    transaction.set_rollback(True)
            else:
                run = self.bring_in(options)
        except (IntakeError, OSError) as error:
            raise CommandError(_sentence(error, options["file"])) from None
        if run.status != ImportStatus.DONE:
            raise CommandError(run.error)

    def bring_in(self, options: dict[str, Any]) -> Import:
        """Store the file, load it, and print what became of its rows."""
        user = user_named(options["user"])
        country = options["country"].upper()
        with options["file"].open("rb") as stream, transaction.atomic():
            # A new source is kept only if there is something of it to keep.
            source, _ = Source.objects.get_or_create(
                name=options["source"], defaults={"country": country} if country else {}
            )
            run = receive(
                stream,
                options["file"].name,
                source,
                list_id=options["list_id"],
                country=country,
                by=user,
            )
        run = load(run, None if options["json"] else self.tell)
        while run.status in (ImportStatus.WAITING, ImportStatus.RUNNING):
            # A worker's sweep was faster, and loads it.
            time.sleep(0.5)
            run.refresh_from_db()
        if run.status == ImportStatus.DONE:
            self.report(run, dry_run=options["dry_run"], as_json=options["json"])
        return run

    def tell(self, rows: int, bytes_done: int) -> None:
        if sys.stdout.isatty():
            self.stdout.write(f"{rows:,} rows, {bytes_done / 1_000_000:,.1f} MB …", ending="\r")
            self.stdout.flush()

    def report(self, run: Import, *, dry_run: bool, as_json: bool) -> None:
        """What became of the rows, and why."""
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
            "import": None if dry_run else run.pk,
            "dry_run": dry_run,
            "reasons": reasons,
            "warnings": warnings,
            "same_file_as": earlier.pk if earlier else None,
        }
        counts = standing(Lead.objects.filter(import_run=run))
        show(self.stdout, counts, as_json=as_json, more=more)

    def list_codes(self, title: str, found: dict[str, int]) -> None:
        for code, number in found.items():
            remedy = REASONS[code].remedy if code in REASONS else ""
            self.stdout.write(f"{title}: {number:,} × {code}. {remedy}")


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
