"""What the simulated server holds: leads, lists, campaigns, users, DNC; in memory or SQLite too."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class User:
    """An API user; `allowed_functions` and `allowed_lists` None means all."""

    password: str
    level: int = 9
    modify_leads: bool = True
    modify_lists: bool = True
    api_access: bool = True
    allowed_functions: frozenset[str] | None = None
    allowed_lists: frozenset[int] | None = None
    failed: int = 0
    locked_at: float = 0.0


@dataclass
class DialList:
    """A list: its leads are dialled for `campaign_id` if it is active."""

    list_id: int
    name: str
    campaign_id: str
    active: bool = True
    custom_fields: tuple[str, ...] = ()


@dataclass
class Campaign:
    campaign_id: str
    name: str
    dnc: set[str] = field(default_factory=set)


class Store:
    """The tables, with indexes on phone and code. Safe for threads: `lock` guards every call."""

    def __init__(self, file: Path | str | None = None, clock: Callable[[], float] = time.time):
        self.lock = threading.RLock()
        self.clock = clock
        self.users: dict[str, User] = {}
        self.lists: dict[int, DialList] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.dnc: set[str] = set()
        self.custom_fields_enabled = True
        self.outside_local_time = False
        self.allowed_ips: frozenset[str] | None = None
        self.next_lead_id = 1
        self.next_hopper_id = 1
        self.calls: Counter[str] = Counter()
        self._leads: dict[int, dict[str, Any]] = {}
        self._by: dict[str, dict[str, set[int]]] = {
            name: defaultdict(set) for name in ("phone_number", "alt_phone", "vendor_lead_code")
        }
        self._hopper: dict[int, int] = {}
        self._file = self._open(file) if file else None

    def _open(self, file: Path | str) -> sqlite3.Connection:
        opened = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # What was answered survives a kill of this process; nobody asks for more of a simulator.
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA synchronous=NORMAL")
        # AUTOINCREMENT: the id of a deleted lead is never given again, as in MySQL.
        opened.execute(
            "CREATE TABLE IF NOT EXISTS lead (lead_id INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT)"
        )
        for (highest,) in opened.execute("SELECT seq FROM sqlite_sequence WHERE name = 'lead'"):
            self.next_lead_id = highest + 1
        for lead_id, data in opened.execute("SELECT lead_id, data FROM lead"):
            self._index(lead_id, json.loads(data))
        return opened

    def close(self) -> None:
        with self.lock:
            if self._file:
                self._file.close()
                self._file = None

    # Set-up

    def set_user(self, name: str, **changes: Any) -> User:
        """Make or change an API user: password, level, modify_leads, allowed_functions, …"""
        with self.lock:
            user = self.users.setdefault(name, User(changes.get("password", "")))
            for column, value in changes.items():
                setattr(user, column, value)
            return user

    def add_campaign(self, campaign_id: str, name: str = "") -> None:
        with self.lock:
            self.campaigns.setdefault(campaign_id, Campaign(campaign_id, name or campaign_id))

    def add_list(
        self,
        list_id: int,
        name: str = "",
        campaign_id: str = "",
        *,
        active: bool = True,
        custom_fields: Iterable[str] = (),
    ) -> None:
        with self.lock:
            made = DialList(list_id, name, campaign_id, active, tuple(custom_fields))
            self.lists[list_id] = made

    def add_dnc(self, phone: str, campaign: str | None = None) -> None:
        """Block a number, or with `727XXXXXXX` a whole area code."""
        with self.lock:
            (self.campaigns[campaign].dnc if campaign else self.dnc).add(phone)

    # Leads

    def add_lead(self, params: Mapping[str, Any]) -> int:
        """Insert a lead as it stands; return its lead_id."""
        with self.lock:
            lead_id = self.next_lead_id
            self.next_lead_id += 1
            lead = {
                "status": "NEW",
                "user": "",
                "called_count": 0,
                "gmt_offset_now": "",
                **params,
                "lead_id": lead_id,
                "entry_date": self.clock(),
            }
            lead["list_id"] = int(lead.get("list_id", 999))
            self._index(lead_id, lead)
            self._keep(lead_id)
            return lead_id

    def update_lead(self, lead_id: int | None, **changes: Any) -> bool:
        with self.lock:
            if lead_id not in self._leads:
                return False
            lead = {**self._leads[lead_id], **changes}
            self._forget(lead_id)
            self._index(lead_id, lead)
            self._keep(lead_id)
            return True

    def delete_lead(self, lead_id: int) -> bool:
        with self.lock:
            if lead_id not in self._leads:
                return False
            self._forget(lead_id)
            if self._file:
                self._file.execute("DELETE FROM lead WHERE lead_id = ?", [lead_id])
            return True

    def leads(self) -> list[dict[str, Any]]:
        """All leads, oldest first; copies."""
        with self.lock:
            return [dict(lead) for _, lead in sorted(self._leads.items())]

    def lead(self, lead_id: int) -> dict[str, Any] | None:
        with self.lock:
            found = self._leads.get(lead_id)
            return dict(found) if found else None

    def find(self, column: str, value: str) -> Iterator[dict[str, Any]]:
        """Leads with that phone_number, alt_phone or vendor_lead_code, newest first."""
        key = value.lower() if column == "vendor_lead_code" else value
        for lead_id in sorted(self._by[column].get(key, ()), reverse=True):
            yield self._leads[lead_id]

    def to_hopper(self, lead_id: int) -> int:
        """Put a lead into the hopper; return its hopper_id."""
        with self.lock:
            hopper_id = self.next_hopper_id
            self.next_hopper_id += 1
            self._hopper[hopper_id] = lead_id
            return hopper_id

    def hopper(self) -> dict[int, int]:
        with self.lock:
            return dict(self._hopper)

    @property
    def failed_logins(self) -> int:
        """Logins with a wrong password so far, over all users."""
        return sum(user.failed for user in self.users.values())

    def _index(self, lead_id: int, lead: dict[str, Any]) -> None:
        self._leads[lead_id] = lead
        for column, index in self._by.items():
            # MySQL compares without case.
            if value := str(lead.get(column) or "").lower():
                index[value].add(lead_id)

    def _forget(self, lead_id: int) -> None:
        lead = self._leads.pop(lead_id)
        for column, index in self._by.items():
            index[str(lead.get(column) or "").lower()].discard(lead_id)

    def _keep(self, lead_id: int) -> None:
        if self._file:
            data = json.dumps(self._leads[lead_id])
            self._file.execute("INSERT OR REPLACE INTO lead VALUES (?, ?)", [lead_id, data])
