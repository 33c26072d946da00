"""Read the answers of the look-ups: text in, typed result out. Raises, never guesses.

Each reader takes the HTTP status and the body, and what was asked where the answer must echo it.
The forms are in `docs/vicidial.md`, Look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from leads.sentence import say
from leads.vicidial.added import lead_id_of
from leads.vicidial.errors import NotAllowed, Stop, Unclear, Unsupported
from leads.vicidial.found import FoundLead
from leads.vicidial.lines import StatusLine, status_lines
from leads.vicidial.reasons import reason_of, sentence_for

RIGHTS = ("FUNCTION_NOT_ALLOWED", "NO_PERMISSION")
_HEADERS = re.compile(r"search_key.*lead_ids|list_id\|list_name\|.*|campaign_id\|campaign_name\|.*")


def lines_of(status: int, body: str, function: str) -> list[StatusLine]:
    """Return the status lines of an answer to `function`.

    Raises Stop or NotAllowed for login and permission errors, Unsupported where the release lacks
    the function, Unclear for any HTTP status but 200.
    """
    lines = status_lines(body)
    for line in lines:
        reason = reason_of(line) if line.word == "ERROR" else None
        if reason is None or reason.outcome != "stop":
            continue
        if reason.code == "NO_FUNCTION":
            raise Unsupported(
                say("The dialer does not have %(function)s.", function=function), reason.code
            )
        kind = NotAllowed if reason.code in RIGHTS else Stop
        raise kind(f"{function}: {reason.sentence}", reason.code, http_status=status)
    if status != 200:
        code = f"HTTP_{status}"
        raise Unclear(f"{function}: {sentence_for(code)}", code, http_status=status)
    return lines


def unclear(function: str, what: str) -> Unclear:
    """Return the exception for an answer of `function` that does not say what was asked for."""
    return Unclear(
        say(
            "The dialer's answer to %(function)s cannot be read: %(what)s.",
            function=function,
            what=what,
        ),
        "UNREADABLE",
    )


def data_lines(body: str) -> list[str]:
    """Return the lines of a table without its header, whether it is broken or not."""
    lines = (line.strip() for line in body.removeprefix("\ufeff").splitlines())
    return [line for line in lines if line and not _HEADERS.fullmatch(line)]


def read_no_update(
    status: int, body: str, *, user: str, code: str = "", phone: str = ""
) -> FoundLead | None:
    """Read update_lead with no_update=Y: the lead, or None if the dialer has certainly none.

    The answer has to repeat the user, and the code and phone asked for.
    """
    lines = lines_of(status, body, "update_lead")
    if len(lines) != 1:
        raise unclear("update_lead", say("one line was expected"))
    line = lines[0]
    values = line.values
    echoes = len(values) >= 4 and (values[0], values[2], values[3]) == (user, code, phone)
    if line.word in ("NOTICE", "ERROR") and line.reason == (
        "update_lead NO MATCHES FOUND IN THE SYSTEM"
    ):
        if echoes and not values[1]:
            return None
    elif (line.word, line.reason) == ("NOTICE", "update_lead LEADS FOUND IN THE SYSTEM"):
        lead_id = lead_id_of(values[1]) if echoes else None
        if lead_id and len(values) >= 5 and re.fullmatch(r"[0-9]{1,14}", values[4]):
            return FoundLead(lead_id, int(values[4]), code, phone)
    raise unclear("update_lead", say("it does not say whether the lead is there"))


def read_search(status: int, body: str, keys: Iterable[str]) -> dict[str, list[int]]:
    """Read lead_search: the lead_ids of each key; an empty list only if the dialer said so."""
    lines = lines_of(status, body, "lead_search")
    wanted = list(keys)
    if lines:
        none_found = one_error(lines, "lead_search NO MATCHES FOUND IN THE SYSTEM")
        if none_found and ",".join(wanted) in lines[0].values:
            return {key: [] for key in wanted}
        raise unclear("lead_search", say("it does not say what was found"))
    found: dict[str, list[int]] = {}
    for line in data_lines(body):
        key, lead_ids = _search_line(line)
        if key not in wanted or found.get(key, lead_ids) != lead_ids:
            raise unclear("lead_search", say("it speaks of a key that was not asked for, or twice"))
        found[key] = lead_ids
    if missing := [key for key in wanted if key not in found]:
        raise unclear("lead_search", say("it says nothing about %(missing)s", missing=missing[0]))
    return found


def _search_line(line: str) -> tuple[str, list[int]]:
    match = re.fullmatch(r"([^|]+)\|([0-9]+)\|([0-9-]*)\|?", line)
    if match:
        lead_ids = [lead_id_of(part) for part in match[3].split("-") if part]
        known = [lead_id for lead_id in lead_ids if lead_id is not None]
        if len(known) == len(lead_ids) == int(match[2]):
            return match[1].strip(), known
    raise unclear("lead_search", say("a line is not key|count|lead_ids"))


def read_field_info(status: int, body: str) -> str | None:
    """Read lead_field_info: the bare value, or None if there is no such lead."""
    # A lead's own text may hold a status word, so only the start of the body is one.
    start = body.removeprefix("\ufeff").lstrip("\r\n")
    if status == 200 and not re.match(r"(SUCCESS|NOTICE|ERROR):|<", start):
        return start.rstrip("\r\n")
    lines = lines_of(status, start, "lead_field_info")
    if len(lines) == 1 and lines[0].reason == "lead_field_info LEAD NOT FOUND":
        return None
    raise unclear("lead_field_info", say("it is neither a value nor a known error"))


def one_error(lines: list[StatusLine], reason: str) -> bool:
    """True if the answer is this ERROR and nothing else."""
    return len(lines) == 1 and lines[0].word == "ERROR" and lines[0].reason == reason


def read_row(status: int, body: str, function: str, first: str) -> Mapping[int, str]:
    """Read the one table line whose first value is `first`, by position."""
    if lines_of(status, body, function):
        raise unclear(function, say("it is no table"))
    rows = [line.split("|") for line in data_lines(body)]
    if len(rows) != 1 or rows[0][0].strip() != first:
        raise unclear(function, say("it is not about %(first)s", first=first))
    return dict(enumerate(value.strip() for value in rows[0]))
