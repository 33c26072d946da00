"""The main job, through the same functions as the pages: import, approve, queue, push, settle.

Each step looks at where things stand before it acts, so a demo that was killed in the middle goes
on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from leads import tasks
from leads.dialers import breaker, probe
from leads.dialers.connect import seal
from leads.intake.upload import fingerprint, receive
from leads.models import Dialer, DialerList, Import, ImportStatus, Lead, LeadStatus, Source
from leads.models.status import OPEN
from leads.push.queue import queue
from leads.reports.standing import standing
from leads.review.decide import approve
from leads.review.follow_up import see_through

LISTS = {101: "Outbound", 102: "Outbound2"}
Progress = Callable[[str, int, int], None]


class JobError(Exception):
    """The main job cannot go on; the text is a sentence."""


@dataclass(frozen=True)
class Job:
    """The import that the job was about, and where its leads stand now."""

    run: Import
    counts: dict[str, int]

    @property
    def problems(self) -> list[str]:
        """Why the job is not done, in words; empty if every row is accounted for."""
        found = []
        if self.counts["rows"] != self.run.rows_read:
            found.append(f"{self.run.rows_read} rows read, but {self.counts['rows']} are there")
        open_ones = ("staged", "approved", "queued", "sending", "unclear")
        counted = [(self.counts[status], status) for status in open_ones]
        return found + [
            f"{number} leads are still {status}" for number, status in counted if number
        ]

    def leads(self) -> QuerySet[Lead]:
        return Lead.objects.filter(import_run=self.run)


def take_over() -> None:
    """Nobody works for this folder before the worker starts: what a killed one held is free."""
    running = Import.objects.filter(status=ImportStatus.RUNNING)
    running.update(status=ImportStatus.WAITING)
    Lead.objects.filter(status=LeadStatus.SENDING).update(lease_until=timezone.now())


def make_dialer(url: str, api_user: str, api_password: str) -> Dialer:
    """The demo's dialer, at this run's address, tested as an admin would. Raises JobError."""
    dialer, _ = Dialer.objects.update_or_create(
        name="demo",
        defaults={
            "base_url": url,
            "api_user": api_user,
            "password_token": seal(api_password),
        },
    )
    for list_id, name in LISTS.items():
        DialerList.objects.get_or_create(
            dialer=dialer, list_id=list_id, defaults={"name": name, "campaign_id": "TESTCAMP"}
        )
    # The simulator of an earlier run may have been killed under a push.
    breaker.resume(dialer.pk)
    failed = [check["sentence"] for check in probe.test(dialer) if check["ok"] is False]
    if failed:
        raise JobError(" ".join(failed))
    return dialer


def do_main_job(
    file: Path, dialer: Dialer, users: dict[str, User], *, country: str, progress: Progress
) -> Job:
    """Bring `file` in and every lead of it to its end. Raises JobError, IntakeError."""
    run = bring_in(file, users["reviewer"], country=country, progress=progress)
    leads = Lead.objects.filter(import_run=run)
    see_through(run.pk)
    comment = "Approved in bulk by the demo"
    approve(leads, by=users["reviewer"], comment=comment, held_too=True)
    target = DialerList.objects.select_related("dialer").get(dialer=dialer, list_id=101)
    queue(leads.filter(status=LeadStatus.APPROVED), target, by=users["admin"], note="Demo")
    tasks.push_runner.delay(dialer.pk)
    wait_for_push(leads, dialer, progress)
    run.refresh_from_db()
    return Job(run, standing(leads))


def bring_in(file: Path, by: User, *, country: str, progress: Progress) -> Import:
    """The file's import, loaded by the worker; the earlier one if it was brought in before."""
    source, _ = Source.objects.get_or_create(
        name="Demo vendor",
        defaults={"country": country, "unassigned_numbers": "warn"},
    )
    known = Import.objects.filter(lead_source=source, sha256=fingerprint(file))
    run = known.exclude(status=ImportStatus.FAILED).first()
    if run is None:
        with file.open("rb") as stream:
            run = receive(stream, file.name, source, list_id=101, country=country, by=by)
    if run.status == ImportStatus.WAITING:
        tasks.run_import.delay(run.pk)
    while run.status in (ImportStatus.WAITING, ImportStatus.RUNNING):
        progress("importing", run.bytes_done, run.size)
        time.sleep(0.1)
        run.refresh_from_db()
    if run.status == ImportStatus.FAILED:
        raise JobError(run.error)
    progress("importing", run.size, run.size)
    return run


def wait_for_push(leads: QuerySet[Lead], dialer: Dialer, progress: Progress) -> None:
    """Until every lead has its final answer; unclear ones are settled by the worker's beat."""
    total = leads.filter(batch__isnull=False).count()
    while waiting := leads.filter(status__in=OPEN).count():
        progress("pushing", total - waiting, total)
        time.sleep(0.2)
        dialer.refresh_from_db()
        if dialer.is_paused and dialer.retry_at is None:
            raise JobError(f"The dialer is paused: {dialer.paused_text}")
    progress("pushing", total, total)
