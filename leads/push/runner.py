"""The push engine: joins claim, send and record for one dialer.

The main thread owns the database: it claims chunks, hands them to sender threads, and writes the
answers down in groups, a few times a second. Sender threads own one connection to the dialer each
and know nothing but the call in hand. The Celery task, the admin action and the command all run
this one function.
"""

from __future__ import annotations

import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from django.db import OperationalError, connection

from leads.dialers import breaker, pace
from leads.dialers.connect import client_for
from leads.models import BatchStatus, Dialer, LeadStatus, PushBatch
from leads.push.claim import Claim, claim, lease_seconds
from leads.push.queue import finish
from leads.push.record import Recorded, record
from leads.push.send import Sent, send
from leads.vicidial.answers import AddLeadAnswer
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError

logger = logging.getLogger(__name__)

CHUNK = 32  # leads claimed at once: committed before sending, few enough to be unclear at a kill
GROUP_SECONDS = 0.04  # answers are gathered for this long before they are written
CHECK_SECONDS = 0.5  # how often a pause or cancel is looked for
IDLE_SECONDS = 1.0  # how often the queue is looked at while only slow calls are left
SENDER_FAILED = AddLeadAnswer(
    "unclear", "SENDER_FAILED", sentence="An error of the portal stopped the call."
)
UNCLEAR_RUN = 5  # unclear answers in a row that pause the dialer


@dataclass
class Ran:
    """What a run of the engine did: leads by new status, and why it ended."""

    counts: dict[LeadStatus, int] = field(default_factory=dict)
    ended: str = ""

    @property
    def leads(self) -> int:
        return sum(self.counts.values())


def run(dialer: Dialer, *, seconds: float = 60.0, most_connections: int = 8) -> Ran:
    """Push queued leads of the dialer until none is left, it is paused, or `seconds` are over.

    Uses as many of the dialer's connection slots as other workers leave, `most_connections` at
    most. Returns what was done; problems with the dialer pause it (`leads.dialers.breaker`).
    """
    dialer.refresh_from_db()
    if not dialer.enabled or dialer.is_paused:
        return Ran(ended="the dialer is paused" if dialer.is_paused else "the dialer is off")
    with pace.slots(dialer, most_connections) as free:
        if not free:
            return Ran(ended="other workers use all connections of the dialer")
        try:
            client = client_for(dialer)
        except DialerError as error:
            breaker.pause(dialer.pk, error.reason, error.sentence, probe=False)
            return Ran(ended=error.sentence)
        with client:
            return Engine(dialer, client, free).run(seconds)


class Engine:
    """One run for one dialer over `connections` connections."""

    def __init__(self, dialer: Dialer, client: Client, connections: int) -> None:
        self.dialer = dialer
        self.client = client
        self.connections = connections
        self.worker = f"{socket.gethostname()}:{os.getpid()}"
        self.answers: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        self.stop = threading.Event()
        # Until one answer has shown that the login is right, calls go one at a time.
        self.first = threading.Lock()
        self.proven = threading.Event()
        self.in_flight = 0
        self.batches: set[int] = set()
        self.unclear_in_a_row = 0
        self.ran = Ran()
        # Batches that were paused or cancelled after their leads had been claimed.
        self.halted: frozenset[int] = frozenset()

    def run(self, seconds: float) -> Ran:
        """Claim, send and record until nothing is left to do; never leaves an answer unwritten."""
        end = time.monotonic() + seconds
        with ThreadPoolExecutor(self.connections, thread_name_prefix="push") as pool:
            try:
                self._loop(pool, end)
            finally:
                self.stop.set()
                while self.in_flight:
                    self._record(self._gather(wait=1.0))
        finish(self.batches)
        return self.ran

    def _loop(self, pool: ThreadPoolExecutor, end: float) -> None:
        checked = next_claim = 0.0
        while not self.stop.is_set():
            now = time.monotonic()
            if now >= end:
                self._end("its time is over")
            elif now - checked > CHECK_SECONDS:
                self._check()
                checked = now
            # One chunk in the threads' hands and one behind it keeps every connection busy.
            if not self.stop.is_set() and self.in_flight <= CHUNK and now >= next_claim:
                claims = claim(self.dialer, CHUNK, worker=self.worker, connections=self.connections)
                self._hand_out(pool, claims)
                next_claim = now if claims else now + IDLE_SECONDS
                if not self.in_flight:
                    self._end("nothing is queued")
            self._record(self._gather(wait=GROUP_SECONDS))

    def _hand_out(self, pool: ThreadPoolExecutor, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        # The lease in the database is longer by what committing the claim took.
        not_after = time.monotonic() + lease_seconds(self.dialer, len(claims), self.connections)
        not_after -= self.dialer.connect_timeout + self.dialer.read_timeout + 10.0
        moments = pace.reserve(self.dialer.pk, len(claims), self.dialer.calls_per_second)
        for each, moment in zip(claims, moments, strict=True):
            self.in_flight += 1
            self.batches.add(each.batch_id)
            future = pool.submit(self._send, each, moment, not_after)
            future.add_done_callback(partial(self._done, each))

    def _send(self, each: Claim, not_before: float, not_after: float) -> Sent:
        """In a sender thread. A stop is honoured until the very moment before the call."""
        self.stop.wait(max(0.0, not_before - time.monotonic()))
        if self.proven.is_set():
            return self._call(each, not_after)
        with self.first:
            return self._call(each, not_after)

    def _call(self, each: Claim, not_after: float) -> Sent:
        if self.stop.is_set() or each.batch_id in self.halted:
            return Sent(each, None)
        sent = send(self.client, each, not_after=not_after)
        if sent.answer is not None and sent.answer.pauses:
            # Here and now: by the time that it is recorded a wrong password would have been tried
            # by every connection, and after ten tries the account is locked.
            self.stop.set()
        else:
            self.proven.set()
        return sent

    def _done(self, each: Claim, future: Future[Sent]) -> None:
        if error := future.exception():
            # A mistake of ours, perhaps after the call had left: the lead must be looked up, and
            # the engine must not wait for an answer that never comes.
            logger.error("Sending lead %s failed: %s", each.lead_id, type(error).__name__)
            self.stop.set()
            self.answers.put(Sent(each, SENDER_FAILED))
        else:
            self.answers.put(future.result())

    def _gather(self, wait: float) -> list[Sent]:
        """The answers that have come, waiting up to `wait` seconds for the first few."""
        gathered: list[Sent] = []
        end = time.monotonic() + wait
        while self.in_flight > len(gathered):
            try:
                left = max(0.0, end - time.monotonic())
                gathered.append(
                    self.answers.get(timeout=left) if left else self.answers.get_nowait()
                )
            except queue.Empty:
                break
        return gathered

    def _record(self, gathered: Sequence[Sent]) -> None:
        if not gathered:
            return
        recorded, reconnected = _patiently(self.dialer, gathered)
        if reconnected:
            # The slots were locks of the old session: others may hold them now.
            self._end("the database session was lost")
        self.in_flight -= len(gathered)
        for status, number in recorded.counts.items():
            self.ran.counts[status] = self.ran.counts.get(status, 0) + number
        for answer in recorded.stops:
            self._pause(answer.reason, answer.sentence)
        for sent in gathered:
            if sent.answer is not None:
                self._judge(sent, sent.answer)

    def _judge(self, sent: Sent, answer: AddLeadAnswer) -> None:
        """Whether an answer says something of the dialer rather than of the lead."""
        self.unclear_in_a_row = self.unclear_in_a_row + 1 if answer.outcome == "unclear" else 0
        if self.unclear_in_a_row >= UNCLEAR_RUN:
            self._pause(
                "NO_ANSWER",
                f"{UNCLEAR_RUN} calls in a row had no usable answer (the last one:"
                f" {answer.sentence}). A probe asks the dialer again by itself.",
            )
        asked = sent.claim.asked_list_id
        if answer.outcome == "added" and answer.list_id != asked:
            self._pause(
                "WRONG_LIST",
                f"A lead for list {asked} was taken into list {answer.list_id} (lead_id"
                f" {answer.lead_id}). Look at list {asked} in VICIdial, then resume.",
            )
        elif answer.outcome == "added" and self.dialer.failures:
            breaker.healthy(self.dialer.pk)
            self.dialer.failures = 0

    def _pause(self, reason: str, text: str) -> None:
        if breaker.pause(self.dialer.pk, reason, text):
            logger.warning("Dialer %s paused: %s (%s)", self.dialer.name, text, reason)
        self._end(text)

    def _end(self, why: str) -> None:
        self.ran.ended = self.ran.ended or why
        self.stop.set()

    def _check(self) -> None:
        """See whether somebody paused the dialer or a batch meanwhile."""
        state = Dialer.objects.values_list("enabled", "paused_reason", "paused_text")
        enabled, paused, text = state.get(pk=self.dialer.pk)
        if paused or not enabled:
            self._end(text or "the dialer is off")
        stopped = PushBatch.objects.filter(pk__in=self.batches).exclude(
            status__in=[BatchStatus.RUNNING, BatchStatus.DONE]
        )
        self.halted = frozenset(stopped.values_list("pk", flat=True))


def _patiently(dialer: Dialer, gathered: Sequence[Sent]) -> tuple[Recorded, bool]:
    """Record the answers, also across a restart of the database: each may hold a lead_id.

    Returns what was recorded, and whether a new database session was needed for it.
    """
    for tries, wait in enumerate((0.2, 0.5, 1, 2, 4, 8, 15)):
        try:
            return record(dialer, gathered), tries > 0
        except OperationalError:
            logger.warning("The database does not take answers; again in %s s", wait)
            connection.close()
            time.sleep(wait)
    return record(dialer, gathered), True
