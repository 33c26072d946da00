"""The engine against a simulated dialer: what the dialer has and what the portal says agree."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from leads.dialers import breaker, pace
from leads.models import (
    BatchStatus,
    Dialer,
    Lead,
    LeadStatus,
    Outcome,
    PushAttempt,
    PushBatch,
)
from leads.push.claim import claim, own_code
from leads.push.lapse import lapse
from leads.push.queue import cancel, pause, queue, resume
from leads.push.record import record
from leads.push.runner import run
from leads.push.send import Sent
from leads.push.settle import settle
from leads.push.undo import _open, ask, undo
from leads.push.waiting import dialers_with_work
from leads.vicidial.answers import AddLeadAnswer
from leads.vicidial.client import Client
from leads.vicidial.simulator.faults import Fault, FaultPlan
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_lead
from tests.push.conftest import phone

S = LeadStatus
Queued = Callable[..., PushBatch]


def there(simulator: Simulator) -> dict[str, int]:
    """vendor_lead_code -> lead_id of every lead on the dialer."""
    return {lead["vendor_lead_code"]: lead["lead_id"] for lead in simulator.store.leads()}


def due_now() -> None:
    Lead.objects.filter(status=S.UNCLEAR).update(settle_at=timezone.now() - timedelta(seconds=1))


def test_every_lead_ends_on_the_dialer_once_with_its_own_id(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    batch = queued(100)
    ran = run(dialer)
    assert ran.counts == {S.PUSHED: 100}
    leads = Lead.objects.filter(batch=batch)
    assert there(simulator) == {own_code(dialer, x.pk): x.vicidial_lead_id for x in leads}
    assert {(x.vicidial_list_id, x.vicidial_status) for x in leads} == {(101, "NEW")}
    batch.refresh_from_db()
    assert batch.status == BatchStatus.DONE


def test_each_call_leaves_an_attempt_with_request_answer_and_time(
    dialer: Dialer, queued: Queued
) -> None:
    queued(1, first_name="José", comments="a; b")
    run(dialer)
    attempt = PushAttempt.objects.get()
    assert attempt.outcome == Outcome.ADDED
    assert attempt.request["first_name"] == "Jose"
    assert "pass" not in attempt.request
    assert attempt.answer.startswith("SUCCESS: add_lead LEAD HAS BEEN ADDED")
    assert attempt.http_status == 200
    assert attempt.milliseconds is not None
    assert attempt.answered_lead_id == Lead.objects.get().vicidial_lead_id


def test_a_refusal_is_final_and_says_why(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.store.add_dnc("2015550100")
    queued(2)
    run(dialer)
    refused = Lead.objects.get(phone_number="2015550100")
    assert (refused.status, refused.refusal_reason) == (S.REFUSED, "DNC")
    assert Lead.objects.filter(status=S.PUSHED).count() == 1


def test_a_duplicate_there_keeps_the_existing_lead_on_the_row(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    dialer.lists.update(duplicate_check="DUPLIST")
    queued(1)
    run(dialer)
    first = Lead.objects.get()
    queued(1)
    run(dialer)
    second = Lead.objects.exclude(pk=first.pk).get()
    assert second.status == S.REFUSED
    assert second.refusal_reason == "DUPLICATE_PHONE_LIST"
    assert (second.existing_lead_id, second.existing_list_id) == (first.vicidial_lead_id, 101)


@pytest.mark.parametrize("kind", ["closed_after", "error_after", "gateway", "cut", "garbage"])
def test_a_lost_answer_is_looked_up_and_the_lead_is_there_once(
    simulator: Simulator, dialer: Dialer, queued: Queued, kind: str
) -> None:
    simulator.faults = FaultPlan.script([Fault(kind)])
    queued(1)
    run(dialer)
    lead = Lead.objects.get()
    assert lead.status == S.UNCLEAR
    assert settle(dialer).pushed == 0, "the grace period is not over"
    due_now()
    assert settle(dialer).pushed == 1
    lead.refresh_from_db()
    assert there(simulator) == {own_code(dialer, lead.pk): lead.vicidial_lead_id}
    assert (lead.status, lead.vicidial_list_id, lead.vicidial_status) == (S.PUSHED, 101, "NEW")
    looked = PushAttempt.objects.get(kind="look-up")
    assert (looked.outcome, looked.answered_lead_id) == (Outcome.FOUND, lead.vicidial_lead_id)


@pytest.mark.parametrize("kind", ["closed_before", "error_before", "busy"])
def test_a_call_that_inserted_nothing_is_sent_again_after_the_look_up(
    simulator: Simulator, dialer: Dialer, queued: Queued, kind: str
) -> None:
    simulator.faults = FaultPlan.script([Fault(kind)])
    queued(1)
    run(dialer)
    due_now()
    assert settle(dialer).queued == 1
    run(dialer)
    lead = Lead.objects.get()
    assert lead.status == S.PUSHED
    assert there(simulator) == {own_code(dialer, lead.pk): lead.vicidial_lead_id}
    second = PushAttempt.objects.filter(kind="add").order_by("number").last()
    assert second is not None
    assert (second.number, second.request["duplicate_check"]) == (2, "DUPLIST")


def test_a_late_insert_is_claimed_instead_of_doubled(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    # The look-up came too early: the dialer inserts after it. The re-send is refused as a
    # duplicate, and that duplicate is our own.
    simulator.faults = FaultPlan.script([Fault("closed_before")])
    queued(1)
    run(dialer)
    due_now()
    settle(dialer)
    lead = Lead.objects.get()
    late = PushAttempt.objects.get(kind="add")
    simulator.store.add_lead({**late.request, "list_id": "101"})
    run(dialer)
    lead.refresh_from_db()
    assert lead.status == S.UNCLEAR
    assert settle(dialer).pushed == 1
    lead.refresh_from_db()
    assert there(simulator) == {own_code(dialer, lead.pk): lead.vicidial_lead_id}


def test_with_a_code_of_the_source_another_systems_lead_is_never_claimed(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    # Same code, same phone, but there before we ever called.
    other = {"vendor_lead_code": "C1", "phone_number": "2015550100", "list_id": "101"}
    older = simulator.store.add_lead(other)
    Dialer.objects.filter(pk=dialer.pk).update(highest_lead_id=older)
    simulator.faults = FaultPlan.script([Fault("closed_before")])
    queued(1, vendor_lead_code="C1")
    run(dialer)
    due_now()
    assert settle(dialer).queued == 1
    assert Lead.objects.get().vicidial_lead_id is None


def test_with_a_code_of_the_source_our_own_lead_is_found(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    older = simulator.store.add_lead(
        {"vendor_lead_code": "C1", "phone_number": "2015550100", "list_id": "101"}
    )
    Dialer.objects.filter(pk=dialer.pk).update(highest_lead_id=older)
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    queued(1, vendor_lead_code="C1")
    run(dialer)
    due_now()
    assert settle(dialer).pushed == 1
    lead = Lead.objects.get()
    assert lead.vicidial_lead_id == max(x["lead_id"] for x in simulator.store.leads()) != older


def test_several_leads_that_can_be_ours_are_left_to_a_person(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    queued(1, vendor_lead_code="C1")
    run(dialer)
    simulator.store.add_lead(
        {"vendor_lead_code": "C1", "phone_number": "2015550100", "list_id": "101"}
    )
    due_now()
    assert settle(dialer).unclear == 1
    lead = Lead.objects.get()
    assert lead.status == S.UNCLEAR
    assert "several leads" in lead.settle_note


@pytest.mark.parametrize("release", ["2.4-35", "2.10-69", "2.14-107"])
def test_older_releases_are_settled_one_by_one(
    simulator: Simulator, dialer: Dialer, queued: Queued, release: str
) -> None:
    simulator.release = release
    Dialer.objects.filter(pk=dialer.pk).update(capabilities={"functions": {"update_lead": "yes"}})
    dialer.refresh_from_db()
    simulator.faults = FaultPlan.script([Fault("closed_after"), None, Fault("closed_before")])
    Dialer.objects.filter(pk=dialer.pk).update(connections=1)
    dialer.refresh_from_db()
    queued(3)
    run(dialer)
    due_now()
    settled = settle(dialer)
    assert (settled.pushed, settled.queued) == (1, 1)


def test_a_wrong_password_pauses_the_dialer_after_one_try(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    Dialer.objects.filter(pk=dialer.pk).update(connections=1)
    simulator.store.set_user("6666", password="another")
    queued(50)
    ran = run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "LOGIN"
    assert dialer.retry_at is None, "only a person may try a password again"
    assert Lead.objects.filter(status=S.QUEUED).count() == 50
    assert simulator.store.failed_logins == 1
    assert "password" in dialer.paused_text.lower()
    assert ran.counts == {S.QUEUED: 50} or ran.counts.get(S.PUSHED, 0) == 0
    assert run(dialer).leads == 0
    assert simulator.store.failed_logins == 1


def test_a_dialer_that_is_down_pauses_and_loses_nothing(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.stop()
    queued(10)
    run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "NO_ANSWER"
    assert "does not accept connections" in dialer.paused_text
    assert dialer.retry_at is not None
    assert Lead.objects.filter(status=S.QUEUED).count() == 10
    assert set(PushAttempt.objects.values_list("outcome", flat=True)) == {Outcome.NOT_SENT}


def test_a_password_changed_in_the_middle_fails_once_a_connection_at_most(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([*[None] * 20, Fault("login_fails")])
    queued(100)
    run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "LOGIN"
    assert "Check the API user and its password" in dialer.paused_text, "what to do"
    assert simulator.store.failed_logins <= dialer.connections
    assert Lead.objects.filter(status__in=[S.PUSHED, S.QUEUED]).count() == 100
    simulator.store.set_user("6666", password=API_PASSWORD, failed=0)
    breaker.resume(dialer.pk)
    run(dialer)
    pushed = Lead.objects.filter(status=S.PUSHED)
    assert there(simulator) == {own_code(dialer, x.pk): x.vicidial_lead_id for x in pushed}
    assert len(there(simulator)) == 100


def test_a_locked_account_waits_for_the_end_of_the_lock(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([Fault("locked")])
    queued(10)
    run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "LOCKED"
    assert "Wait 15 minutes" in dialer.paused_text
    assert Lead.objects.filter(status=S.QUEUED).count() == 10


def test_a_list_that_vanishes_pauses_its_batch_and_no_other(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([Fault("list_vanishes")])
    vanished = queued(60)
    target = make_dialer_list(dialer, list_id=102, duplicate_check="")
    leads = [make_lead(S.APPROVED, decided_at=timezone.now(), **phone(n)) for n in (70, 71)]
    other = queue(Lead.objects.filter(pk__in=[x.pk for x in leads]), target, by=None).batch
    ran = run(dialer)
    vanished.refresh_from_db()
    assert vanished.status == BatchStatus.PAUSED, ran
    assert "List 101: The dialer does not have this list." in vanished.paused_text
    assert vanished.leads.filter(status=S.QUEUED).count() > 50, "they wait"
    assert set(vanished.leads.filter(status=S.REFUSED).values_list("refusal_reason")) == {
        ("LIST_NOT_DEFINED",)
    }
    assert not Lead.objects.filter(batch=other).exclude(status=S.PUSHED).exists()
    dialer.refresh_from_db()
    assert not dialer.is_paused
    resume(vanished, by=None)
    vanished.refresh_from_db()
    assert vanished.paused_text == ""


def test_outside_its_hours_a_dialer_gets_no_calls(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    there_ = timezone.now() + timedelta(hours=2)
    Dialer.objects.update(
        call_from=there_.time(), call_until=(there_ + timedelta(hours=1)).time(), time_zone="UTC"
    )
    queued(3)
    assert "Outside the dialer's hours" in run(dialer).ended
    assert dialers_with_work() == []
    assert simulator.store.leads() == []


def test_no_more_calls_a_day_than_the_limit_and_unsent_ones_do_not_count(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    Dialer.objects.update(calls_per_day=5)
    queued(12)
    ran = run(dialer)
    assert ran.counts == {S.PUSHED: 5}
    assert "The 5 calls of today are used up" in ran.ended
    assert dialers_with_work() == []
    Dialer.objects.update(calls_per_day=7)
    assert run(dialer).counts == {S.PUSHED: 2}
    assert len(simulator.store.leads()) == 7


def test_a_run_of_lost_answers_pauses_the_dialer(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan(share=1.0, kinds=("closed_after",), seed=1)
    queued(200)
    run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "NO_ANSWER"
    assert Lead.objects.filter(status=S.QUEUED).count() > 100


def test_a_success_for_another_list_pauses_the_dialer_and_keeps_the_truth(
    dialer: Dialer, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(1)
    answer = AddLeadAnswer("added", "", 77, 999, "-5", http_status=200)
    monkeypatch.setattr(Client, "add_lead", lambda *_: answer)
    run(dialer)
    dialer.refresh_from_db()
    assert dialer.paused_reason == "WRONG_LIST"
    lead = Lead.objects.get()
    assert (lead.status, lead.vicidial_lead_id, lead.vicidial_list_id) == (S.PUSHED, 77, 999)


def test_a_paused_dialer_and_a_paused_batch_get_no_calls(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    batch = queued(5)
    breaker.pause(dialer.pk, "BY_HAND", "Paused by hand.", probe=False)
    assert run(dialer).leads == 0
    breaker.resume(dialer.pk)
    pause(batch, by=None)
    assert run(dialer).leads == 0
    assert simulator.store.leads() == []


def test_a_dead_workers_leads_are_settled_by_look_up(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    queued(4)
    claims = claim(dialer, 4, worker="dead:1", connections=1)
    for each in claims[:2]:  # two were sent before the worker died
        simulator.store.add_lead(dict(each.params))
    Lead.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert lapse() == 4
    assert Lead.objects.filter(status=S.UNCLEAR).count() == 4
    due_now()
    settled = settle(dialer)
    assert (settled.pushed, settled.queued) == (2, 2)
    run(dialer)
    leads = Lead.objects.all()
    assert there(simulator) == {own_code(dialer, x.pk): x.vicidial_lead_id for x in leads}


def test_an_answer_after_the_lease_still_brings_its_lead_id(dialer: Dialer, queued: Queued) -> None:
    queued(1)
    claims = claim(dialer, 1, worker="slow:1", connections=1)
    Lead.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    lapse()
    answer = AddLeadAnswer("added", "", 555, 101, "-5", text="SUCCESS", http_status=200)
    record(dialer, [Sent(claims[0], answer)])
    lead = Lead.objects.get()
    assert (lead.status, lead.vicidial_lead_id) == (S.PUSHED, 555)
    assert PushAttempt.objects.filter(kind="look-up", answered_lead_id=555).exists()


def test_an_id_that_another_lead_has_already_is_not_believed(
    dialer: Dialer, queued: Queued
) -> None:
    queued(2)
    claims = claim(dialer, 2, worker="w", connections=1)
    answer = AddLeadAnswer("added", "", 555, 101, "-5", text="SUCCESS", http_status=200)
    record(dialer, [Sent(claims[0], answer)])
    record(dialer, [Sent(claims[1], answer)])
    second = Lead.objects.get(pk=claims[1].lead_id)
    assert second.status == S.UNCLEAR
    assert "555" in second.settle_note


def test_a_lead_of_a_cancelled_batch_is_approved_again_when_it_was_not_there(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([Fault("closed_before")])
    batch = queued(1)
    run(dialer)
    cancel(batch, by=None)
    due_now()
    settle(dialer)
    lead = Lead.objects.get()
    assert (lead.status, lead.batch) == (S.APPROVED, None)


def test_what_was_claimed_when_its_batch_was_cancelled_is_approved_again(
    dialer: Dialer, queued: Queued
) -> None:
    batch = queued(3)
    claims = claim(dialer, 2, worker="w", connections=1)
    assert cancel(batch, by=None) == 1
    record(dialer, [Sent(each, None) for each in claims])
    assert Lead.objects.filter(status=S.APPROVED, batch=None).count() == 3


def test_answers_written_down_twice_leave_one_attempt_each(dialer: Dialer, queued: Queued) -> None:
    # The commit before a lost connection may have counted.
    queued(2)
    claims = claim(dialer, 2, worker="w", connections=1)
    sent = [
        Sent(each, AddLeadAnswer("added", "", number, 101, text="SUCCESS"))
        for number, each in enumerate(claims, start=50)
    ]
    assert record(dialer, sent).counts == {S.PUSHED: 2}
    assert record(dialer, sent).counts == {}
    assert PushAttempt.objects.count() == 2


def test_a_resend_to_another_list_is_checked_in_the_whole_system(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    # Lost, not there, and the batch cancelled; then queued for another list. The first call was
    # only late: the dialer itself refuses the twin, and the first is known for ours.
    simulator.faults = FaultPlan.script([Fault("closed_before")])
    batch = queued(1)
    run(dialer)
    late = dict(PushAttempt.objects.get().request)
    cancel(batch, by=None)
    due_now()
    settle(dialer)
    simulator.store.add_lead(late)
    other = make_dialer_list(dialer, list_id=102, duplicate_check="")
    queue(Lead.objects.all(), other, by=None)
    run(dialer)
    assert "DUPSYS1DAY" in PushAttempt.objects.get(kind="add", number=2).request["duplicate_check"]
    due_now()
    assert settle(dialer).pushed == 1
    lead = Lead.objects.get()
    assert there(simulator) == {own_code(dialer, lead.pk): lead.vicidial_lead_id}
    assert lead.vicidial_list_id == 101


def test_an_undo_whose_worker_died_is_carried_out_by_the_next(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    batch = queued(2)
    run(dialer)
    ask(batch, by=None)
    first, second = Lead.objects.order_by("pk")
    _open(batch, [first, second])
    simulator.store.delete_lead(first.vicidial_lead_id or 0)  # and then it was killed
    assert undo(batch).deleted == 2
    assert simulator.store.leads() == []
    assert Lead.objects.filter(status=S.APPROVED).count() == 2
    batch.refresh_from_db()
    assert batch.undone_at is not None
    assert set(PushAttempt.objects.filter(kind="delete").values_list("outcome", flat=True)) == {
        Outcome.UNCLEAR,
        Outcome.DELETED,
    }


def test_an_undo_waits_for_what_is_still_on_its_way(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    batch = queued(1)
    run(dialer)
    ask(batch, by=None)
    undo(batch)
    batch.refresh_from_db()
    assert batch.is_being_undone
    due_now()
    settle(dialer)
    assert undo(batch).deleted == 1
    batch.refresh_from_db()
    assert not batch.is_being_undone
    assert simulator.store.leads() == []


def test_an_undo_looks_once_at_what_it_keeps(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.faults = FaultPlan.script([None, Fault("closed_after")])
    batch = queued(2)
    run(dialer)
    simulator.store.update_lead(1, called_count=1)
    ask(batch, by=None)
    assert undo(batch).kept == {"was called already": 1}
    assert undo(batch).kept == {}
    assert undo(batch).waits == ""


def test_an_undo_stops_where_the_dialer_refuses_the_login_and_says_so(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    batch = queued(3)
    run(dialer)
    simulator.store.set_user("6666", password="another")
    ask(batch, by=None)
    assert "password" in undo(batch).waits
    assert simulator.store.failed_logins <= 4
    dialer.refresh_from_db()
    assert dialer.paused_reason == "LOGIN"
    assert not undo(batch).deleted
    assert Lead.objects.filter(status=S.PUSHED).count() == 3


def test_undo_deletes_what_is_untouched_and_lists_the_rest(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    batch = queued(3)
    run(dialer)
    called, sold, new = Lead.objects.order_by("pk")
    simulator.store.update_lead(called.vicidial_lead_id, called_count=1)
    simulator.store.update_lead(sold.vicidial_lead_id, status="SALE")
    ask(batch, by=None)
    undone = undo(batch)
    assert undone.deleted == 1
    assert undone.kept == {"was called already": 1, "has the status SALE on the dialer": 1}
    new.refresh_from_db()
    assert (new.status, new.vicidial_lead_id) == (S.APPROVED, None)
    assert len(simulator.store.leads()) == 2


def test_two_batches_take_turns(dialer: Dialer, queued: Queued) -> None:
    large, small = queued(100), queued(3)
    first = claim(dialer, 32, worker="w", connections=1)
    second = claim(dialer, 32, worker="w", connections=1)
    assert {c.batch_id for c in first} == {large.pk}
    assert {c.batch_id for c in second} == {small.pk}


def test_connections_are_limited_over_all_workers(own_database: None) -> None:
    dialer = make_dialer(connections=4)

    def elsewhere() -> int:
        try:
            with pace.slots(dialer, 8) as slots:
                return len(slots)
        finally:
            connection.close()

    with pace.slots(dialer, 3) as mine, ThreadPoolExecutor(1) as pool:
        assert len(mine) == 3
        assert pool.submit(elsewhere).result() == 1
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() == 4


def test_calls_per_second_are_spread_out(dialer: Dialer) -> None:
    moments = pace.reserve(dialer.pk, 10, 100) + pace.reserve(dialer.pk, 10, 100)
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert moments[-1] - moments[0] == pytest.approx(0.19, abs=0.02)
    assert all(gap == pytest.approx(0.01, abs=0.009) for gap in gaps)
    assert pace.reserve(dialer.pk, 2, 0)[0] == pytest.approx(
        pace.reserve(dialer.pk, 1, 0)[0], abs=0.1
    )


@pytest.mark.parametrize(
    ("kind", "outcome"), [("closed_after", "pushed"), ("closed_before", "queued")]
)
def test_a_code_that_no_look_up_takes_is_found_by_its_phone(
    simulator: Simulator, dialer: Dialer, queued: Queued, kind: str, outcome: str
) -> None:
    simulator.store.add_lead(
        {"vendor_lead_code": "other", "phone_number": "2015550100", "list_id": "101"}
    )
    Dialer.objects.filter(pk=dialer.pk).update(highest_lead_id=1)
    simulator.faults = FaultPlan.script([Fault(kind)])
    queued(1, vendor_lead_code="A,B")
    run(dialer)
    due_now()
    assert getattr(settle(dialer), outcome) == 1


def test_the_first_lead_of_all_with_a_code_of_the_source_is_left_to_a_person(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    # No lead_id is known from before, so it may be another system's lead with the same code.
    simulator.faults = FaultPlan.script([Fault("closed_after")])
    queued(1, vendor_lead_code="ABC-1")
    run(dialer)
    due_now()
    assert settle(dialer).unclear == 1
    assert "The dialer has lead 1" in Lead.objects.get().settle_note


def test_a_code_that_cannot_be_looked_up_at_all_is_left_to_a_person_and_holds_up_nobody(
    simulator: Simulator, dialer: Dialer, queued: Queued
) -> None:
    simulator.release = "2.10-69"
    Dialer.objects.filter(pk=dialer.pk).update(
        capabilities={"functions": {"update_lead": "yes"}}, connections=1
    )
    dialer.refresh_from_db()
    simulator.faults = FaultPlan.script([Fault("closed_after"), Fault("closed_after")])
    queued(1, vendor_lead_code="A,B", phone_number="2015550150")
    queued(1)
    run(dialer)
    due_now()
    settled = settle(dialer)
    assert (settled.unclear, settled.pushed) == (1, 1)
    assert "2015550150" in Lead.objects.get(status=S.UNCLEAR).settle_note


def test_an_error_of_ours_in_the_middle_of_a_call_leaves_the_lead_unclear_and_ends_the_run(
    dialer: Dialer, queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(Client, "add_lead", broken)
    queued(3)
    run(dialer)
    assert Lead.objects.filter(status=S.UNCLEAR).count() == 1
    assert Lead.objects.filter(status=S.QUEUED).count() == 2
    assert not PushAttempt.objects.filter(sealed_at=None).exists()
