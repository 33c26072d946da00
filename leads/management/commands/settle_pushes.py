"""`manage.py settle_pushes`: find out what became of leads whose answer was lost."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from leads.management.output import show
from leads.models import Lead, LeadStatus
from leads.push.settle import settle
from leads.reports.standing import standing


class Command(BaseCommand):
    help = (
        "Look up on the dialers what became of unclear leads whose grace period (setting"
        " SETTLE_GRACE_SECONDS) is over. What is found there becomes pushed, with its lead_id;"
        " what is certainly not there is queued again; nothing is re-sent on a guess. The beat"
        " of Celery does the same by itself. Exit status 0 if no lead is unclear afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        settled = settle()
        if not options["json"]:
            self.stdout.write(
                f"Lapsed {settled.lapsed:,}; found there {settled.pushed:,}; not there, queued"
                f" again {settled.queued:,}; refused {settled.refused:,}; still unclear"
                f" {settled.unclear:,}."
            )
        for problem in settled.problems:
            self.stderr.write(problem)
        on_the_way = Lead.objects.filter(batch__isnull=False)
        more = {
            "lapsed": settled.lapsed,
            "found": settled.pushed,
            "queued_again": settled.queued,
            "problems": settled.problems,
        }
        show(self.stdout, standing(on_the_way), as_json=options["json"], more=more)
        unclear = Lead.objects.filter(status__in=[LeadStatus.UNCLEAR, LeadStatus.SENDING]).count()
        if unclear or settled.problems:
            raise SystemExit(1)
