"""`manage.py dialer add|test|list`: the VICIdial servers that leads can be pushed to."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from leads.dialers import probe
from leads.dialers.connect import seal
from leads.models import Dialer, DialerList
from leads.vicidial.client import normalise_url
from leads.vicidial.errors import DialerError

MARKS = {True: "ok", False: "FAILED", None: "cannot be told"}


class Command(BaseCommand):
    help = (
        "Add, test or list dialers. The API password is read from an environment variable, so"
        " that it stands in no process list and no shell history; it is kept encrypted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add a dialer, or change the one of that name")
        add.add_argument("name")
        add.add_argument("url", help="for example https://dialer.example.com/vicidial/")
        add.add_argument("--user", required=True, help="the API user of VICIdial")
        add.add_argument(
            "--password-env", required=True, metavar="VAR", help="variable with its password"
        )
        add.add_argument(
            "--list",
            type=int,
            action="append",
            default=[],
            dest="lists",
            metavar="LIST_ID",
            help="a list to push to; may be given more than once",
        )
        add.add_argument(
            "--accents", action="store_true", help='the server runs with "use non latin"'
        )
        test = verbs.add_parser("test", help="version, login, rights and lists, each in words")
        test.add_argument("name")
        test.add_argument("--json", action="store_true", help="one JSON object on the last line")
        verbs.add_parser("list", help="the dialers, and whether each is open for calls")

    def handle(self, *args: Any, **options: Any) -> None:
        {"add": self.add, "test": self.test, "list": self.list}[options["verb"]](options)

    def add(self, options: dict[str, Any]) -> None:
        try:
            url = normalise_url(options["url"])
        except DialerError as error:
            raise CommandError(error.sentence) from None
        password = os.environ.get(options["password_env"], "")
        if not password:
            raise CommandError(
                f"The environment variable {options['password_env']} is not set or empty. Put the"
                " API password there and call again."
            )
        values = {
            "base_url": url,
            "api_user": options["user"],
            "password_token": seal(password),
            "accents": options["accents"],
        }
        dialer, made = Dialer.objects.update_or_create(name=options["name"], defaults=values)
        for list_id in options["lists"]:
            self.add_list(dialer, list_id)
        self.stdout.write(
            f"{'Added' if made else 'Changed'} dialer {dialer.name} at {url}. Try it:"
            f" manage.py dialer test {dialer.name}"
        )

    def add_list(self, dialer: Dialer, list_id: int) -> None:
        wanted = DialerList(dialer=dialer, list_id=list_id)
        if DialerList.objects.filter(dialer=dialer, list_id=list_id).exists():
            return
        try:
            wanted.full_clean()
        except ValidationError:
            raise CommandError(f"--list {list_id}: a list_id has 3 to 12 digits.") from None
        wanted.save()

    def test(self, options: dict[str, Any]) -> None:
        dialer = Dialer.objects.filter(name=options["name"]).first()
        if dialer is None:
            raise CommandError(f"There is no dialer “{options['name']}”. See: dialer list")
        checks = probe.test(dialer)
        ok = all(check["ok"] is not False for check in checks)
        if options["json"]:
            self.stdout.write(json.dumps({"dialer": dialer.name, "ok": ok, "checks": checks}))
        else:
            for check in checks:
                self.stdout.write(f"{MARKS[check['ok']]:>14}  {check['name']}: {check['sentence']}")
        if not ok:
            raise SystemExit(1)

    def list(self, options: dict[str, Any]) -> None:
        for dialer in Dialer.objects.prefetch_related("lists"):
            state = f"paused: {dialer.paused_text}" if dialer.is_paused else "open"
            if not dialer.enabled:
                state = "off"
            lists = ", ".join(str(each.list_id) for each in dialer.lists.all()) or "none"
            self.stdout.write(f"{dialer.name}  {dialer.base_url}  lists {lists}  {state}")
