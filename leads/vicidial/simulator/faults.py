"""What can go wrong on the way, planned: by a seed, or call by call."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Nothing is inserted.
BEFORE = ("closed_before", "error_before", "busy")
# The lead is inserted, and the answer is lost, late or spoilt.
AFTER = ("closed_after", "error_after", "gateway", "cut", "garbage", "late", "slow")
# The account or the list is not what it was.
STATE = ("login_fails", "locked", "list_vanishes")


@dataclass(frozen=True)
class Fault:
    """One fault; `seconds` is how late a `late` insert or a `slow` answer comes."""

    kind: str
    seconds: float = 0.5

    def __post_init__(self) -> None:
        if self.kind not in BEFORE + AFTER + STATE:
            raise ValueError(f"No such fault: {self.kind}")


class FaultPlan:
    """Which calls go wrong, and how: a share of them by chance, the same for the same seed."""

    def __init__(
        self,
        share: float = 0.0,
        kinds: Sequence[str] = BEFORE[:2] + AFTER[:5],
        seed: int = 1,
        functions: Iterable[str] = ("add_lead",),
        seconds: float = 0.5,
    ) -> None:
        self.share = share
        self.faults = [Fault(kind, seconds) for kind in kinds]
        self.functions = frozenset(functions)
        self.done: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._script: list[Fault | None] = []
        self._lock = threading.Lock()

    @classmethod
    def script(
        cls, faults: Iterable[Fault | None], functions: Iterable[str] = ("add_lead",)
    ) -> FaultPlan:
        """The first calls go wrong as listed (None: well); all later ones go well."""
        plan = cls(functions=functions)
        plan._script = list(faults)[::-1]
        return plan

    def next(self, function: str) -> Fault | None:
        """The fault of the next call of `function`, counted as done."""
        if function not in self.functions:
            return None
        with self._lock:
            if self._script:
                fault = self._script.pop()
            elif self.share and self._chance.random() < self.share:
                fault = self._chance.choice(self.faults)
            else:
                fault = None
            if fault:
                self.done[fault.kind] += 1
            return fault
