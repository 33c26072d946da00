"""What more than one folder of tests needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from leads.vicidial.simulator.server import Simulator

API_PASSWORD = "1234"
PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project() -> Path:
    """The folder of manage.py."""
    return PROJECT


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """An environment for subprocesses in which no setting of the portal is made."""
    ours = {line.lstrip("#").split("=")[0] for line in _example_lines()}
    ours |= {"PORTAL_DEMO_DIR", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    # This copy of the project, whichever is installed.
    search = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | {"PORTAL_ENV_FILE": os.devnull, "PYTHONPATH": search}


def _example_lines() -> list[str]:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "=" in line and not line.startswith("# ")]


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A copy of the test database, for what is committed; it goes with the test.

    The usual way, TRUNCATE afterwards, is refused by the tables that nothing is deleted from, and
    would take the roles with it.
    """
    with django_db_blocker.unblock():
        shared = connection.settings_dict["NAME"]
        own = f"{shared}_own"
        _make(f'CREATE DATABASE "{own}" TEMPLATE "{shared}"')
        connection.settings_dict["NAME"] = own
        try:
            yield
        finally:
            _make(f'DROP DATABASE "{own}" WITH (FORCE)')
            connection.settings_dict["NAME"] = shared


def _make(statement: str) -> None:
    # A database with connections can be neither copied nor dropped.
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulated dialer with campaign TESTCAMP and the lists 101 and 102."""
    with Simulator(user="6666", password=API_PASSWORD) as running:
        running.store.add_campaign("TESTCAMP")
        running.store.add_list(101, "Outbound", "TESTCAMP")
        running.store.add_list(102, "Outbound2", "TESTCAMP")
        yield running
