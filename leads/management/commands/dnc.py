"""`manage.py dnc load|check`: lists of numbers that must not be called."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from leads.dedup import suppress_known, suppress_waiting
from leads.dedup.suppress_mark import Checked
from leads.dedup.suppress_own import leads_with
from leads.intake.dnc import receive_edition
from leads.intake.dnc_load import load, purge, to_purge
from leads.intake.errors import IntakeError
from leads.management.output import user_named
from leads.models import DncEdition, DncList, DncOrigin, EditionStatus

SHOWN_LEADS = 20
SHOWN_ROWS = 10


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Load a list of numbers that must not be called (one number a row, or area code and"
        " number; text, CSV, spreadsheet), in place of the list's earlier edition; or say on which"
        " lists a number is. `check` ends with status 0 if the number is on no list in force."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="load a list, or a newer edition of it")
        load.add_argument("file", type=Path, metavar="FILE")
        load.add_argument(
            "--list", required=True, dest="name", metavar="NAME", help="made if it is new"
        )
        load.add_argument(
            "--origin",
            choices=[origin for origin in DncOrigin.values if origin != DncOrigin.INTERNAL],
            help="where a new list is from (default: federal)",
        )
        load.add_argument(
            "--date",
            type=_day,
            metavar="YYYY-MM-DD",
            help="the day on which it was current (default: today)",
        )
        load.add_argument(
            "--expires",
            type=_day,
            metavar="YYYY-MM-DD",
            help="the last day on which it counts (default: it never expires)",
        )
        load.add_argument("--country", default="US", metavar="XX")
        load.add_argument("--as", dest="user", metavar="USER", help="who loads it (a username)")
        check = verbs.add_parser("check", help="on which lists a number is, and who has it")
        check.add_argument("number", metavar="NUMBER")
        for verb in (load, check):
            verb.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        {"load": self.load, "check": self.check_number}[options["verb"]](options)

    def load(self, options: dict[str, Any]) -> None:
        try:
            edition = load(self.bring_in(options))
        except IntakeError as error:
            raise CommandError(f"{options['file'].name}: {error}") from None
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from None
        if edition.status == EditionStatus.FAILED:
            raise CommandError(edition.error)
        for old in to_purge():
            purge(old)
        checked = suppress_waiting.check_all() or Checked()
        counts = {
            name: getattr(edition, f"rows_{name}")
            for name in ("read", "stored", "repeated", "unreadable")
        }
        counts |= {"leads_found": checked.found, "leads_withdrawn": checked.withdrawn}
        if options["json"]:
            self.stdout.write(json.dumps({"list": str(edition.dnc_list), **counts}))
            return
        self.stdout.write(f"{edition.dnc_list} of {edition.as_of}, {edition.filename}:")
        for name, number in counts.items():
            self.stdout.write(f"{name.replace('_', ' '):>16}  {number:>12,}")
        for row in edition.unreadable.all()[:SHOWN_ROWS]:
            self.stdout.write(f"Line {row.line}: “{row.given}” ({row.code}).")

    def bring_in(self, options: dict[str, Any]) -> DncEdition:
        """Store the file; a new list is kept only if there is something of it to keep."""
        user = user_named(options["user"])
        with options["file"].open("rb") as stream, transaction.atomic():
            dnc_list, _ = DncList.objects.get_or_create(
                name=options["name"],
                defaults={"origin": options["origin"] or DncOrigin.FEDERAL},
            )
            return receive_edition(
                stream,
                options["file"].name,
                dnc_list,
                as_of=options["date"] or timezone.localdate(),
                expires_on=options["expires"],
                country=options["country"],
                by=user,
            )

    def check_number(self, options: dict[str, Any]) -> None:
        phone = suppress_known.read_number(options["number"])
        if phone is None:
            raise CommandError(f"“{options['number']}” is no phone number.")
        known = suppress_known.lists_with(phone)
        leads = list(leads_with(phone).order_by("pk").values_list("pk", "status")[:SHOWN_LEADS])
        if options["json"]:
            lists = [
                {"list": str(one.dnc_list), "date": one.of, "in_force": not one.out_of_force}
                for one in known
            ]
            found = {"number": f"+{phone}", "lists": lists, "leads": [pk for pk, _ in leads]}
            self.stdout.write(json.dumps(found, default=str))
        else:
            for one in known:
                state = one.out_of_force or "In force."
                self.stdout.write(f"+{phone} is on “{one.dnc_list}” of {one.of}. {state}")
            if not known:
                self.stdout.write(f"+{phone} is on no DNC list.")
            for pk, status in leads:
                self.stdout.write(f"Lead {pk} has it: {status}.")
        if any(not one.out_of_force for one in known):
            raise SystemExit(1)
