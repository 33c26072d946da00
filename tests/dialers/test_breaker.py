"""The circuit breaker: growing, jittered pauses where a probe may end them, else a person does."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from leads.dialers import breaker, probe, proof
from leads.dialers.connect import seal
from leads.models import Dialer
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer

pytestmark = pytest.mark.django_db


def paused_for(dialer: Dialer) -> float:
    dialer.refresh_from_db()
    assert dialer.retry_at is not None
    return (dialer.retry_at - timezone.now()).total_seconds()


def test_pauses_grow_until_a_call_goes_well_and_never_beyond_a_quarter_of_an_hour() -> None:
    dialer = make_dialer()
    lengths = []
    for _ in range(12):
        breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
        lengths.append(paused_for(dialer))
        breaker.resume(dialer.pk)
    assert 9 < lengths[0] < 13
    assert 17 < lengths[1] < 26
    assert all(a < b * 1.3 for a, b in itertools.pairwise(lengths))
    assert 14 * 60 < lengths[-1] < 19 * 60
    breaker.healthy(dialer.pk)
    breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
    assert paused_for(dialer) < 13


def test_several_portals_do_not_come_back_in_the_same_second() -> None:
    lengths = set()
    for _ in range(10):
        dialer = make_dialer()
        breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
        lengths.add(round(paused_for(dialer), 1))
    assert len(lengths) > 3


@pytest.mark.parametrize("reason", ["LOGIN", "IP", "NO_PERMISSION", "WRONG_LIST"])
def test_where_another_try_could_do_harm_only_a_person_opens_it(reason: str) -> None:
    dialer = make_dialer()
    breaker.pause(dialer.pk, reason, "See to it.")
    dialer.refresh_from_db()
    assert dialer.retry_at is None
    assert probe.probe_paused() == 0


def test_a_locked_account_is_left_alone_for_longer_than_the_lock() -> None:
    dialer = make_dialer()
    breaker.pause(dialer.pk, "LOCKED", "Locked.")
    assert paused_for(dialer) > 15 * 60


def test_the_first_reason_is_kept() -> None:
    dialer = make_dialer()
    assert breaker.pause(dialer.pk, "LOGIN", "The password is wrong.")
    assert not breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
    dialer.refresh_from_db()
    assert dialer.paused_reason == "LOGIN"


@pytest.mark.parametrize("reason", ["LOGIN", "LOCKED"])
def test_a_login_that_was_refused_has_to_prove_itself_again(reason: str) -> None:
    dialer = make_dialer()
    proof.proved(dialer)
    breaker.pause(dialer.pk, reason, "Refused.")
    dialer.refresh_from_db()
    assert not proof.is_proven(dialer)


def test_a_probe_logs_in_nowhere_and_opens_the_dialer_that_answers(simulator: Simulator) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD))
    breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
    assert probe.probe_paused() == 0, "its time has not come"
    Dialer.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert probe.probe_paused() == 1
    assert dict(simulator.store.calls) == {"version": 1}


def test_a_probe_without_an_answer_waits_longer_than_the_one_before() -> None:
    dialer = make_dialer(password_token=seal(API_PASSWORD))
    breaker.pause(dialer.pk, "NO_ANSWER", "No answer.")
    before = paused_for(dialer)
    Dialer.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert probe.probe_paused() == 0
    assert paused_for(dialer) > before


def test_a_connection_test_with_a_wrong_password_pauses_the_dialer(simulator: Simulator) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal("wrong"))
    probe.test(dialer)
    assert (dialer.paused_reason, simulator.store.failed_logins) == ("LOGIN", 1)
    assert "Check the API user and its password" in dialer.paused_text


def test_a_connection_test_that_logs_in_proves_the_login(simulator: Simulator) -> None:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD))
    probe.test(dialer)
    assert proof.is_proven(dialer)
