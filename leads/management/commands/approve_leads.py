"""`manage.py approve_leads`: approve staged leads of an import, or all that have no warning."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.management.output import show, show_left, user_named
from leads.models import Import, ImportStatus, Lead, LeadStatus
from leads.reports.standing import standing
from leads.review.decide import approve
from leads.review.follow_up import PATIENCE, compare_again, see_through


class Command(BaseCommand):
    help = (
        "Approve staged leads, so that they may be pushed. Invalid, duplicate and rejected leads"
        " are left, and the command says how many; so are those that are still compared with the"
        " others. An import that is not compared yet is compared first, here, unless a worker does"
        " it: that takes as long as it takes. Exit status 0 if at least one lead was approved, or"
        " none was waiting."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument(
            "--import",
            type=int,
            dest="import_id",
            metavar="ID",
            help="all staged leads of it: also those with warnings, or that may be duplicates",
        )
        which.add_argument(
            "--all-clean", action="store_true", help="every staged lead without a warning"
        )
        parser.add_argument("--as", dest="user", metavar="USER", help="who approves (a username)")
        parser.add_argument("--comment", default="", help="kept with each lead")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["user"])
        compare_again()
        if options["all_clean"]:
            leads = Lead.objects.filter(status=LeadStatus.STAGED, warnings=[])
            scope = Lead.objects.all()
        else:
            if not Import.objects.filter(pk=options["import_id"]).exists():
                raise CommandError(f"There is no import {options['import_id']}.")
            self.compare(options["import_id"])
            leads = scope = Lead.objects.filter(import_run=options["import_id"])
        # Who names an import has decided on all of it.
        whole = options["import_id"] is not None
        comment = options["comment"] or ("By manage.py approve_leads" if whole else "")
        decision = approve(leads, by=user, comment=comment, held_too=whole)
        if not options["json"]:
            self.stdout.write(f"Approved {decision.moved:,}.")
            show_left(self.stdout, decision.left)
        more = {"moved": decision.moved, "import": options["import_id"], "left": decision.left}
        show(self.stdout, standing(scope), as_json=options["json"], more=more)
        if not decision.moved and leads.filter(status=LeadStatus.STAGED).exists():
            raise CommandError("Nothing was approved: see the reasons above.")

    def compare(self, import_id: int) -> None:
        """Have the import compared with the others, and its dialer asked, before all of it goes."""
        run = see_through(import_id)
        if run.status == ImportStatus.DONE and run.compared_at is None:
            hours = PATIENCE.total_seconds() / 3600
            raise CommandError(
                f"Import {run.pk} was compared with the others, but dialer {run.dialer} could not"
                f" be asked yet which of its leads it has: {run.dialer_note} Try again; {hours:g} h"
                " after it was loaded its leads may go without that."
            )
