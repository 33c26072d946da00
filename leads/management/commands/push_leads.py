"""`manage.py push_leads`: queue approved leads for a list of a dialer, and push them."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q, QuerySet
from kombu.exceptions import OperationalError

from leads import tasks
from leads.dialers import probe
from leads.management.output import show, show_left, user_named
from leads.models import Dialer, DialerList, Import, Lead, LeadStatus, PushBatch
from leads.push.errors import PushError
from leads.push.queue import queue
from leads.push.runner import run
from leads.reports.standing import standing

WAITING = [LeadStatus.QUEUED, LeadStatus.SENDING]


class Command(BaseCommand):
    help = (
        "Queue approved leads for one list of a dialer as one batch. The Celery workers push"
        " them; with --wait this command does it itself and shows the result. Leads that ask for"
        " another list are left. Exit status 0 only if every lead got its answer (pushed, or"
        " refused with a reason)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dialer", required=True, metavar="NAME", help="see `dialer list`")
        parser.add_argument("--list", required=True, type=int, dest="list_id", metavar="LIST_ID")
        parser.add_argument("--import", type=int, dest="import_id", metavar="ID", help="only its")
        parser.add_argument("--wait", action="store_true", help="push here and now")
        parser.add_argument("--as", dest="user", metavar="USER", help="who pushes (a username)")
        parser.add_argument("--note", default="", help="kept with the batch")
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_named(options["user"])
        target = self.target(options["dialer"], options["list_id"])
        leads = self.selection(options["import_id"], target)
        try:
            queued = queue(leads, target, by=user, note=options["note"])
        except PushError as error:
            raise CommandError(str(error)) from None
        if queued.batch is None:
            if not options["json"]:
                show_left(self.stdout, queued.left)
            raise CommandError("There is no approved lead to push.")
        ended = self.push(queued.batch) if options["wait"] else self.kick(queued.batch)
        if not options["json"]:
            self.stdout.write(f"Batch {queued.batch.pk}: {queued.queued:,} leads. {ended}")
            show_left(self.stdout, queued.left)
        counts = standing(Lead.objects.filter(batch=queued.batch))
        more = {"batch": queued.batch.pk, "selected": queued.queued, "left": queued.left}
        show(self.stdout, counts, as_json=options["json"], more=more)
        open_leads = counts["unclear"] + sum(counts[status] for status in WAITING)
        if options["wait"] and open_leads:
            raise CommandError(f"{open_leads:,} leads have no final answer yet. {ended}")

    def target(self, name: str, list_id: int) -> DialerList:
        """The list to push to, asked for on the dialer if the portal has not seen it yet."""
        dialer = Dialer.objects.filter(name=name).first()
        if dialer is None:
            names = ", ".join(Dialer.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no dialer “{name}”. There are: {names}.")
        if not 100 <= list_id <= 999_999_999_999:
            raise CommandError(
                f"--list {list_id}: a list_id has 3 to 12 digits; with any other VICIdial would"
                " take the leads into its list 999."
            )
        found, _ = DialerList.objects.get_or_create(dialer=dialer, list_id=list_id)
        if not (found.seen_at or found.confirmed):
            checks = probe.test(dialer)
            found.refresh_from_db()
            if not found.seen_at:
                failed = [check["sentence"] for check in checks if check["ok"] is False]
                self.stderr.write("\n".join(failed))
        return DialerList.objects.select_related("dialer").get(pk=found.pk)

    def selection(self, import_id: int | None, target: DialerList) -> QuerySet[Lead]:
        leads = Lead.objects.filter(status=LeadStatus.APPROVED)
        if import_id is not None:
            if not Import.objects.filter(pk=import_id).exists():
                raise CommandError(f"There is no import {import_id}.")
            leads = leads.filter(import_run=import_id)
        others = leads.exclude(Q(list_id=target.list_id) | Q(list_id=None)).count()
        if others:
            self.stderr.write(f"{others:,} approved leads ask for another list and are left.")
        return leads.filter(Q(list_id=target.list_id) | Q(list_id=None))

    def push(self, batch: PushBatch) -> str:
        """Run the engine here until no lead of the batch waits; return why it ended."""
        while True:
            ran = run(batch.dialer)
            if not Lead.objects.filter(batch=batch, status__in=WAITING).exists():
                return "All have their answers."
            batch.dialer.refresh_from_db()
            if batch.dialer.is_paused:
                return f"Dialer {batch.dialer.name} is paused: {batch.dialer.paused_text}"
            batch.refresh_from_db()
            if batch.status != "running":
                return f"The batch was {batch.status} meanwhile."
            if not ran.leads:
                time.sleep(0.5)  # other workers hold the connections, or finish what they claimed

    def kick(self, batch: PushBatch) -> str:
        try:
            tasks.push_runner.delay(batch.dialer_id)
        except OperationalError:
            return "The broker is down; Celery's beat finds the batch when it is back."
        return "The workers push it now."
