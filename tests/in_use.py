"""A portal that is in use: something of everything, and the addresses of all its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from leads.intake import stage
from leads.models import DuplicatePolicy, Export, Import, Lead, LeadStatus, Outcome
from leads.review.follow_up import follow_up
from tests.factories import (
    make_attempt,
    make_batch,
    make_dialer,
    make_dialer_list,
    make_dnc_list,
    make_lead,
    make_source,
    make_user,
)
from tests.review.test_desk import make_pair

S = LeadStatus
HEADER = "phone,first name,last name,email,shoe size\n"
ROWS = (
    "727-555-0123,Ann,Lee,ann@example.com,7\n"
    "727-555-0123,Ann,Lee,ann@example.com,7\n"
    "727-555-0124,José,García,jose,8\n"
    "12,Too,Short,,\n"
    "727-555-0125,Bea,Ray,bea@example.com,9\n"
)
# What only a program asks for, or nobody has: files, parts of pages, Django's own redirects.
NOT_PAGES = re.compile(
    r"^(?!admin/)|autocomplete|jsi18n|/r/|logout|app_list|\(\?P<url>|\.csv|<str:kind>|progress/"
    r"|/history/|/delete/|<path:object_id>/$|desk/(act|claim|approve)/|dry-run/|/remove/|/answer/|view_on_site|admin/search/"
)


class InUse:
    """Leads in every status, an import that waits for its mapping, batches, pairs, lists; made by
    the portal's own ways where they are short. `objects` is one of each model, by label."""

    def __init__(self) -> None:
        self.superuser = make_user("superuser")
        client = Client()
        client.force_login(self.superuser)
        source = make_source(name="Vendor")
        self.done = self._uploaded(client, source, HEADER + ROWS)
        self._load(client, self.done)
        self.waiting = self._uploaded(client, source, HEADER + ROWS.replace("555-01", "555-00"))
        target = make_dialer_list(make_dialer(name="Outbound"), name="Spring")
        self.batch = make_batch(target, created_by=self.superuser, selected=5)
        for status in S:
            lead = make_lead(status, batch=self.batch if status in (S.PUSHED, S.REFUSED) else None)
            if lead.batch:
                self._attempt(lead)
        held = Lead.objects.filter(import_run=self.done, status=S.STAGED).earliest("pk")
        make_pair(Lead.objects.filter(import_run=self.done, status=S.STAGED).latest("pk"), held)
        dnc = make_dnc_list("+17275550125", name="National")
        policy = DuplicatePolicy.objects.create(lead_source=source)
        export = Export.objects.create(what="push history", kind="csv", by=self.superuser, rows=3)
        made: list[Model] = [
            self.superuser, Group.objects.first() or Group(), source, self.done, target.dialer,
            self.batch, dnc, policy, export, held,
        ]  # fmt: skip
        self.objects = {one._meta.label_lower: one for one in made}
        attempt = self.batch.attempts.first()
        assert attempt
        self.objects["leads.pushattempt"] = attempt

    def _uploaded(self, client: Client, source: Any, text: str) -> Import:
        file = SimpleUploadedFile("spring.csv", text.encode())
        client.post(reverse("admin:leads_import_add"), {"lead_source": source.pk, "upload": file})
        return Import.objects.latest("pk")

    def _load(self, client: Client, run: Import) -> None:
        address = reverse("admin:leads_import_mapping", args=[run.pk])
        form = client.get(address).context["form"]
        offered = {field.name: field.initial or "" for field in form}
        client.post(address, {**offered, "load": ""})
        follow_up(stage.load(run).pk)

    def _attempt(self, lead: Lead) -> None:
        pushed = lead.status == S.PUSHED
        make_attempt(
            lead,
            user=self.superuser,
            sealed_at=timezone.now(),
            outcome=Outcome.ADDED if pushed else Outcome.REFUSED,
            reason="" if pushed else "DNC",
            answer=ADDED if pushed else "ERROR: add_lead DNC",
            http_status=200,
            milliseconds=21,
            answered_lead_id=lead.vicidial_lead_id,
        )

    def pages(self) -> Iterator[tuple[str, str]]:
        """(name, address) of every page of the admin, each once."""
        for route, name in _routes(get_resolver().url_patterns):
            if NOT_PAGES.search(route):
                continue
            for values in self._values(route):
                yield f"{name} {' '.join(map(str, values))}".strip(), _filled(route, values)

    def _values(self, route: str) -> list[list[Any]]:
        if "<" not in route:
            return [[]]
        if "desk/<slug:name>" in route:
            return [[queue] for queue in ("duplicates", "warnings", "invalid", "clean")]
        if "decide/<slug:name>" in route:
            return [[f"approve/?ids={self.objects['leads.lead'].pk}&alone=1"]]
        if "number/<int:phone>" in route:
            return [[17275550125]]
        model = route.split("/")[2] if not route.startswith("admin/auth") else ""
        label = f"leads.{model}" if model else f"auth.{route.split('/')[2]}"
        one = self.waiting if route.endswith("mapping/") else self.objects.get(label)
        if one is None:
            return []
        if "do/<slug:name>" in route:
            return [[one.pk, verb] for verb in VERBS.get(label, [])]
        return [[one.pk]]


# As long as a real one, in which nothing breaks but its few spaces.
ADDED = "SUCCESS: add_lead LEAD HAS BEEN ADDED - 7275550123|101|4711|-5|demonstration_of_an_api"

# One verb of each kind that fits what is made above.
VERBS = {
    "leads.pushbatch": ["pause", "cancel", "undo"],
    "leads.dialer": ["test", "pause"],
    "leads.import": ["undo"],
    "leads.dnclist": [],
}


def _routes(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, str(pattern.name)


def _filled(route: str, values: list[Any]) -> str:
    for value in values:
        route = re.sub(r"<[^>]+>", str(value), route, count=1)
    return re.sub(r"(\?[^/]*)/$", r"\1", route)


def media_in(settings: Any, folder: Path) -> None:
    """Uploads go to this folder."""
    settings.MEDIA_ROOT = folder / "media"
