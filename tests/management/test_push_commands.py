"""The commands do what the pages do, and speak to people and to scripts."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from kombu.exceptions import OperationalError

from leads import tasks
from leads.dialers import breaker
from leads.models import Dialer, Import, Lead, LeadStatus, PushBatch
from leads.review.correct import correct
from leads.review.follow_up import PATIENCE
from leads.vicidial.simulator.faults import Fault, FaultPlan
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_import, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
FILE = "phone,first name,email\n" + "\n".join(
    f"727-555-01{n:02},Ann {n},ann{n}@example.com" for n in range(10, 30)
)


def call(*words: str) -> dict[str, Any]:
    """Run a command with --json; what its last line says, and its exit status."""
    out, status = io.StringIO(), 0
    try:
        call_command(*words, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        status = int(ended.code or 0)
    except CommandError as error:
        return {"status": 1, "error": str(error)}
    lines = out.getvalue().splitlines()
    return {"status": status, **json.loads(lines[-1])}


@pytest.fixture
def add_dialer(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Dialer:
    monkeypatch.setenv("PW", API_PASSWORD)
    call_command(
        *("dialer", "add", "main", simulator.url, "--user", "6666", "--password-env", "PW"),
        stdout=io.StringIO(),
    )
    return Dialer.objects.get(name="main")


@pytest.fixture
def dialer_down() -> Dialer:
    return make_dialer(paused_reason="X", paused_text="It is paused.", paused_at=timezone.now())


def test_a_file_goes_all_the_way_by_commands(
    simulator: Simulator, add_dialer: Dialer, tmp_path: Path
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text(FILE)
    admin = make_user("Admin")
    imported = call("import_leads", str(file), "--source", "V", "--list", "101")
    assert (imported["status"], imported["rows"], imported["staged"]) == (0, 20, 20)
    run = str(Import.objects.get().pk)
    approved = call("approve_leads", "--import", run, "--as", admin.username)
    assert (approved["status"], approved["approved"], approved["moved"]) == (0, 20, 20)
    pushed = call("push_leads", "--dialer", "main", "--list", "101", "--import", run, "--wait")
    assert (pushed["status"], pushed["pushed"], pushed["rows"]) == (0, 20, 20)
    assert pushed["batch"] == PushBatch.objects.get().pk
    assert {lead["list_id"] for lead in simulator.store.leads()} == {101}
    ids = {lead["lead_id"] for lead in simulator.store.leads()}
    assert set(Lead.objects.values_list("vicidial_lead_id", flat=True)) == ids
    assert call("settle_pushes")["status"] == 0


def test_all_clean_leaves_what_has_a_warning() -> None:
    clean, warned = make_lead(), make_lead(warnings=["WIRE_LOSS"])
    assert call("approve_leads", "--all-clean")["moved"] == 1
    clean.refresh_from_db()
    warned.refresh_from_db()
    assert (clean.status, warned.status) == (S.APPROVED, S.STAGED)


def test_a_whole_import_is_approved_only_after_its_dialer_was_asked(dialer_down: Dialer) -> None:
    run = make_import(dialer=dialer_down, compared_at=None, finished_at=timezone.now())
    lead = make_lead(import_run=run)
    refused = call("approve_leads", "--import", str(run.pk))
    assert (refused["status"], "It is paused. Try again" in refused["error"]) == (1, True)
    lead.refresh_from_db()
    assert lead.status == S.STAGED
    Import.objects.update(finished_at=timezone.now() - PATIENCE)
    assert call("approve_leads", "--import", str(run.pk))["moved"] == 1


def test_what_was_corrected_is_compared_before_it_is_approved_by_command() -> None:
    lead = make_lead()
    correct(lead, {"first_name": "Bea"}, by=None)
    assert call("approve_leads", "--all-clean")["moved"] == 1


def test_leads_for_another_list_are_left(add_dialer: Dialer) -> None:
    make_lead(status=S.APPROVED, list_id=102)
    mine = make_lead(status=S.APPROVED, list_id=101)
    open_to_any = make_lead(status=S.APPROVED, list_id=None)
    assert call("push_leads", "--dialer", "main", "--list", "101", "--wait")["pushed"] == 2
    assert set(Lead.objects.filter(status=S.PUSHED)) == {mine, open_to_any}


def test_a_push_without_final_answers_ends_with_status_1_and_settling_ends_it(
    simulator: Simulator, add_dialer: Dialer, settings: Any
) -> None:
    settings.SETTLE_GRACE_SECONDS = 0
    make_lead(status=S.APPROVED)
    call("push_leads", "--dialer", "main", "--list", "101", "--wait")
    make_lead(status=S.APPROVED)
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    pushed = call("push_leads", "--dialer", "main", "--list", "101", "--wait")
    assert pushed["status"] == 1
    settled = call("settle_pushes")
    assert (settled["status"], settled["pushed"], settled["found"]) == (0, 2, 1)


def test_settling_says_so_as_long_as_a_lead_is_unclear() -> None:
    make_lead(status=S.UNCLEAR)
    settled = call("settle_pushes")
    assert (settled["status"], settled["unclear"]) == (1, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["approve_leads", "--import", "999"], "no import 999"),
        (["approve_leads", "--all-clean", "--as", "nobody-here"], "no active user"),
        (["push_leads", "--dialer", "nowhere", "--list", "101"], "There are: main"),
        (["push_leads", "--dialer", "main", "--list", "12"], "3 to 12 digits"),
        (["push_leads", "--dialer", "main", "--list", "101"], "no approved lead"),
        (["push_leads", "--dialer", "main", "--list", "555"], "has not been seen"),
        (["push_leads", "--dialer", "main", "--list", "101", "--import", "9"], "no import 9"),
        (["dialer", "test", "nowhere"], "no dialer"),
    ],
)
def test_a_wrong_call_gets_a_sentence(add_dialer: Dialer, words: list[str], says: str) -> None:
    result = call(*words)
    assert result["status"] == 1
    assert says in result["error"]


@pytest.mark.parametrize("url", ["no url", "ftp://dialer.test/", "http://u:p@dialer.test/", ""])
def test_a_dialer_url_that_is_no_url_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", "x")
    with pytest.raises(CommandError) as caught:
        call_command("dialer", "add", "d", url, "--user", "6666", "--password-env", "PW")
    assert len(str(caught.value)) > 20
    assert not Dialer.objects.exists()


def test_a_password_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(CommandError, match="NOT_SET_ANYWHERE"):
        call_command(
            *("dialer", "add", "d", "http://dialer.test/", "--user", "6666"),
            *("--password-env", "NOT_SET_ANYWHERE"),
        )


def test_the_connection_test_names_the_missing_right_in_words(
    simulator: Simulator, add_dialer: Dialer
) -> None:
    good = call("dialer", "test", "main")
    assert (good["status"], good["ok"]) == (0, True)
    simulator.store.set_user("6666", modify_leads=False)
    bad = call("dialer", "test", "main")
    assert (bad["status"], bad["ok"]) == (1, False)
    words = " ".join(check["sentence"] for check in bad["checks"])
    assert "6666 may log in but may not add leads" in words


def test_a_dialer_that_does_not_answer_is_told_in_words() -> None:
    make_dialer(name="gone", base_url="http://127.0.0.1:9/")
    result = call("dialer", "test", "gone")
    assert result["status"] == 1


def test_the_list_of_dialers_says_which_is_paused_and_why(add_dialer: Dialer) -> None:
    breaker.pause(add_dialer.pk, "LOGIN", "The password is wrong.")
    out = io.StringIO()
    call_command("dialer", "list", stdout=out)
    assert "main" in out.getvalue()
    assert "The password is wrong." in out.getvalue()


def test_without_wait_the_workers_are_left_to_it_even_if_the_broker_is_down(
    add_dialer: Dialer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.push_runner, "delay", down)
    make_lead(status=S.APPROVED)
    queued = call("push_leads", "--dialer", "main", "--list", "101")
    assert (queued["status"], queued["queued"]) == (0, 1)
