"""Several workers at once, on a database of their own: what holds over all of them."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import Error, connection
from django.utils import timezone

from leads import tasks
from leads.dialers import probe, proof
from leads.dialers.connect import seal
from leads.models import BatchStatus, Dialer, DialerList, Lead, LeadStatus, PushAttempt, PushBatch
from leads.push import alive
from leads.push.claim import claim, own_code
from leads.push.lapse import lapse
from leads.push.queue import cancel, pause, queue
from leads.push.runner import Ran, run
from leads.push.settle import settle
from leads.vicidial.simulator.faults import FaultPlan
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_lead
from tests.push.conftest import phone

S = LeadStatus
pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def dialer(simulator: Simulator, own_database: None) -> Dialer:
    made = make_dialer(
        base_url=simulator.url,
        password_token=seal(API_PASSWORD),
        connections=8,
        connect_timeout=1.0,
        read_timeout=2.0,
    )
    make_dialer_list(made, duplicate_check="", seen_at=None)
    probe.test(made)
    simulator.store.calls.clear()
    return made


def approved(number: int, first: int = 0) -> list[Lead]:
    return [
        make_lead(S.APPROVED, decided_at=timezone.now(), **phone(n))
        for n in range(first, first + number)
    ]


def put(dialer: Dialer, leads: list[Lead]) -> PushBatch:
    target = DialerList.objects.select_related("dialer").get(dialer=dialer)
    made = queue(Lead.objects.filter(pk__in=[lead.pk for lead in leads]), target, by=None)
    assert made.batch is not None
    return made.batch


def in_a_thread(work: Callable[[], Ran]) -> Ran:
    """With a database session of its own, as another worker has."""
    try:
        return work()
    finally:
        connection.close()


@contextmanager
def another_session() -> Iterator[None]:
    """What this test's session holds, another one tries to get."""
    before = connection.connection
    connection.connection = None
    try:
        yield
    finally:
        connection.close()
        connection.connection = before


def until(reached: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it was not reached in time"
        time.sleep(0.05)


@pytest.mark.worker
def test_a_wrong_password_costs_one_failed_login_with_four_workers_and_many_batches(
    simulator: Simulator,
    dialer: Dialer,
    start: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
) -> None:
    simulator.store.set_user("6666", password="another")
    Dialer.objects.filter(pk=dialer.pk).update(login_proven="")
    for first in (0, 50, 100, 150):
        put(dialer, approved(20, first))
    beat = str(tmp_path / "beat")
    start("celery", "-A", "portal", "worker", "--beat", "--concurrency", "4", "--schedule", beat)
    for _ in range(8):
        tasks.push_runner.delay(dialer.pk)
    until(lambda: Dialer.objects.filter(pk=dialer.pk, paused_reason="LOGIN").exists(), 40)
    time.sleep(3)  # the other workers have had their turn, and beat's sweep too
    assert simulator.store.failed_logins == 1
    assert Lead.objects.filter(status=S.QUEUED).count() == 80


def test_until_the_login_is_proven_the_others_wait_for_the_first_call(
    simulator: Simulator, dialer: Dialer
) -> None:
    simulator.latency = 0.3
    Dialer.objects.filter(pk=dialer.pk).update(login_proven="")
    put(dialer, approved(40))
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(in_a_thread, lambda: run(dialer, most_connections=2)) for _ in range(4)]
        time.sleep(0.25)
        assert simulator.store.calls["add_lead"] <= 1
        done = [each.result() for each in runs]
    assert sum(each.leads for each in done) == 40
    assert sum(each.leads > 0 for each in done) > 1, "then they all push"
    dialer.refresh_from_db()
    assert proof.is_proven(dialer)


def test_a_new_password_has_to_prove_itself_again(dialer: Dialer) -> None:
    put(dialer, approved(1))
    run(dialer)
    dialer.refresh_from_db()
    assert proof.is_proven(dialer)
    dialer.password_token = seal("another")
    assert not proof.is_proven(dialer)


def test_a_lead_selected_twice_by_two_admins_is_pushed_once(
    simulator: Simulator, dialer: Dialer
) -> None:
    leads = approved(60)
    gate = threading.Barrier(2)

    def select() -> int:
        target = DialerList.objects.select_related("dialer").get(dialer=dialer)
        gate.wait()
        ids = [lead.pk for lead in leads]
        made = queue(Lead.objects.filter(pk__in=ids), target, by=None)
        connection.close()
        return made.queued

    with ThreadPoolExecutor(4) as pool:
        queued = [each.result() for each in [pool.submit(select) for _ in range(2)]]
        assert sum(queued) == 60
        runs = [pool.submit(in_a_thread, lambda: run(dialer, most_connections=4)) for _ in range(2)]
        assert sum(each.result().leads for each in runs) == 60
    there = [lead["vendor_lead_code"] for lead in simulator.store.leads()]
    assert sorted(there) == sorted(own_code(dialer, lead.pk) for lead in leads)


@pytest.mark.parametrize("brake", [pause, cancel])
def test_pause_and_cancel_stop_new_calls_in_under_two_seconds(
    brake: Callable[..., object], simulator: Simulator, dialer: Dialer
) -> None:
    simulator.latency = 0.05
    batch = put(dialer, approved(600))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_a_thread, lambda: run(dialer, most_connections=2))
        until(lambda: simulator.store.calls["add_lead"] > 20)
        brake(batch, by=None)
        time.sleep(1.5)
        before = simulator.store.calls["add_lead"]
        time.sleep(0.5)
        assert simulator.store.calls["add_lead"] == before
        assert before < 300
        running.result(20)
    left = Lead.objects.filter(status=S.QUEUED if brake is pause else S.APPROVED).count()
    pushed = Lead.objects.filter(status=S.PUSHED).count()
    assert left + pushed == 600, "what had been claimed and not sent is where it was"
    assert pushed == before == len(simulator.store.leads())


def test_a_small_batch_is_not_stuck_behind_a_large_one(
    simulator: Simulator, dialer: Dialer
) -> None:
    simulator.latency = 0.02
    large = put(dialer, approved(1500))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_a_thread, lambda: run(dialer))
        until(lambda: simulator.store.calls["add_lead"] > 100)
        small = put(dialer, approved(5, first=1500))
        until(lambda: not small.leads.exclude(status=S.PUSHED).exists(), 3)
        assert large.leads.filter(status=S.QUEUED).count() > 100
        pause(large, by=None)
        running.result(20)


def test_connections_that_others_give_back_are_taken_up(
    simulator: Simulator, dialer: Dialer
) -> None:
    simulator.latency = 0.05
    small = put(dialer, approved(2))
    put(dialer, approved(200, first=10))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(in_a_thread, lambda: run(dialer, most_connections=7, seconds=0.5))
        until(lambda: simulator.store.calls["add_lead"] > 0)
        second = pool.submit(in_a_thread, lambda: run(dialer, most_connections=8))
        assert second.result(30).ended in ("nothing is queued", "")
        first.result()
    assert not small.leads.exclude(status=S.PUSHED).exists()
    assert Lead.objects.filter(status=S.PUSHED).count() == 202


def test_the_leads_of_a_worker_that_is_gone_lapse_at_once_and_those_of_a_living_one_do_not(
    dialer: Dialer,
) -> None:
    put(dialer, approved(6))
    living, dead = alive.new_name(), alive.new_name()
    with alive.working(living), another_session():
        kept = claim(dialer, 2, worker=living, connections=1)
        claim(dialer, 4, worker=dead, connections=1)
        assert lapse() == 4
    sending = Lead.objects.filter(status=S.SENDING).values_list("pk", flat=True)
    assert set(sending) == {each.lead_id for each in kept}
    unclear = Lead.objects.filter(status=S.UNCLEAR)
    assert all(x.settle_at > timezone.now() for x in unclear), "late inserts have their time"
    assert set(PushAttempt.objects.exclude(sealed_at=None).values_list("reason", flat=True)) == {
        "LEASE_OVER"
    }


def test_answers_are_written_down_across_a_lost_database_session(
    simulator: Simulator, dialer: Dialer
) -> None:
    simulator.latency = 0.03
    batch = put(dialer, approved(150))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(in_a_thread, lambda: run(dialer))
        until(lambda: simulator.store.calls["add_lead"] > 10)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        # The claim or the look at the brakes may fail; what had been sent is written down.
        error = running.exception(20)
        assert error is None or isinstance(error, Error), error
    there = {lead["vendor_lead_code"]: lead["lead_id"] for lead in simulator.store.leads()}
    pushed = batch.leads.filter(status=S.PUSHED)
    assert {own_code(dialer, x.pk): x.vicidial_lead_id for x in pushed} == there
    assert len(there) >= 10
    assert run(dialer).leads == 150 - len(there)
    assert not batch.leads.exclude(status=S.PUSHED).exists()
    batch.refresh_from_db()
    assert batch.status == BatchStatus.DONE


def test_half_of_all_calls_answered_503_still_brings_every_lead_there_once(
    simulator: Simulator, dialer: Dialer
) -> None:
    simulator.faults = FaultPlan(share=0.5, kinds=("busy",), seed=3)
    batch = put(dialer, approved(60))
    for _ in range(40):
        run(dialer)
        Dialer.objects.filter(pk=dialer.pk).update(
            paused_reason="", paused_text="", paused_at=None, retry_at=None
        )
        Lead.objects.filter(status=S.UNCLEAR).update(settle_at=timezone.now())
        settle(dialer)
        if not batch.leads.exclude(status=S.PUSHED).exists():
            break
    there = {lead["vendor_lead_code"]: lead["lead_id"] for lead in simulator.store.leads()}
    leads = batch.leads.filter(status=S.PUSHED)
    assert {own_code(dialer, x.pk): x.vicidial_lead_id for x in leads} == there
    assert len(there) == 60


def test_a_cancel_and_a_claim_at_once_do_not_wait_for_each_other_for_ever(
    dialer: Dialer,
) -> None:
    batch = put(dialer, approved(200))
    over = threading.Event()

    def claims() -> int:
        number = 0
        try:
            while not over.is_set():
                number += len(claim(dialer, 5, worker="w", connections=1))
        finally:
            connection.close()
        return number

    with ThreadPoolExecutor(2) as pool:
        claiming = [pool.submit(claims) for _ in range(2)]
        try:
            until(lambda: Lead.objects.filter(status=S.SENDING).exists())
            given_back = cancel(batch, by=None)
        finally:
            over.set()
        claimed = sum(each.result(20) for each in claiming)
    assert claimed + given_back == 200
    assert Lead.objects.filter(status=S.SENDING).count() == claimed
