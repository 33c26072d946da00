"""The push engine: joins claim, send and record for one dialer.

This thread owns the database: it claims chunks, hands them to the sender threads, and writes the
answers down in groups, a few times a second. The Celery task, the admin action and the command all
run this one function.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import Error, InterfaceError, OperationalError, connection

from leads.dialers import breaker, pace, proof
from leads.dialers.connect import client_for
from leads.models import BatchStatus, Dialer, LeadStatus, PushBatch
from leads.push import alive
from leads.push.claim import claim, lease_seconds
from leads.push.queue import finish, halt
from leads.push.record import Recorded, record
from leads.push.send import Senders, Sent, Turn
from leads.push.troubles import Troubles, of_the_batch
from leads.sentence import say
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError

logger = logging.getLogger(__name__)

# Leads claimed at once: what a fraction of a second sends. Fewer cost more commits, more are more
# to look up after a kill, and hold up a batch that is urgent.
CHUNK_SECONDS = 0.25
LARGEST_CHUNK = 250
GROUP_SECONDS = 0.05  # answers are gathered for this long before they are written
CHECK_SECONDS = 0.5  # how often a pause or cancel is looked for
IDLE_SECONDS = 1.0  # how often the queue is looked at while only slow calls are left
# How long a thread may keep the others waiting; Python's 5 ms would be most of a call's time.
SWITCH_SECONDS = 0.0005
PATIENCE = (0.2, 0.5, 1, 2, 4, 8, 15)  # seconds between tries to write answers down


@dataclass
class Ran:
    """What a run of the engine did: leads by new status, and why it ended."""

    counts: dict[LeadStatus, int] = field(default_factory=dict)
    ended: str = ""

    @property
    def leads(self) -> int:
        return sum(self.counts.values())


def run(dialer: Dialer, *, seconds: float = 60.0, most_connections: int = 8) -> Ran:
    """Push queued leads of the dialer until none is left, it is closed, or `seconds` are over.

    Uses as many of the dialer's connection slots as other workers leave, `most_connections` at
    most. Returns what was done; problems with the dialer pause it (`leads.dialers.breaker`).
    """
    dialer.refresh_from_db()
    if why := pace.why_closed(dialer):
        return Ran(ended=why)
    worker = alive.new_name()
    with alive.working(worker), pace.slots(dialer, most_connections) as slots:
        if not len(slots):
            return Ran(ended=say("other workers use all connections of the dialer"))
        with proof.may_call(dialer) as may:
            if not may:
                return Ran(ended=dialer.paused_text or say("another worker tries the login first"))
            try:
                client = client_for(dialer)
            except DialerError as error:
                breaker.pause(dialer.pk, error.reason, error.sentence, probe=False)
                return Ran(ended=error.sentence)
            with client, _quick_turns():
                return Engine(dialer, client, slots, most_connections, worker).run(seconds)


@contextmanager
def _quick_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Engine:
    """One run for one dialer over the connections of `slots`, under the name `worker`."""

    def __init__(
        self, dialer: Dialer, client: Client, slots: pace.Slots, most: int, worker: str
    ) -> None:
        self.dialer = dialer
        self.slots = slots
        self.most = most
        self.worker = worker
        self.senders = Senders(client, len(slots))
        self.troubles = Troubles()
        self.batches: set[int] = set()
        self.ran = Ran()
        self.closing = False
        self.next_claim = 0.0
        self.known_lead_id = dialer.highest_lead_id > 0
        self.call_seconds = 0.0  # how long a call takes, as it was of late; 0 before the first

    def run(self, seconds: float) -> Ran:
        """Claim, send and record until nothing is left to do.

        Never leaves an answer unwritten while the database can be reached within half a minute.
        """
        try:
            self._loop(time.monotonic() + seconds)
        finally:
            self.senders.halt.set()
            try:
                while self.senders.in_hand:
                    self._record(GROUP_SECONDS)
            finally:
                self.senders.close()
        finish(self.batches)
        return self.ran

    def _loop(self, end: float) -> None:
        checked = 0.0
        while not self.senders.halt.is_set():
            now = time.monotonic()
            if now >= end:
                self._close(say("its time is over"))
            if now - checked > CHECK_SECONDS:
                self._check()
                checked = now
            due = now >= self.next_claim or not self.senders.in_hand
            if due and not self.closing and self._hungry():
                self._claim()
            if self.closing and not self.senders.in_hand:
                return
            self._record(GROUP_SECONDS if self.senders.waiting else GROUP_SECONDS / 5)

    def _hungry(self) -> bool:
        """Whether the senders will have nothing to do before long."""
        if self._first_call():
            return not self.senders.in_hand
        return self.senders.waiting <= self._chunk() / 2

    def _first_call(self) -> bool:
        """Whether one call has to go alone: until an answer has shown that the login is right, and
        until some lead_id is known, above which the leads of later attempts will be."""
        return not (proof.is_proven(self.dialer) and self.known_lead_id)

    def _chunk(self) -> int:
        """How many leads to claim next."""
        if self._first_call():
            return 1
        in_time = int(self.senders.connections * CHUNK_SECONDS / (self.call_seconds or 0.1))
        chunk = min(max(in_time, 2 * self.senders.connections), LARGEST_CHUNK)
        if self.dialer.calls_per_second:
            chunk = min(chunk, max(self.dialer.calls_per_second, 1))
        return chunk

    def _claim(self) -> None:
        wanted = pace.take_today(self.dialer, self._chunk())
        claims = []
        over = self.senders.connections
        if wanted:
            claims = claim(self.dialer, wanted, worker=self.worker, connections=over)
            pace.give_back(self.dialer, wanted - len(claims))
        if not claims:
            self.next_claim = time.monotonic() + IDLE_SECONDS
            if not self.senders.in_hand:
                self.dialer.refresh_from_db()
                self._close(pace.why_closed(self.dialer) or say("nothing is queued"))
            return
        # The lease in the database is longer by what committing the claim took.
        not_after = time.monotonic() + lease_seconds(self.dialer, len(claims), over)
        not_after -= self.dialer.connect_timeout + self.dialer.read_timeout + 10.0
        moments = pace.reserve(self.dialer.pk, len(claims), self.dialer.calls_per_second)
        self.batches |= {each.batch_id for each in claims}
        turns = [Turn(c, moment, not_after) for c, moment in zip(claims, moments, strict=True)]
        self.senders.give(turns)

    def _record(self, wait: float) -> None:
        """Gather answers for `wait` seconds and write them down."""
        time.sleep(wait)
        gathered = self.senders.gather()
        if not gathered:
            return
        took = [sent.answer.milliseconds / 1000 for sent in gathered if sent.answer]
        if took:
            share = len(took) / (len(took) + self.senders.connections) if self.call_seconds else 1
            self.call_seconds += (max(sum(took) / len(took), 0.001) - self.call_seconds) * share
        recorded = self._patiently(gathered)
        for status, number in recorded.counts.items():
            self.ran.counts[status] = self.ran.counts.get(status, 0) + number
        pace.give_back(self.dialer, sum(sent.answer is None for sent in gathered))
        for sent in gathered:
            if sent.answer is not None:
                self._judge(sent)

    def _patiently(self, gathered: Sequence[Sent]) -> Recorded:
        """Record the answers, also across a restart of the database: each may hold a lead_id."""
        for wait in (*PATIENCE, None):
            try:
                return record(self.dialer, gathered)
            except (OperationalError, InterfaceError) as error:
                # The locks by which others know of us went with the old session.
                self._end("the database session was lost")
                if wait is None:
                    raise
                logger.warning("The database does not take answers; again in %s s", wait)
                _forget_session(error)
                time.sleep(wait)
        raise AssertionError

    def _judge(self, sent: Sent) -> None:
        """Whether an answer says something of the dialer rather than of the lead."""
        assert sent.answer is not None  # noqa: S101 - the caller has looked
        if why := of_the_batch(sent.claim.asked_list_id, sent.answer):
            halt(sent.claim.batch_id, why)
            self.senders.halted |= {sent.claim.batch_id}
            self.senders.failing.discard(sent.claim.batch_id)
        asked, connections = sent.claim.asked_list_id, self.senders.connections
        trouble = self.troubles.see(asked, sent.answer, connections)
        if trouble is not None:
            if breaker.pause(self.dialer.pk, *trouble):
                logger.warning("Dialer %s paused: %s (%s)", self.dialer.name, *trouble[::-1])
            self._end(trouble[1])
        elif sent.answer.outcome in ("added", "duplicate", "refused"):
            proof.proved(self.dialer)
            self.known_lead_id |= sent.answer.lead_id is not None
            if self.dialer.failures:
                breaker.healthy(self.dialer.pk)
                self.dialer.failures = 0

    def _close(self, why: str) -> None:
        """Claim nothing more; what is in hand is sent."""
        self.ran.ended = self.ran.ended or why
        self.closing = True

    def _end(self, why: str) -> None:
        """Send nothing more."""
        self._close(why)
        self.senders.halt.set()

    def _check(self) -> None:
        """See whether somebody has paused the dialer or a batch meanwhile."""
        seen = Dialer.objects.get(pk=self.dialer.pk)
        if why := pace.why_closed(seen):
            # Hours and days end without haste.
            self._end(why) if seen.is_paused or not seen.enabled else self._close(why)
        stopped = PushBatch.objects.filter(pk__in=self.batches).exclude(
            status__in=[BatchStatus.RUNNING, BatchStatus.DONE]
        )
        self.senders.halted = frozenset(stopped.values_list("pk", flat=True))
        if not self.closing:
            # What another worker has given back meanwhile.
            self.senders.add(self.slots.take(self.most))


def _forget_session(error: Error) -> None:
    if not connection.in_atomic_block:
        connection.close()
        return
    raise error
