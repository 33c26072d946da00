"""The simulator answers the captured requests byte for byte as the real server did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leads.vicidial.simulator.server import Simulator

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "responses.jsonl").read_text().splitlines()
]
EPOCH = 1795408680.0  # the moment of the capture

Change = Callable[[Simulator], None]


def user(**changes: object) -> Change:
    return lambda simulator: simulator.store.set_user("6666", **changes) and None


def custom_fields(enabled: bool) -> Change:
    return lambda simulator: setattr(simulator.store, "custom_fields_enabled", enabled)


# What was changed on the real server before a request, by the name of the pair.
BEFORE: dict[str, Change] = {
    "custom fields disabled": custom_fields(False),
    "multi alt phones": custom_fields(True),
    "locked": user(locked_at=EPOCH),
    "no permission": user(locked_at=0.0, failed=0, modify_leads=False),
    "function not allowed": user(modify_leads=True, allowed_functions=frozenset({"version"})),
    "list not allowed": user(allowed_functions=None, allowed_lists=frozenset({101, 102, 999})),
    "version": user(allowed_lists=None),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, str]]:
    """The simulator's answer to each request of the corpus, asked in order."""
    simulator = Simulator(password="1234", clock=lambda: EPOCH)
    store = simulator.store
    store.add_campaign("TESTCAMP", "Test Campaign")
    store.add_list(101, "Outbound", "TESTCAMP")
    store.add_list(102, "Outbound2", "TESTCAMP", custom_fields=["fav_color"])
    store.add_list(999, "Default", "TESTCAMP")
    store.add_dnc("7275550001")
    store.add_dnc("7275550002", "TESTCAMP")
    store.next_lead_id, store.next_hopper_id = 193715, 4
    found = {}
    for pair in CORPUS:
        BEFORE.get(pair["name"], lambda _: None)(simulator)
        found[pair["name"]] = simulator.answer(pair["request"])
    return found


@pytest.mark.parametrize("pair", CORPUS, ids=lambda pair: pair["name"])
def test_a_captured_request_gets_the_captured_answer(
    pair: dict[str, object], answers: dict[str, tuple[int, str]]
) -> None:
    assert answers[str(pair["name"])] == (pair["status"], pair["body"])
