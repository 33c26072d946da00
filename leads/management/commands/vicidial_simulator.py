"""`manage.py vicidial_simulator`: a VICIdial server to try things on."""

from __future__ import annotations

import signal
import sqlite3
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.vicidial.simulator.faults import FaultPlan
from leads.vicidial.simulator.releases import FORK, ORDER
from leads.vicidial.simulator.server import Simulator

DNC_NUMBER = "7275550199"


class Command(BaseCommand):
    help = (
        "Run a simulated VICIdial server on this machine: the Non-Agent API as real servers speak"
        " it, their silent damage included. It has the lists 101, 102 (with the custom field"
        f" fav_color) and 999, campaign TESTCAMP, and {DNC_NUMBER} on its DNC list. Prints its"
        " address; Ctrl-C ends it. Nothing of it is meant for production: its password is no"
        " secret."
    )
    requires_system_checks: list[str] = []  # it needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
        parser.add_argument("--user", default="6666", help="API user (default 6666)")
        parser.add_argument("--password", default="1234", help="its password (default 1234)")
        parser.add_argument("--store", type=Path, metavar="FILE", help="keep leads in this file")
        parser.add_argument("--release", default=ORDER[-1], choices=[*ORDER, FORK])
        parser.add_argument("--accents", action="store_true", help='"use non latin" is on')
        parser.add_argument("--latency", type=float, default=0.0, help="milliseconds a call")
        parser.add_argument("--faults", type=float, default=0.0, help="share of calls, 0 to 1")
        parser.add_argument("--seed", type=int, default=1, help="of the faults")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 <= options["port"] <= 65535:
            raise CommandError(f"--port {options['port']}: a port is a number up to 65535.")
        if not 0 <= options["faults"] <= 1:
            raise CommandError(f"--faults {options['faults']}: a share is from 0 to 1.")
        try:
            self.serve(options)
        except sqlite3.Error as error:
            raise CommandError(f"--store {options['store']} cannot be used: {error}.") from None

    def serve(self, options: dict[str, Any]) -> None:
        simulator = Simulator(
            options["port"],
            options["user"],
            options["password"],
            options["store"],
            options["release"],
            accents=options["accents"],
            latency=options["latency"] / 1000,
            faults=FaultPlan(options["faults"], seed=options["seed"])
            if options["faults"]
            else None,
        )
        fill(simulator)
        over = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        try:
            simulator.start()
        except OSError as error:
            raise CommandError(
                f"Port {options['port']} cannot be used ({error.strerror}). Give another --port."
            ) from None
        self.stdout.write(f"VICIdial simulator at {simulator.url} (user {options['user']})")
        self.stdout.flush()
        over.wait()
        simulator.stop()


def fill(simulator: Simulator) -> None:
    """The campaign, lists and DNC number that the help text names."""
    store = simulator.store
    store.add_campaign("TESTCAMP", "Test Campaign")
    store.add_list(101, "Outbound", "TESTCAMP")
    store.add_list(102, "Outbound2", "TESTCAMP", custom_fields=["fav_color"])
    store.add_list(999, "Default list", "TESTCAMP")
    store.add_dnc(DNC_NUMBER)
