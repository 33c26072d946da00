"""add_lead's duplicate_check: which earlier lead, if any, turns the new one away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from leads.vicidial.simulator.damage import ScriptDied
from leads.vicidial.simulator.store import Store

Lead = Mapping[str, Any]

_CHECK = re.compile(r"(DUP(?:PHONEALT|TITLEALTPHONE|NAMEPHONE)?)(LIST|CAMP|SYS)(?:(\d+)DAY)?")
WHERE = {"LIST": "LIST", "CAMP": "CAMPAIGN LISTS", "SYS": "SYSTEM"}
DAY = 86400


def duplicate_answer(store: Store, checks: str, lead: Lead) -> str | None:
    """The refusal of the first check that finds a twin; checks that are unknown do nothing.

    Raises ScriptDied where a real server's SQL breaks.
    """
    for check in checks.split("-"):
        if (match := _CHECK.fullmatch(check)) is None:
            continue
        kind, where, days = match.groups()
        names = str(lead["first_name"]) + str(lead["last_name"]) + str(lead["title"])
        if kind in ("DUPTITLEALTPHONE", "DUPNAMEPHONE") and "'" in names:
            raise ScriptDied
        lists = _lists(store, where, int(lead["list_id"]))
        oldest = store.clock() - int(days) * DAY if days else 0.0
        for found, suffix in _twins(store, kind, lead):
            if (lists is None or found["list_id"] in lists) and found["entry_date"] >= oldest:
                return _answer(kind, where, lead, found, suffix)
    return None


def _lists(store: Store, where: str, list_id: int) -> set[int] | None:
    """The lists to look in; None for all."""
    if where == "LIST":
        return {list_id}
    if where == "SYS":
        return None
    if list_id not in store.lists:
        raise ScriptDied  # an empty IN () is no SQL
    campaign = store.lists[list_id].campaign_id
    return {each.list_id for each in store.lists.values() if each.campaign_id == campaign}


def _twins(store: Store, kind: str, lead: Lead) -> Iterator[tuple[Lead, str]]:
    phone, alt = str(lead["phone_number"]), str(lead["alt_phone"])
    if kind == "DUPTITLEALTPHONE":
        matching = (each for each in store.find("alt_phone", alt) if _same(each, lead, "title"))
        yield from ((each, "") for each in matching)
        return
    for each in store.find("phone_number", phone):
        if kind != "DUPNAMEPHONE" or _same(each, lead, "first_name", "last_name"):
            yield each, "|PHONE" if kind == "DUPPHONEALT" else ""
    if kind == "DUPPHONEALT":
        yield from ((each, "|ALT") for each in store.find("alt_phone", phone))


def _same(one: Lead, other: Lead, *columns: str) -> bool:
    return all(str(one.get(column, "")).lower() == str(other[column]).lower() for column in columns)


_WORDS: Mapping[str, tuple[str, Callable[[Lead], str]]] = {
    "DUP": ("PHONE NUMBER", lambda lead: f"{lead['phone_number']}"),
    "DUPPHONEALT": ("PHONE NUMBER", lambda lead: f"{lead['phone_number']}"),
    "DUPTITLEALTPHONE": ("TITLE ALT_PHONE", lambda lead: f"{lead['title']}|{lead['alt_phone']}"),
    "DUPNAMEPHONE": (
        "NAME PHONE",
        lambda lead: f"{lead['first_name']}|{lead['last_name']}|{lead['phone_number']}",
    ),
}


def _answer(kind: str, where: str, lead: Lead, found: Lead, suffix: str) -> str:
    what, values = _WORDS[kind]
    there = "" if where == "LIST" else f"|{found['list_id']}"
    return (
        f"ERROR: add_lead DUPLICATE {what} IN {WHERE[where]} - {values(lead)}"
        f"|{lead['list_id']}|{found['lead_id']}{there}{suffix}\n"
    )
