"""Reviewers, imports and senders at work on the same leads, at the same time."""

from __future__ import annotations

import io
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count

from leads.dialers import probe
from leads.dialers.connect import seal
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import (
    MOVES,
    DialerList,
    DuplicatePolicy,
    Lead,
    LeadStanding,
    LeadStatus,
    Pair,
    Source,
)
from leads.models.status import KNOWN, ON_ITS_WAY
from leads.push.errors import PushError
from leads.push.queue import queue
from leads.push.runner import run as push
from leads.push.settle import settle
from leads.review import decide, desk, one_by_one
from leads.review.desk import Queue
from leads.review.errors import DeskError
from leads.review.follow_up import follow_up
from leads.review.undo import last_of, undo
from leads.vicidial.simulator.server import Simulator
from tests.conftest import API_PASSWORD
from tests.factories import make_dialer, make_dialer_list, make_source, make_user

pytestmark = pytest.mark.usefixtures("own_database")
S = LeadStatus
SECONDS = 30
NUMBERS = 3000
REASONS = list(decide.REJECT_REASONS)[:-1]


@pytest.fixture
def target(simulator: Simulator, own_database: None) -> DialerList:
    dialer = make_dialer(base_url=simulator.url, password_token=seal(API_PASSWORD), connections=4)
    made = make_dialer_list(dialer, duplicate_check="")
    probe.test(dialer)
    return made


class Work:
    """Threads with database sessions of their own, until the time is over; what they raised."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.done: defaultdict[str, int] = defaultdict(int)
        self._until = time.monotonic() + SECONDS
        self._threads: list[threading.Thread] = []

    def start(self, seed: int, name: str, step: Callable[[random.Random], None]) -> None:
        def repeat() -> None:
            chance = random.Random(seed)
            try:
                while time.monotonic() < self._until and not self.errors:
                    step(chance)
                    self.done[name] += 1
            except BaseException as error:
                self.errors.append(error)
            finally:
                connection.close()

        self._threads.append(threading.Thread(target=repeat, name=name))

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join()


def importing(source: Source, user: User) -> Callable[[random.Random], None]:
    def step(chance: random.Random) -> None:
        rows = ["phone,first name,email"]
        for number in chance.sample(range(NUMBERS), 100):
            email = "no mail" if number % 7 == 0 else ""
            rows.append(f"{201 + number // 1000}555{number % 1000:04},Ann,{email}")
        content = io.BytesIO("\n".join(rows).encode())
        run = load(receive(content, "leads.csv", source, list_id=101, by=user))
        _make_pairs(run.pk, chance)
        follow_up(run.pk)

    return step


def _make_pairs(import_id: int, chance: random.Random) -> None:
    """Some of the new leads may be older ones."""
    new = list(Lead.objects.filter(import_run=import_id, status=S.STAGED)[:20])
    older = list(Lead.objects.filter(status__in=sorted(KNOWN)).order_by("pk")[:200])
    for lead in new:
        other = chance.choice(older)
        if other.pk < lead.pk:
            Pair.objects.get_or_create(
                lead=lead,
                other=other,
                defaults={
                    "kind": "person",
                    "score": 0.6,
                    "rule": "email",
                    "import_run_id": import_id,
                },
            )


def reviewing(user: User) -> Callable[[random.Random], None]:
    def step(chance: random.Random) -> None:
        if chance.random() < 0.03:
            staged = Lead.objects.filter(status=S.STAGED, warnings=[])
            chosen = list(staged.order_by("?").values_list("pk", flat=True)[:100])
            decide.approve(Lead.objects.filter(pk__in=chosen), by=user)
            return
        queue_ = chance.choice(list(Queue))
        lead = desk.take(queue_, user)
        if lead is None:
            return
        try:
            _decide(chance, queue_, lead, user)
            if chance.random() < 0.1 and (decision := last_of(user)):
                undo(decision, by=user)
        except DeskError:
            desk.release(lead.pk, user)

    return step


def _decide(chance: random.Random, queue_: Queue, lead: Lead, user: User) -> None:
    who: dict[str, Any] = {"by": user, "comment": "seen"}
    seen = lead.status
    if queue_ is Queue.INVALID or chance.random() < 0.2:
        one_by_one.reject(lead.pk, seen, reason=chance.choice(REASONS), **who)
    elif queue_ is Queue.DUPLICATES:
        pair = Pair.objects.filter(lead=lead, state="open").first()
        if pair is None:
            return
        verbs: list[Callable[[], object]] = [
            lambda: one_by_one.duplicate(lead.pk, seen, lead.pk, pair.other_id, **who),
            lambda: one_by_one.duplicate(lead.pk, seen, pair.other_id, lead.pk, **who),
            lambda: one_by_one.merged(
                lead.pk, seen, lead.pk, pair.other_id, ["first_name", "email"], **who
            ),
            lambda: one_by_one.different(lead.pk, seen, pair.other_id, **who),
        ]
        chance.choice(verbs)()
    else:
        one_by_one.approve(lead.pk, seen, **who)


def sending(target: DialerList) -> Callable[[random.Random], None]:
    def step(chance: random.Random) -> None:
        approved = Lead.objects.filter(status=S.APPROVED).order_by("?")
        chosen = list(approved.values_list("pk", flat=True)[:50])
        try:
            queue(Lead.objects.filter(pk__in=chosen), target, by=None)
        except PushError:
            time.sleep(0.05)
        push(target.dialer)
        settle(target.dialer)

    return step


def test_nothing_is_decided_twice_or_lost_and_nobody_sees_a_deadlock(
    simulator: Simulator, target: DialerList, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    DuplicatePolicy.objects.create(same_household="mark")
    work = Work()
    source = make_source()
    for seed in (1, 2):
        work.start(seed, "import", importing(source, make_user("Reviewer")))
        work.start(seed + 10, "review", reviewing(make_user("Reviewer")))
        work.start(seed + 20, "send", sending(target))
    work.run()
    assert not work.errors, work.errors
    assert min(work.done.values()) >= 5, work.done
    _every_step_is_in_the_history()
    _every_number_has_one_lead_that_stands_for_itself()
    settle(target.dialer)
    pushed = set(Lead.objects.filter(status=S.PUSHED).values_list("vicidial_lead_id", flat=True))
    there = [lead["lead_id"] for lead in simulator.store.leads()]
    assert len(there) == len(set(there))
    in_between = Lead.objects.filter(status__in=[S.SENDING, S.UNCLEAR]).count()
    assert set(map(int, there)) >= pushed
    assert len(there) <= len(pushed) + in_between


def _every_step_is_in_the_history() -> None:
    """From where a lead came in to where it is, each move is one of MOVES: a second decision on
    the same standing would be a move from a status to itself, or from one it was not in."""
    steps: defaultdict[int, list[str]] = defaultdict(list)
    for lead, status in LeadStanding.objects.order_by("pgh_id").values_list("pgh_obj_id", "status"):
        steps[lead].append(status)
    assert len(steps) > 100
    for lead in Lead.objects.filter(pk__in=list(steps)):
        way = steps[lead.pk]
        assert way[-1] == lead.status
        for before, after in pairwise(way):
            assert after == before or S(after) in MOVES[S(before)], (lead.pk, way)
    silent = Lead.objects.exclude(pk__in=list(steps)).exclude(
        status__in=[S.STAGED, S.INVALID, S.DUPLICATE]
    )
    assert not silent.exists(), "a lead that moved has a history"


def _every_number_has_one_lead_that_stands_for_itself() -> None:
    twice = (
        Lead.objects.filter(status__in=sorted(KNOWN))
        .values("phone_e164")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    assert list(twice) == []
    going = Lead.objects.filter(status__in=sorted(ON_ITS_WAY))
    assert not going.filter(duplicate_of__isnull=False).exists()
