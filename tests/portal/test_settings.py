"""The settings refuse what cannot work, in one sentence that says what to set."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import environ
import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from portal import variables
from portal.embedded.folder import DataFolder

NEEDED = ("SECRET_KEY", "DIALER_PASSWORD_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL")
SHOW = """
import json, sys
from portal import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


def read_settings(
    environment: dict[str, str], *names: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *names],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, json.loads(done.stdout) if done.returncode == 0 else {}


def production(environment: dict[str, str]) -> dict[str, str]:
    return environment | {
        "SECRET_KEY": "s" * 60,
        "DIALER_PASSWORD_KEY": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "leads.example.com, portal.example.com",
        "DATABASE_URL": "postgres://portal:p%40ss@db.example.com:5433/leads?sslmode=require",
        "CELERY_BROKER_URL": "redis://broker.example.com:6379/1",
    }


def test_without_anything_set_one_sentence_names_all_that_is_missing(
    bare_environment: dict[str, str],
) -> None:
    done, _ = read_settings(bare_environment)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: Set in the environment")
    assert [name for name in NEEDED if name not in last] == []
    assert "secrets.token_urlsafe" in last
    assert "Fernet.generate_key" in last
    assert "manage.py demo` needs none of them" in last


def test_production_values_are_taken_and_https_is_on_by_default(
    bare_environment: dict[str, str],
) -> None:
    done, found = read_settings(
        production(bare_environment),
        *("DEBUG", "ALLOWED_HOSTS", "DATABASES", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE"),
        *("CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "FOUR_EYES", "CELERY_BROKER_URL"),
    )
    assert done.returncode == 0, done.stderr
    databases = found.pop("DATABASES")
    assert isinstance(databases, dict)
    default = databases["default"]
    assert (default["HOST"], default["PORT"], default["PASSWORD"], default["NAME"]) == (
        *("db.example.com", 5433, "p@ss", "leads"),
    )
    assert default["OPTIONS"]["sslmode"] == "require"
    assert "ATOMIC_REQUESTS" not in default
    assert found == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["leads.example.com", "portal.example.com"],
        "SECURE_SSL_REDIRECT": True,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "FOUR_EYES": False,
        "CELERY_BROKER_URL": "redis://broker.example.com:6379/1",
    }


def test_debug_makes_up_what_is_missing_and_keeps_it(
    bare_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = bare_environment | {"DEBUG": "on", "LEADS_DATA_DIR": str(tmp_path / "data")}
    names = ("SECRET_KEY", "DIALER_PASSWORD_KEY", "CELERY_BROKER_URL", "DATABASES")
    first_run, first = read_settings(environment, *names)
    _, second = read_settings(environment, *names)
    assert first_run.returncode == 0, first_run.stderr
    assert first == second
    assert first["CELERY_BROKER_URL"] == DataFolder.at(tmp_path / "data").broker_url


def test_the_env_file_fills_in_what_the_environment_leaves_open(
    bare_environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "portal.env"
    file.write_text("FOUR_EYES=on\nSETTLE_GRACE_SECONDS=7\n", encoding="utf-8")
    environment = production(bare_environment)
    environment |= {"PORTAL_ENV_FILE": str(file), "SETTLE_GRACE_SECONDS": "9"}
    done, found = read_settings(environment, "FOUR_EYES", "SETTLE_GRACE_SECONDS")
    assert done.returncode == 0, done.stderr
    assert found == {"FOUR_EYES": True, "SETTLE_GRACE_SECONDS": 9}


def test_a_missing_env_file_that_was_named_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ENV_FILE", "/no/such/file")
    with pytest.raises(ImproperlyConfigured, match="/no/such/file is not there"):
        variables.read_env_file()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://user:hidden@host/name", "begins with mysql://, .* PostgreSQL only"),
        ("sqlite:///hidden.db", "begins with sqlite://"),
        ("hidden", "begins with nothing://"),
        ("postgres://user:hidden@host:port/name", "cannot be read"),
        ("postgres://user:hidden@host:5432/", "names no database"),
    ],
)
def test_a_wrong_database_url_is_refused_without_being_repeated(url: str, says: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=says) as caught:
        variables.database(url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("url", ["kafka://host", "http://host", "host:6379", ""])
def test_a_broker_that_celery_is_not_tried_with_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="CELERY_BROKER_URL begins with"):
        variables.broker(url)


def test_a_socket_folder_in_the_database_url_is_the_host() -> None:
    assert variables.database("postgres://me@/name?host=%2Frun%2Fpg")["HOST"] == "/run/pg"


def test_several_dialer_password_keys_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    monkeypatch.setenv("DIALER_PASSWORD_KEY", ", ".join(keys))
    assert variables.fernet_keys(environ.Env()) == keys


def test_a_bad_dialer_password_key_is_named_by_its_place_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DIALER_PASSWORD_KEY", f"{Fernet.generate_key().decode()},CANARY")
    with pytest.raises(ImproperlyConfigured, match=r"Key 2 of 2 .* no Fernet key") as caught:
        variables.fernet_keys(environ.Env())
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "value"), [("on", True), ("TRUE", True), ("1", True), ("off", False), ("", False)]
)
def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch, word: str, value: bool) -> None:
    monkeypatch.setenv("FOUR_EYES", word)
    assert variables.switch(environ.Env(), "FOUR_EYES", default=not value) is value


def test_a_switch_that_is_neither_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS", "of")
    with pytest.raises(ImproperlyConfigured, match="HTTPS is 'of'; set it to on or off"):
        variables.switch(environ.Env(), "HTTPS", default=True)


@pytest.mark.parametrize("text", ["-1", "ten", "1.5", "0"])
def test_a_number_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("UPLOAD_MAX_MB", text)
    with pytest.raises(ImproperlyConfigured, match="whole number from 1 up"):
        variables.whole_number(environ.Env(), "UPLOAD_MAX_MB", 200, least=1)


def test_the_example_file_names_every_variable_that_the_settings_read(project: Path) -> None:
    source = (project / "portal/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'(?:env, |env\.str\()"([A-Z_]+)"', source))
    example = (project / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert read | set(NEEDED) == named


def test_the_tests_read_no_env_file() -> None:
    assert os.environ["PORTAL_ENV_FILE"] == os.devnull
