"""What load balancers ask."""

from __future__ import annotations

import pytest
from celery import Celery
from django.db import OperationalError
from django.test import Client

from portal import health


def test_alive_asks_nobody(client: Client) -> None:
    """There is no database in this test."""
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["redis://:CANARY@127.0.0.1:1/0", "amqp://me:CANARY@127.0.0.1:1//"])
def test_a_broker_that_is_down_is_named_without_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    monkeypatch.setattr(health, "app", Celery())
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "ok", "broker": "down"}
    assert "CANARY" not in response.content.decode() + caplog.text


def test_a_database_that_is_down_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "_ask_database", refuse)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "down")


def test_the_root_leads_to_the_admin(client: Client) -> None:
    assert client.get("/")["Location"] == "/admin/"


@pytest.mark.django_db
def test_the_admin_is_styled_without_collectstatic(client: Client) -> None:
    assert "unfold/css/styles.css" in client.get("/admin/login/").content.decode()
    response = client.get("/static/unfold/css/styles.css")
    assert response.status_code == 200
    response.close()
