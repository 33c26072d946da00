"""`manage.py demo`: everything, with real parts, from one command."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console

import leads
from leads.intake.errors import IntakeError
from portal.demo import job, people, report, services
from portal.embedded.children import Children
from portal.embedded.folder import EmbeddedError
from portal.embedded.servers import embedded_servers

SAMPLE = Path(leads.__file__).parent / "intake" / "sample" / "leads.csv"


class Command(BaseCommand):
    help = (
        "Start the whole portal on this machine (PostgreSQL, Valkey, a VICIdial simulator, a"
        " Celery worker with beat, the web server), bring in a sample of leads, approve and push"
        " them, print what became of each, and serve until Ctrl-C. Needs no set-up; everything is"
        " kept in the folder .demo (PORTAL_DEMO_DIR moves it; delete it to start anew)."
    )
    requires_system_checks: list[str] = []  # the database is not there yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end after the table")
        parser.add_argument("--leads", type=Path, metavar="FILE", help="a CSV of your own")
        parser.add_argument("--country", default="US", help="of its phone numbers (default US)")
        parser.add_argument("--port", type=int, default=8000, help="of the web server")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["leads"] or SAMPLE
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        # A kill by the service manager ends the children in order too.
        # SIGINT too: a shell that starts it in the background has it ignored.
        for end in (signal.SIGINT, signal.SIGTERM):
            signal.signal(end, signal.default_int_handler)
        # Piped into a file or a log, the tables need not fold.
        width = None if self.stdout.isatty() else 120
        console = Console(file=self.stdout, width=width)  # type: ignore[arg-type]
        try:
            with embedded_servers(settings.DATA_FOLDER, say=console.print) as children:
                self.run(console, children, file, options)
        except (EmbeddedError, IntakeError, job.JobError) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            console.print("Stopped. Nothing is lost: start it again to go on.")

    def run(
        self, console: Console, children: Children, file: Path, options: dict[str, Any]
    ) -> None:
        folder = settings.DATA_FOLDER
        console.print("PostgreSQL and Valkey are up; preparing the tables …")
        call_command("migrate", verbosity=0)
        logins = people.passwords(folder.path / "logins.json")
        users = people.make_users(logins)
        job.take_over()
        console.print("Starting the VICIdial simulator, the worker and the web server …")
        running = services.start(
            folder,
            children,
            api_user=people.API_USER,
            api_password=logins["api"],
            port=options["port"],
        )
        dialer = job.make_dialer(running.dialer_url, people.API_USER, logins["api"])
        console.print(f"The main job: {file.name} to list 101 of dialer “{dialer.name}”")
        with report.Bars(console) as bars:
            done = job.do_main_job(
                file, dialer, users, country=options["country"], progress=bars.show
            )
        console.print(report.counts_table(done), report.leads_table(done))
        for problem in done.problems:
            console.print(f"Not done: {problem}.")
        if options["once"]:
            if done.problems:
                raise CommandError("Not every row came to its end.")
            return
        report.show_logins(console, running.portal_url, logins)
        console.print("Ctrl-C ends it.")
        connection.close()
        self.wait(children)

    def wait(self, children: Children) -> None:
        while (ended := children.first_ended()) is None:
            time.sleep(0.5)
        raise CommandError(
            f"The {ended.name} ended by itself (status {children.exit_status(ended)}). See"
            f" {settings.DATA_FOLDER.logs}."
        )
