"""What the portal sends for a value, what the server will hold, and what is lost on the way.

The server changes values without a word (`docs/vicidial.md`, Silent damage). Here each value is
brought into a form that it keeps, and the reviewer is told the rest before approving.
"""

from __future__ import annotations

from dataclasses import dataclass

from leads.sentence import joined, say
from leads.vicidial.exact import EXACT
from leads.vicidial.fields import CUSTOM_FIELD_WIDTH, FIELDS, LeadField
from leads.vicidial.gentle import gentle
from leads.vicidial.sentences import quoted
from leads.vicidial.stored import as_stored, keeps, safe

# A part of one of these is another one: sent whole or not at all.
WHOLE = ("code", "email", "state", "country")


@dataclass(frozen=True)
class WireValue:
    """`sent` goes over the wire (empty: the parameter is left out), `stored` is what the server
    will hold, `loss` says in a sentence how that differs from the value given, or is empty."""

    sent: str
    stored: str
    loss: str


def clean(field: str, value: str, accents: bool = False) -> WireValue:
    """Return what to send for `value` in add_lead's parameter `field`; never raises.

    `accents` = the server runs with "use non latin" on. A name that is not in FIELDS is taken for
    the label of a custom field. Sending `sent` again changes nothing: `clean(f, sent).sent ==
    sent`. `sent` has no backslash, no control character and no more characters than the column.
    An empty value is left out without a loss, save where the server's own default would do harm
    (`list_id`, `phone_code`).
    """
    lead_field = FIELDS.get(field) or LeadField(field, CUSTOM_FIELD_WIDTH, "free")
    if exact := EXACT.get(lead_field.kind):
        return WireValue(*exact(lead_field, value))
    if len(value) <= lead_field.width and safe(lead_field.kind).fullmatch(value):
        return WireValue(value, value, "")
    sent = _fitting(lead_field, gentle(value, lead_field.kind, accents), value, accents)
    stored = as_stored(lead_field, sent, accents)
    return WireValue(sent, stored, _loss(lead_field, value, sent, stored, accents))


def _fitting(field: LeadField, text: str, value: str, accents: bool) -> str:
    if field.kind == "email" and any(c != "+" and not keeps("email", c, accents) for c in value):
        # Any letter less is somebody else's address.
        return ""
    if len(text) <= field.width:
        return text
    if field.kind in WHOLE:
        return ""
    if field.kind == "alts":
        return _whole_entries(text, field.width)
    return text[: field.width].rstrip()


def _whole_entries(text: str, width: int) -> str:
    # A phone number cut short is another phone number.
    fitting = ""
    for entry in text.split("!"):
        longer = f"{fitting}!{entry}" if fitting else entry
        if len(longer) > width:
            break
        fitting = longer
    return fitting


def _loss(field: LeadField, value: str, sent: str, stored: str, accents: bool) -> str:
    if stored == value:
        return ""
    causes = _causes(field, value, accents)
    why = joined(causes, "; ") or say("surplus spaces go")
    held = (
        say("VICIdial will hold %(stored)s", stored=quoted(stored))
        if sent
        else say("it is not sent")
    )
    return say(
        "%(name)s %(value)s: %(held)s (%(why)s).",
        name=field.name,
        value=quoted(value),
        held=held,
        why=why,
    )


def _causes(field: LeadField, value: str, accents: bool) -> list[str]:
    lost = {c for c in value if not keeps(field.kind, c, accents)}
    letters = {c for c in lost if not c.isascii()}
    breaking = {c for c in lost if c == "\\" or (not c.isprintable() and c.isascii())}
    dropped = "".join(sorted(lost - letters - breaking - {"+"}))
    long = len(gentle(value, field.kind, accents)) > field.width
    causes: list[str] = []
    if letters:
        causes.append(
            say("it cannot hold %(letters)s here", letters=_some(letters))
            if accents
            else say("it drops every letter outside A-Z, here %(letters)s", letters=_some(letters))
        )
    if "+" in lost:
        causes.append(say("it makes every + a space, which cannot be avoided"))
    if breaking:
        causes.append(say("backslashes and control characters break the server"))
    if dropped:
        causes.append(
            say("it does not keep %(dropped)s in %(name)s", dropped=dropped, name=field.name)
        )
    if long:
        whole = say(", and a part of it would be another one") if field.kind in WHOLE else ""
        causes.append(
            say(
                "%(name)s holds %(width)s characters%(whole)s",
                name=field.name,
                width=field.width,
                whole=whole,
            )
        )
    return causes


def _some(letters: set[str]) -> str:
    shown = [c for c in sorted(letters) if c.isprintable()][:8]
    return " ".join(shown) or say("invisible signs")
