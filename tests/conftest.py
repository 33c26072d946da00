"""What more than one folder of tests needs."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.plugin import DjangoDbBlocker

from leads.admin import listing
from leads.reports import kept
from leads.vicidial.simulator.server import Simulator

API_PASSWORD = "1234"
PROJECT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    # A quarter of a second for each user that a test makes would be most of its time.
    settings.PASSWORD_HASHERS = ["tests.factories.QuickHasher", *settings.PASSWORD_HASHERS]
    # On a busy machine any count may take long; what it is kept for is tested where it is meant.
    kept.SLOW_SECONDS = math.inf
    listing.ROWS_MS = 60_000
    # What tests rolled back lies in the tables' files, and makes the plan of any count a dear one.
    listing.CHEAP = math.inf


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


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,  # the worker's own name, where pytest -n runs several
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The test database, also where no test is marked for one: `own_database` copies it."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, aliases=["default"], serialized_aliases=[]
        )
        yield
        teardown_databases(made, verbosity=0)


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


@pytest.fixture
def own_environment(own_database: None) -> dict[str, str]:
    """The environment of processes that work on this test's own database."""
    base, _, host = os.environ["DATABASE_URL"].partition("?")
    url = f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{host}"
    return os.environ | {"DATABASE_URL": url}


@pytest.fixture
def start(
    own_environment: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a Python module with arguments as a process of its own; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{arguments[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=PROJECT,
                env=own_environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )
        started.append(process)
        return process

    yield start_one
    for process in started:
        os.killpg(process.pid, signal.SIGTERM)
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def worker(start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """A real Celery worker with beat, on this test's own database."""
    beat = str(tmp_path / "beat")
    start(*["celery", "-A", "portal", "worker", "--beat", "--concurrency", "2", "--schedule"], beat)


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
