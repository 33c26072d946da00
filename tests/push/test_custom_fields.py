"""Columns mapped to custom fields are sent where the list has such a field, and nowhere else."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads import tasks
from leads.dialers import probe
from leads.intake.mapping import Plan
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Dialer, DialerList, Lead, LeadStatus, PushAttempt
from leads.push.queue import queue
from leads.push.runner import run
from leads.review.decide import approve
from leads.review.follow_up import follow_up
from leads.vicidial.custom import custom_values, is_label
from leads.vicidial.simulator.server import Simulator
from tests.factories import make_source, make_user

FILE = b"phone,colour,shoe\n7275550100,blue & green,7\n7275550101,,8\n"
MAPPING = ["phone_number", "custom:fav_color", "custom:shoe_size"]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(tasks.run_import, "delay", lambda *_: None)


@pytest.fixture
def target(simulator: Simulator, dialer: Dialer) -> DialerList:
    simulator.store.add_list(101, "Outbound", "TESTCAMP", custom_fields=["fav_color", "size_x"])
    probe.test(dialer)
    return DialerList.objects.select_related("dialer").get(dialer=dialer, list_id=101)


def pushed(target: DialerList) -> None:
    made = receive(io.BytesIO(FILE), "leads.csv", make_source())
    made.mapping = MAPPING
    made.save()
    load(made)
    follow_up(made.pk)
    approve(Lead.objects.all(), by=None)
    queue(Lead.objects.all(), target, by=None)
    run(target.dialer)
    assert Lead.objects.filter(status=LeadStatus.PUSHED).count() == 2


def test_the_connection_test_learns_the_labels_of_each_list(target: DialerList) -> None:
    assert target.custom_labels == ["fav_color", "size_x"]


def test_what_the_list_has_is_sent_and_what_it_has_not_is_kept_here(
    simulator: Simulator, target: DialerList
) -> None:
    DialerList.objects.update(custom_fields=True)
    target.refresh_from_db()
    pushed(target)
    first, second = simulator.store.leads()
    assert first["fav_color"] == "blue & green"
    assert "fav_color" not in second
    requests = list(PushAttempt.objects.order_by("id").values_list("request", flat=True))
    assert [request.get("custom_fields") for request in requests] == ["Y", "Y"]
    assert not any("shoe_size" in request for request in requests)
    assert Lead.objects.order_by("line").first().raw[2] == "7"  # type: ignore[union-attr]


def test_without_the_lists_word_nothing_of_them_is_sent(
    simulator: Simulator, target: DialerList
) -> None:
    pushed(target)
    assert "fav_color" not in PushAttempt.objects.earliest("id").request
    assert "custom_fields" not in PushAttempt.objects.earliest("id").request


def test_the_mapping_page_offers_the_labels_that_are_known(
    target: DialerList, client: Client
) -> None:
    client.force_login(make_user("Reviewer"))
    made = receive(io.BytesIO(FILE), "leads.csv", make_source(), look_first=True)
    address = reverse("admin:leads_import_mapping", args=[made.pk])
    page = client.get(address)
    assert "custom field fav_color" in page.content.decode()
    offered = {f.name: f.initial or "" for f in page.context["form"]}
    client.post(address, {**offered, "column_1": "custom:fav_color", "show": ""})
    made.refresh_from_db()
    assert made.mapping == ["phone_number", "custom:fav_color", None]
    [first, _] = client.get(address).context["preview"].rows
    assert dict(first.values)["fav_color"] == "blue & green"


@pytest.mark.parametrize(
    "label", ["phone_number", "user", "pass", "function", "dnc_check", "a b", ""]
)
def test_no_label_can_stand_for_another_parameter(label: str) -> None:
    assert not is_label(label)
    assert custom_values([f"custom:{label}"], ["x"]) == {}


def test_custom_columns_are_no_fields_of_the_lead() -> None:
    assert Plan(MAPPING, {}).fields == ("phone_number", None, None)
    joined: Callable[..., Any] = custom_values
    assert joined(["custom:a", "custom:a", None], ["1", "2", "3"]) == {"a": "1 2"}
