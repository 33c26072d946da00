"""What follows loading happens once, survives a stop at any step, and says what it could not do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads import tasks
from leads.dedup.on_dialer import ON_DIALER
from leads.dialers.locks import Kind
from leads.models import Dialer, Import, Lead, LeadStanding, LeadStatus, MatchAgain
from leads.review import follow_up as module
from leads.review.correct import correct
from leads.review.follow_up import compare_again, follow_up, waiting
from leads.vicidial.simulator.server import Simulator
from tests.factories import make_import, make_lead, make_source
from tests.review.test_desk import make_pair

pytestmark = pytest.mark.django_db
S = LeadStatus


def loaded(*args: Any, **columns: Any) -> Import:
    return make_import(*args, compared_at=None, **columns)


def fresh(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_an_import_waits_until_everything_is_done() -> None:
    run = loaded()
    loaded(status="running")
    assert waiting() == [run.pk]
    done = follow_up(run.pk)
    assert done
    assert done.compared_at
    assert waiting() == []
    assert follow_up(run.pk) is None


def test_clean_leads_are_approved_by_the_rule_of_the_source_and_named_in_the_history() -> None:
    run = loaded(make_source(name="Good vendor"), approve_clean=True)
    clean, warned = (
        make_lead(import_run=run),
        make_lead(import_run=run, warnings=["EMAIL_INVALID"]),
    )
    held, invalid = make_lead(import_run=run), make_lead(S.INVALID, import_run=run)
    make_pair(held, clean, score=0.6, rule="email")
    elsewhere = make_lead()
    follow_up(run.pk)
    approved = fresh(clean)
    assert (approved.status, approved.decided_by) == (S.APPROVED, None)
    assert approved.decision_comment == "By the rule of the source Good vendor"
    assert LeadStanding.objects.get(pgh_obj_id=clean.pk).decision_comment
    statuses = [fresh(lead).status for lead in (warned, held, invalid, elsewhere)]
    assert statuses == [S.STAGED, S.STAGED, S.INVALID, S.STAGED]


def test_the_rule_is_off_by_default() -> None:
    run = loaded()
    lead = make_lead(import_run=run)
    follow_up(run.pk)
    assert fresh(lead).status == S.STAGED


def test_a_lead_that_was_reopened_is_not_approved_again_by_the_rule() -> None:
    run = loaded(approve_clean=True)
    lead = make_lead(import_run=run)
    follow_up(run.pk)
    Lead.objects.filter(pk=lead.pk).update(status=S.STAGED)
    follow_up(run.pk)
    tasks.follow_up(run.pk)
    assert fresh(lead).status == S.STAGED


def test_the_dialer_is_asked_before_clean_leads_are_approved(
    simulator: Simulator, dialer: Dialer
) -> None:
    run = loaded(dialer=dialer, approve_clean=True)
    known, new = make_lead(import_run=run), make_lead(import_run=run)
    simulator.store.add_lead({"list_id": "102", "phone_number": known.phone_number})
    done = follow_up(run.pk)
    assert done
    assert done.dialer_checked_at
    assert [fresh(lead).status for lead in (known, new)] == [S.STAGED, S.APPROVED]


@pytest.mark.parametrize("field", ["phone_number", "vendor_lead_code"])
def test_the_dialer_is_asked_for_what_a_lead_was_corrected_to(
    field: str, simulator: Simulator, dialer: Dialer
) -> None:
    run = loaded(dialer=dialer)
    lead = make_lead(S.INVALID, import_run=run, phone_number="1", phone_e164="")
    follow_up(run.pk)
    data = {"phone_number": "7275550123", "vendor_lead_code": "CRM-77"}
    known = {"list_id": "102", "phone_number": "7275550199", field: data[field]}
    lead_id = simulator.store.add_lead(known)
    correct(lead, data, by=None)
    compare_again()
    assert (fresh(lead).existing_lead_id, fresh(lead).warnings) == (lead_id, [ON_DIALER])


def test_corrected_leads_are_compared_also_where_the_dialer_cannot_be_asked(
    simulator: Simulator, dialer: Dialer
) -> None:
    run = make_import(dialer=dialer, dialer_checked_at=timezone.now())
    lead = make_lead(import_run=run)
    paused = {"paused_reason": "X", "paused_text": "Paused.", "paused_at": timezone.now()}
    for trouble in ({"base_url": "http://127.0.0.1:9/"}, paused):
        Dialer.objects.update(**trouble)
        correct(lead, {"first_name": "Bea"}, by=None)
        compare_again()
        assert not MatchAgain.objects.exists()


def test_a_paused_dialer_is_waited_for_but_not_for_ever(dialer: Dialer) -> None:
    Dialer.objects.update(paused_reason="X", paused_text="It is paused.", paused_at=timezone.now())
    run = loaded(dialer=dialer, finished_at=timezone.now(), approve_clean=True)
    lead = make_lead(import_run=run)
    waits = follow_up(run.pk)
    assert waits
    assert (waits.compared_at, waits.dialer_note) == (None, "It is paused.")
    assert fresh(lead).status == S.STAGED
    Import.objects.update(finished_at=timezone.now() - module.PATIENCE - timedelta(seconds=1))
    done = follow_up(run.pk)
    assert done
    assert (bool(done.compared_at), done.dialer_note) == (True, "It is paused.")
    assert fresh(lead).status == S.APPROVED


def test_one_worker_at_a_time_follows_an_import_up(monkeypatch: pytest.MonkeyPatch) -> None:
    run = loaded()
    asked: list[tuple[int, int]] = []

    def taken(first: int, second: int) -> bool:
        asked.append((first, second))
        return False

    monkeypatch.setattr("leads.dialers.locks.try_lock", taken)
    assert follow_up(run.pk) is None
    assert asked == [(Kind.FOLLOWING_UP, run.pk)]
    assert waiting() == [run.pk]
