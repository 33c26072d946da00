"""What each release can do, and what this dialer can do, found by asking it.

`releases.json` holds what was read in the sources (`docs/vicidial.md`, Releases). A number alone
says little: forks number otherwise, and an API user may lack a right. So `probe` asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from leads.sentence import say
from leads.vicidial.client import Client
from leads.vicidial.errors import NotAllowed, Unclear, Unsupported
from leads.vicidial.lookups import version
from leads.vicidial.replies import lines_of

RELEASES: dict[str, Any] = json.loads(
    Path(__file__).with_name("releases.json").read_text(encoding="utf-8")
)

YES, MISSING, NOT_ALLOWED, UNKNOWN = "yes", "missing", "not allowed", "unknown"

# One call a function that changes nothing: a number too short to be taken, and a code and a
# lead_id that no dialer has.
NO_CODE = "NO-SUCH-LEAD-CODE"
NO_LEAD = "4294967294"
HARMLESS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "add_lead": {"phone_number": "1"},
        "update_lead": {
            "search_method": "VENDOR_LEAD_CODE",
            "vendor_lead_code": NO_CODE,
            "no_update": "Y",
        },
        "lead_search": {"search_method": "VENDOR_LEAD_CODE", "vendor_lead_code": NO_CODE},
        "lead_field_info": {"lead_id": NO_LEAD, "field_name": "status"},
        "lead_all_info": {"lead_id": NO_LEAD},
        "list_info": {"list_id": "999"},
        "list_custom_fields": {"list_id": "999"},
        "campaigns_list": {},
        "check_phone_number": {"phone_number": "1", "local_call_time": "24hours"},
    }
)


@dataclass(frozen=True)
class Capabilities:
    """What a dialer and its API user can do: function -> yes, missing, not allowed or unknown."""

    release: str = ""
    build: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)

    def can(self, function: str) -> bool:
        """True if the dialer has `function` and the API user may call it."""
        return self.functions.get(function) == YES

    @property
    def bulk_look_up(self) -> bool:
        """Many leads can be looked up with one call."""
        return self.can("lead_search")

    @property
    def list_exists_check(self) -> bool:
        """add_lead heeds `list_exists_check`. An unknown parameter is ignored without a word, so
        it is told by a function that came with it."""
        told_by = RELEASES["settings"]["list_exists_check"]["shown_by"]
        return self.functions.get(told_by) in (YES, NOT_ALLOWED)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `from_json` takes them back."""
        return {"release": self.release, "build": self.build, "functions": dict(self.functions)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Capabilities:
        """Return the capabilities of a stored mapping; an empty one knows nothing."""
        functions = values.get("functions") or {}
        return cls(values.get("release", ""), values.get("build", ""), dict(functions))


def probe(client: Client) -> Capabilities:
    """Ask a dialer what it can do: `version`, then one harmless call a function.

    Raises Stop at the first answer that refuses the API user, so that at most one login fails;
    NotSent or NoAnswer if the dialer cannot be reached.
    """
    about = version(client)
    functions = {function: ask(client, function) for function in HARMLESS}
    return Capabilities(about.release, about.build, functions)


def ask(client: Client, function: str) -> str:
    """Make the harmless call of `function` and return YES, MISSING, NOT_ALLOWED or UNKNOWN."""
    answer = client.call(function, HARMLESS[function])
    try:
        lines_of(answer.status, answer.body, function)
    except Unsupported:
        return MISSING
    except NotAllowed:
        return NOT_ALLOWED
    except Unclear:
        return UNKNOWN
    return YES if answer.body.strip() else UNKNOWN


def right_sentence(user: str, function: str, reason: str) -> str:
    """Say in words which right the API user lacks for `function`, and where to give it.

    `reason` is FUNCTION_NOT_ALLOWED or NO_PERMISSION.
    """
    means = (
        say(RELEASES["means"][function])
        if function in RELEASES["means"]
        else say("use %(function)s", function=function)
    )
    if reason == "FUNCTION_NOT_ALLOWED":
        remedy = say("add %(function)s to the user's Allowed API Functions", function=function)
    else:
        remedy = say(RELEASES["rights"].get(function, "raise the user's level and rights"))
    return say(
        "The API user %(user)s may log in but may not %(means)s: %(remedy)s in Admin > Users.",
        user=user,
        means=means,
        remedy=remedy,
    )
