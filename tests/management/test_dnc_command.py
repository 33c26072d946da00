"""`manage.py dnc`: load and check from a shell, by the functions that the pages use."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from leads.models import DncList, LeadStatus
from tests.factories import make_dnc_list, make_lead, make_user

pytestmark = pytest.mark.django_db
PHONE = 17275550123


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("dnc", *map(str, arguments), stdout=out)
    return out.getvalue()


def file(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "dnc.csv"
    path.write_text(content)
    return path


def test_a_list_is_loaded_with_its_account_and_leads_are_looked_at(tmp_path: Path) -> None:
    lead = make_lead(LeadStatus.APPROVED, phone_number="7275550123", phone_e164=f"+{PHONE}")
    path = file(tmp_path, "727,5550123\n727,5550123\n727,12\n")
    user = make_user("Admin")
    said = run(
        *["load", path, "--list", "Federal", "--date", "2026-11-01", "--expires", "2099-12-01"],
        *["--as", user.username, "--json"],
    )
    assert json.loads(said) == {
        "list": "Federal",
        "read": 3,
        "stored": 1,
        "repeated": 1,
        "unreadable": 1,
        "leads_found": 1,
        "leads_withdrawn": 1,
    }
    edition = DncList.objects.get(name="Federal").current
    assert edition is not None
    assert (str(edition.as_of), str(edition.expires_on)) == ("2026-11-01", "2099-12-01")
    assert edition.created_by == user
    lead.refresh_from_db()
    assert lead.status == LeadStatus.STAGED


def test_unreadable_rows_are_shown_with_their_lines(tmp_path: Path) -> None:
    said = run("load", file(tmp_path, "7275550123\n12\n"), "--list", "State", "--origin", "state")
    assert "Line 2: “12” (PHONE_LENGTH)." in said
    assert DncList.objects.get(name="State").origin == "state"


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        ("name\nAnn\n", [], "phone number"),
        ("7275550123\n", ["--date", "2999-01-01"], "future"),
        ("7275550123\n", ["--as", "nobody"], "no active user"),
    ],
)
def test_what_is_wrong_is_said_and_no_list_is_made(
    content: str, more: list[str], says: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=says):
        run("load", file(tmp_path, content), "--list", "New", *more)
    assert not DncList.objects.filter(name="New").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"gone\.csv cannot be read"):
        run("load", tmp_path / "gone.csv", "--list", "New")


def test_a_number_is_looked_up_in_any_spelling_with_the_leads_that_have_it() -> None:
    make_dnc_list(PHONE, name="Federal")
    lead = make_lead(phone_number="7275550123", phone_e164=f"+{PHONE}")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("dnc", "check", "(727) 555-0123", stdout=out)
    assert "is on “Federal” of" in out.getvalue()
    assert f"Lead {lead.pk} has it: staged." in out.getvalue()


def test_a_number_on_no_list_in_force_ends_well() -> None:
    make_dnc_list(PHONE, name="Off", enabled=False)
    assert "switched off" in run("check", "+17275550123")
    assert "on no DNC list" in run("check", "7275550199")
    found = json.loads(run("check", "7275550123", "--json"))
    assert found["lists"][0]["in_force"] is False


def test_what_is_no_number_is_said() -> None:
    with pytest.raises(CommandError, match="no phone number"):
        run("check", "hello")
