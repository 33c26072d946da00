"""The request and response pairs seen on a running 2.14-202: `responses.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CANARY = "CANARY-pw-123"


@dataclass(frozen=True)
class Pair:
    name: str
    request: dict[str, str]
    status: int
    body: str

    @property
    def function(self) -> str:
        return self.request["function"]


def pairs() -> list[Pair]:
    text = Path(__file__).with_name("responses.jsonl").read_text(encoding="utf-8")
    rows = map(json.loads, text.splitlines())
    return [Pair(row["name"], row["request"], row["status"], row["body"]) for row in rows]


def add_lead_pairs() -> list[Pair]:
    return [pair for pair in pairs() if pair.function.startswith("add_lead")]


def pair(name: str) -> Pair:
    return next(pair for pair in pairs() if pair.name == name)


def as_published(pair: Pair) -> str:
    """The body with its SUCCESS line in the order of the published text."""
    return "\n".join(_published(line) for line in pair.body.split("\n"))


def _published(line: str) -> str:
    start, mark, tail = line.partition("LEAD HAS BEEN ADDED - ")
    if not mark:
        return line
    phone, list_id, lead_id, gmt, user = tail.split("|")
    return f"{start}{mark}{'|'.join([phone, user, list_id, lead_id, gmt])}"


def with_canary() -> Iterator[Pair]:
    """Each pair with the canary as its password, also where the server prints it back."""
    for pair in pairs():
        request = {**pair.request, "pass": CANARY}
        body = pair.body.replace(f"|{pair.request['pass']}|", f"|{CANARY}|")
        yield Pair(pair.name, request, pair.status, body)
        # A debugging server or a proxy that shows the request.
        shown = f"{body}<!-- /vicidial/non_agent_api.php?user=6666&pass={CANARY}&x={CANARY} -->"
        yield Pair(f"{pair.name}, request shown", request, pair.status, shown)
