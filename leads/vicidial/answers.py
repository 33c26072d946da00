"""What an answer to add_lead means. Text that is not known is never a success.

The forms of the answers are in `docs/vicidial.md`, add_lead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from leads.vicidial.added import lead_id_of, phone_as_answered, read_added
from leads.vicidial.lines import StatusLine, status_lines
from leads.vicidial.reasons import Reason, reason_of, sentence_for
from leads.vicidial.redact import redact

ADDED = "ADD_LEAD LEAD HAS BEEN ADDED"

# Web server answers that mean a wrong URL or a closed door: the next lead would fare no better.
WRONG_DOOR = {"HTTP_401", "HTTP_403", "HTTP_404", "HTTP_405", "HTTP_407", "HTTP_410", "REDIRECT"}

_DONE = (
    "ADD_LEAD ADDED TO HOPPER",
    "ADD_LEAD CUSTOM FIELDS VALUES ADDED",
    "ADD_LEAD SCHEDULED CALLBACK ADDED",
    "ADD_LEAD MULTI-ALT-PHONE NUMBERS LOADED",
)
_SQL = re.compile(r"(?:^|(?<=[-|:]))\s*(?:INSERT|UPDATE|REPLACE|SELECT|DELETE)\s.*", re.I | re.S)


@dataclass(frozen=True)
class AddLeadAnswer:
    """What add_lead did; redacted in every attribute.

    `outcome`: `added`; `duplicate` and `refused` (final for this lead as it stands); `stop` (the
    lead is not on the dialer, and the dialer must be paused); `unclear` (nothing may be concluded:
    look the lead up). `lead_id` and `list_id` are the new lead's, or the existing lead's of a
    duplicate: compare `list_id` with the one asked. `reason` is a stable code, empty for a clean
    success. `left` is False if certainly nothing reached the dialer. `milliseconds` is how long the
    call took.
    """

    outcome: str
    reason: str = ""
    lead_id: int | None = None
    list_id: int | None = None
    gmt_offset: str = ""
    notices: tuple[str, ...] = ()
    text: str = ""
    sentence: str = ""
    http_status: int | None = None
    milliseconds: int = 0
    left: bool = True

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notices that say that something was not done, though the lead was added."""
        return tuple(notice for notice in self.notices if is_warning(notice))

    @property
    def pauses(self) -> bool:
        """True if no other lead should be sent before a person or a probe has looked."""
        return self.outcome == "stop" or self.reason in WRONG_DOOR


def read_add_lead(body: str, sent: Mapping[str, str], status: int = 200) -> AddLeadAnswer:
    """Read the answer to an add_lead call; never raises.

    `body` is the answer as it came, `sent` are the parameters of the call with `user` and `pass`,
    `status` is the HTTP status.
    """
    secret = sent.get("pass", "")
    lines = status_lines(body)
    answer = _conclude(lines, body, sent, status)
    notices = tuple(_short(line.text) for line in lines if line.word == "NOTICE")
    return replace(
        answer,
        text=redact(body, secret),
        notices=tuple(redact(notice, secret) for notice in notices),
        sentence=sentence_for(answer.reason),
        http_status=status,
    )


def is_warning(notice: str) -> bool:
    """True if `notice`, a text of AddLeadAnswer.notices, says that something was not done.

    A notice that is not known is a warning too: someone should read it.
    """
    for line in status_lines(notice):
        if line.reason.upper() not in _DONE:
            return True
        loaded_none = line.reason.upper().endswith("LOADED") and line.values[:1] == ("0",)
        stored_none = line.reason.upper().endswith("VALUES ADDED") and line.values[3:4] == ("0",)
        if loaded_none or stored_none:
            return True
    return False


def _conclude(
    lines: list[StatusLine], body: str, sent: Mapping[str, str], status: int
) -> AddLeadAnswer:
    errors = [line for line in lines if line.word == "ERROR"]
    successes = [line for line in lines if line.word == "SUCCESS"]
    reasons = {reason_of(line) for line in errors}
    reason = next(iter(reasons)) if len(reasons) == 1 else None
    if reason and reason.outcome == "stop" and not successes:
        # Whatever the HTTP status: the next call with the same login would do harm.
        return AddLeadAnswer("stop", reason.code)
    if status != 200:
        return AddLeadAnswer("unclear", f"HTTP_{status}")
    if (errors and successes) or len(reasons) > 1:
        return AddLeadAnswer("unclear", "CONTRADICTION")
    if errors:
        return _refusal(reason, errors, sent)
    if len(successes) > 1:
        return AddLeadAnswer("unclear", "SEVERAL_SUCCESSES")
    if successes:
        return _success(successes[0], sent)
    return AddLeadAnswer("unclear", "NO_RESULT" if body.strip("\ufeff \r\n\t") else "EMPTY")


def _success(line: StatusLine, sent: Mapping[str, str]) -> AddLeadAnswer:
    if line.reason.upper() != ADDED:
        return AddLeadAnswer("unclear", "OTHER_SUCCESS")
    added = read_added(line.values, sent)
    if isinstance(added, str):
        return AddLeadAnswer("unclear", added)
    return AddLeadAnswer("added", "", added.lead_id, added.list_id, added.gmt_offset)


def _refusal(
    reason: Reason | None, errors: list[StatusLine], sent: Mapping[str, str]
) -> AddLeadAnswer:
    if reason is None or not errors[0].reason.startswith("add_lead "):
        return AddLeadAnswer("unclear", "UNKNOWN_ERROR")
    values = _named(reason, errors[0].values)
    phone = phone_as_answered(sent.get("phone_number", ""))
    if values.get("phone", phone) != phone:
        return AddLeadAnswer("unclear", "OTHER_PHONE")
    if reason.outcome != "duplicate":
        return AddLeadAnswer(reason.outcome, reason.code)
    list_id = values.get("found_list_id", values.get("list_id", ""))
    return AddLeadAnswer(
        reason.outcome,
        reason.code,
        lead_id_of(values.get("lead_id", "")),
        int(list_id) if list_id.isascii() and list_id.isdigit() else None,
    )


def _named(reason: Reason, values: tuple[str, ...]) -> dict[str, str]:
    """Name the values of an ERROR line, as many as can be told for sure."""
    if values and values[-1] in {"PHONE", "ALT"} and "lead_id" in reason.values:
        values = values[:-1]
    if len(values) == len(reason.values):
        return dict(zip(reason.values, values, strict=True))
    if len(values) > len(reason.values) and reason.values[0] == "first_name":
        # A name with a bar in it: the values that count stand at the end.
        return dict(zip(reason.values[::-1], values[::-1], strict=False))
    return {"phone": values[0]} if values and reason.values[:1] == ("phone",) else {}


def _short(notice: str) -> str:
    return _SQL.sub(" (SQL statement left out)", notice).strip()
