"""Step 3 of a push: the sender threads. Each has one call in hand and knows no database."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from leads.push.claim import Claim
from leads.push.troubles import of_the_batch
from leads.sentence import say
from leads.vicidial.answers import AddLeadAnswer
from leads.vicidial.client import Client

logger = logging.getLogger(__name__)

SENDER_FAILED = AddLeadAnswer(
    "unclear", "SENDER_FAILED", sentence=say("An error of the portal stopped the call.")
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A claim and what came of it; `answer` is None if it was certainly not sent at all."""

    claim: Claim
    answer: AddLeadAnswer | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A claim, and from when until when (of `time.monotonic`) its call may leave.

    After `not_after` the lead may be another worker's.
    """

    claim: Claim
    not_before: float
    not_after: float


class Senders:
    """`connections` threads that take turns from a queue and put answers into another.

    `halt` stops new calls at once: what is still in the queue comes back unsent. `halted` are
    batches of which nothing more is sent.
    """

    def __init__(self, client: Client, connections: int) -> None:
        self.client = client
        self.halt = threading.Event()
        self.halted: frozenset[int] = frozenset()
        # Batches of which an answer has said that all others would fail too: until the main
        # thread has seen it, and put them among the halted.
        self.failing: set[int] = set()
        self.in_hand = 0
        self._turns: queue.SimpleQueue[Turn | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Sent] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.add(connections)

    @property
    def connections(self) -> int:
        return len(self._threads)

    def add(self, connections: int) -> None:
        """Begin that many more threads."""
        for number in range(self.connections, self.connections + connections):
            thread = threading.Thread(target=self._work, name=f"push-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def waiting(self) -> int:
        """Turns that no thread has taken yet."""
        return self._turns.qsize()

    def give(self, turns: Sequence[Turn]) -> None:
        self.in_hand += len(turns)
        for turn in turns:
            self._turns.put(turn)

    def gather(self) -> list[Sent]:
        """The answers that are there; does not wait."""
        gathered: list[Sent] = []
        while True:
            try:
                gathered.append(self._answers.get_nowait())
            except queue.Empty:
                self.in_hand -= len(gathered)
                return gathered

    def close(self) -> None:
        """End the threads; all answers must have been gathered."""
        for _ in self._threads:
            self._turns.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (turn := self._turns.get()) is not None:
            try:
                sent = self._take(turn)
            except Exception as error:
                # A mistake of ours, perhaps after the call had left: the lead must be looked up,
                # and the engine must not wait for an answer that never comes.
                logger.error("Sending lead %s failed: %s", turn.claim.lead_id, type(error).__name__)
                self.halt.set()
                sent = Sent(turn.claim, SENDER_FAILED)
            self._answers.put(sent)

    def _take(self, turn: Turn) -> Sent:
        # A stop is honoured until the very moment before the call.
        if (wait := turn.not_before - time.monotonic()) > 0:
            self.halt.wait(wait)
        late, batch = time.monotonic() > turn.not_after, turn.claim.batch_id
        if late or self.halt.is_set() or batch in self.halted or batch in self.failing:
            return Sent(turn.claim, None)
        answer = self.client.add_lead(turn.claim.params)
        if of_the_batch(turn.claim.asked_list_id, answer):
            self.failing.add(batch)
        if answer.pauses and answer.left:
            # Here and now: by the time that it is recorded a wrong password would have been tried
            # by every connection, and after ten tries the account is locked.
            self.halt.set()
        return Sent(turn.claim, answer)
