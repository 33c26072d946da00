"""The system checks name what is wrong with an installation and what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from portal import checks


def test_http_only_is_warned_of(settings: Settings) -> None:
    settings.HTTPS = False
    (found,) = checks.https_is_on(None)
    assert (found.id, "HTTPS=on" in (found.hint or "")) == ("portal.W001", True)
    settings.HTTPS = True
    assert checks.https_is_on(None) == []


def test_a_data_folder_that_is_not_there_is_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.LEADS_DATA_DIR = tmp_path / "missing"
    (found,) = checks.data_folder_is_writable(None)
    assert (found.id, "install -d" in (found.hint or "")) == ("portal.E002", True)
    settings.LEADS_DATA_DIR = tmp_path
    assert checks.data_folder_is_writable(None) == []


def test_the_embedded_database_is_warned_of_in_production(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = settings.DATABASES["default"]
    monkeypatch.setitem(default, "HOST", str(settings.DATA_FOLDER.socket_dir))
    (found,) = checks.servers_are_not_embedded(None)
    assert found.id == "portal.W002"
    monkeypatch.setitem(default, "HOST", "db.example.com")
    assert checks.servers_are_not_embedded(None) == []


@pytest.mark.django_db
def test_a_database_too_old_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.database_is_recent(None, ["default"]) == []
    monkeypatch.setattr(checks, "OLDEST_POSTGRESQL", 990_000)
    (found,) = checks.database_is_recent(None, ["default"])
    assert (found.id, "DATABASE_URL" in (found.hint or "")) == ("portal.E001", True)
