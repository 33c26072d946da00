"""Which leads the dialer has already: asked before anybody approves them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leads.dedup.on_dialer import ON_DIALER, check
from leads.models import Dialer, Import, Lead, LeadStatus
from leads.review.correct import correct
from leads.vicidial import lookups
from leads.vicidial.client import Client
from leads.vicidial.simulator.faults import Fault, FaultPlan
from leads.vicidial.simulator.server import Simulator
from tests.factories import make_dialer, make_import, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(dialer: Dialer) -> Import:
    return make_import(dialer=dialer)


def there(simulator: Simulator, **columns: object) -> int:
    return simulator.store.add_lead({"list_id": "102", "phone_code": "1", **columns})


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_a_lead_that_is_there_keeps_its_lead_id_and_list_and_a_warning(
    simulator: Simulator, run: Import
) -> None:
    known, new = make_lead(import_run=run), make_lead(import_run=run)
    lead_id = there(simulator, phone_number=known.phone_number)
    there(simulator, phone_number=known.phone_number)
    checked = check(run)
    assert (checked.asked, checked.found, checked.note) == (2, 1, "")
    found = fresh(known)
    assert (found.existing_lead_id, found.existing_list_id) == (lead_id, 102)
    assert found.warnings == [ON_DIALER]
    assert f"lead_id {lead_id}, list 102" in found.findings[0]["text"]
    assert (fresh(new).existing_lead_id, fresh(new).warnings) == (None, [])


def test_a_lead_is_found_by_the_sources_code(simulator: Simulator, run: Import) -> None:
    lead = make_lead(import_run=run, vendor_lead_code="CRM-77")
    lead_id = there(simulator, phone_number="7275550199", vendor_lead_code="CRM-77")
    assert check(run).found == 1
    assert fresh(lead).existing_lead_id == lead_id


def test_many_leads_are_asked_for_in_few_calls(
    run: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    search = lookups.search_by_phones

    def counted(client: Client, phones: Sequence[str]) -> dict[str, list[int]]:
        calls.append(len(phones))
        return search(client, phones)

    monkeypatch.setattr(lookups, "search_by_phones", counted)
    for number in range(250):
        make_lead(import_run=run, phone_number=f"7275550{number:03}")
    assert check(run).asked == 250
    assert sorted(calls) == [50, 100, 100]


def test_asking_twice_warns_once(simulator: Simulator, run: Import) -> None:
    lead = make_lead(import_run=run)
    there(simulator, phone_number=lead.phone_number)
    check(run)
    check(run)
    assert fresh(lead).warnings == [ON_DIALER]
    assert len(fresh(lead).findings) == 1


def test_a_correction_keeps_the_warning_as_long_as_the_number_stays(
    simulator: Simulator, run: Import
) -> None:
    lead = make_lead(import_run=run)
    there(simulator, phone_number=lead.phone_number)
    check(run)
    corrected = correct(fresh(lead), {"first_name": "Anna"}, by=None).lead
    assert (corrected.warnings, bool(corrected.existing_lead_id)) == ([ON_DIALER], True)
    corrected = correct(corrected, {"phone_number": "2125550177"}, by=None).lead
    assert (corrected.warnings, corrected.existing_lead_id) == ([], None)


def test_only_staged_leads_are_asked_for(run: Import) -> None:
    make_lead(LeadStatus.REJECTED, import_run=run)
    make_lead(LeadStatus.INVALID, import_run=run)
    assert check(run).asked == 0


def test_a_release_without_the_call_is_skipped_with_a_note(
    simulator: Simulator, run: Import
) -> None:
    make_lead(import_run=run)
    simulator.release = "2.14-107"
    checked = check(run)
    assert "cannot be asked for many leads at once" in checked.note
    assert not checked.again


def test_a_missing_right_is_named_and_does_not_pause_the_dialer(
    simulator: Simulator, run: Import
) -> None:
    make_lead(import_run=run)
    simulator.store.set_user("6666", allowed_functions={"add_lead", "update_lead"})
    checked = check(run)
    assert checked.note
    assert not Dialer.objects.get(pk=run.dialer_id).paused_reason


def test_a_wrong_password_pauses_the_dialer_after_one_try(
    simulator: Simulator, run: Import
) -> None:
    for _ in range(3):
        make_lead(import_run=run)
    simulator.store.set_user("6666", password="another")
    Dialer.objects.filter(pk=run.dialer_id).update(login_proven="")
    assert check(run).again
    assert Dialer.objects.get(pk=run.dialer_id).paused_reason == "LOGIN"
    assert simulator.store.failed_logins == 1
    assert check(run).again, "it is left alone until somebody has looked"
    assert simulator.store.failed_logins == 1


def test_a_dialer_that_does_not_answer_is_asked_again_later(
    simulator: Simulator, run: Import
) -> None:
    lead = make_lead(import_run=run)
    there(simulator, phone_number=lead.phone_number)
    simulator.faults = FaultPlan.script([Fault("closed_before")] * 8, functions=["lead_search"])
    checked = check(run)
    assert checked.again
    assert checked.note
    simulator.faults = FaultPlan.script([])
    assert check(run).found == 1


def test_without_a_dialer_nobody_is_asked() -> None:
    checked = check(make_import())
    assert "not known which dialer" in checked.note
    assert not checked.again


def test_a_dialer_that_is_switched_off_is_not_asked() -> None:
    checked = check(make_import(dialer=make_dialer(enabled=False)))
    assert "switched off" in checked.note
    assert not checked.again
