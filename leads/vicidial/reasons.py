"""The reasons that VICIdial gives, as stable codes with a sentence each.

The table is `reasons.json`; the texts are those of `docs/vicidial.md`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leads.sentence import joined, say
from leads.vicidial.lines import StatusLine

# For codes that no answer's text stands for.
ADVICE = {
    "HTTP_404": say("The dialer's URL is probably wrong: it ends in /vicidial/."),
}
# What stands before the reason text: the function that speaks.
CHECKING_FUNCTIONS = ("add_lead ", "check_phone_number ")


@dataclass(frozen=True)
class Reason:
    """A reason code, the outcome it means for add_lead, its sentence, its values' names, and what
    a person is to do about it (empty for what is final for a lead)."""

    code: str
    outcome: str
    sentence: str
    values: tuple[str, ...] = ()
    advice: str = ""


def _read() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("reasons.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = json.loads(text)
    return table


_TABLE = _read()
REASONS: dict[str, Reason] = {
    code: Reason(
        code,
        row["outcome"],
        row["sentence"],
        tuple(row["values"].split("|")) if "values" in row else (),
        row.get("advice", ""),
    )
    for code, row in _TABLE.items()
}
_TEXTS = {text.upper(): code for code, row in _TABLE.items() for text in row.get("texts", ())}
_STARTS = {text.upper(): code for code, row in _TABLE.items() for text in row.get("starts", ())}
_CONTAINS = {text.upper(): code for code, row in _TABLE.items() for text in row.get("contains", ())}


def reason_of(line: StatusLine) -> Reason | None:
    """Return the reason of an ERROR line of add_lead or check_phone_number, or None if unknown.

    Login and permission errors are known whatever the function.
    """
    text = line.reason
    for function in CHECKING_FUNCTIONS:
        text = text.removeprefix(function)
    text = text.upper()
    if code := _TEXTS.get(text):
        return REASONS[code]
    text = line.reason.upper()
    for start, code in _STARTS.items():
        if text.startswith(start):
            return REASONS[code]
    for part, code in _CONTAINS.items():
        if part in text:
            return REASONS[code]
    return None


def sentence_for(code: str) -> str:
    """Return the sentence for a reason code; for `HTTP_500` and its like one made of the number."""
    if reason := REASONS.get(code):
        return say(reason.sentence)
    if code.startswith("HTTP_"):
        return say(
            "The dialer's web server answered with HTTP status %(status)s.",
            status=code.removeprefix("HTTP_"),
        )
    return ""


def with_advice(code: str, sentence: str) -> str:
    """Return the sentence of a problem with what to do about it, where that is known."""
    reason = REASONS.get(code)
    return joined([sentence, say(reason.advice) if reason else ADVICE.get(code, "")])
