"""Compare two persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DUPLICATE = 0.9


@dataclass(frozen=True)
class Comparison:
    score: float
    kind: str
    reasons: list[dict[str, Any]] = field(default_factory=list)


def compare(a: Mapping[str, Any], b: Mapping[str, Any]) -> Comparison:
    names = [str(p.get("first_name") or "").lower() for p in (a, b)]
    if not all(names):
        return Comparison(0.5, "number")
    return Comparison(1.0, "person") if names[0] == names[1] else Comparison(0.0, "household")


def compare_many(
    leads: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[tuple[str, float]]:
    return [(c.kind, c.score) for c in map(compare, leads, others)]
