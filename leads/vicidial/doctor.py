"""Find out why a dialer cannot be pushed to, and name the missing right in words.

Nothing is added or changed on the dialer, and at most one login fails: after ten the account would
be locked for everybody (`docs/vicidial.md`, Authentication answers).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leads.sentence import say
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, NotAllowed, NotSent, Stop, Unclear, Unsupported
from leads.vicidial.lookups import Version, list_info, no_update_by_code, search_by_codes, version
from leads.vicidial.reasons import with_advice
from leads.vicidial.releases import HARMLESS, NO_CODE, right_sentence

# Seconds that the clocks may differ: local call times and look-ups by date depend on them.
SKEW = 120
NAMES = ("settings", "reach", "clock", "login")


@dataclass(frozen=True)
class Check:
    """One step of the examination: `name` is one of NAMES, a function of VICIdial, or a list;
    `ok` is None where it cannot be told; `reason` is the code of what the dialer refused the API
    user for, where it did."""

    name: str
    ok: bool | None
    sentence: str
    reason: str = ""


def examine(
    client: Client, list_ids: Iterable[int] = (), now: Callable[[], float] = time.time
) -> list[Check]:
    """Examine a dialer for pushing to the lists `list_ids`; never raises a DialerError.

    1. Reach it (`version`, no login) and compare the clocks; `now` returns seconds since 1970.
    2. Log in and try the right to add leads, with a phone number that is too short to be taken.
    3. Try the look-ups that settle a push whose answer was lost.
    4. See whether each list is there and dialled.

    Ends early where the dialer does not answer or refuses the login.
    """
    checks: list[Check] = []
    try:
        about = version(client)
        checks.append(
            Check(
                "reach",
                True,
                say("The dialer answers: release %(release)s.", release=about.release),
            )
        )
        checks.append(_clock(about, now()))
        checks.extend(_adding(client))
        checks.append(_looking_up(client))
        checks.append(_bulk_look_up(client))
        checks.extend(_list(client, list_id) for list_id in list_ids)
    except DialerError as error:
        name = "login" if isinstance(error, Stop) and error.reason != "NO_FUNCTION" else "reach"
        reason = error.reason if isinstance(error, Stop) else ""
        checks.append(Check(name, False, with_advice(error.reason, error.sentence), reason))
    return checks


def _clock(about: Version, now: float) -> Check:
    if about.epoch is None:
        return Check("clock", None, say("The dialer does not tell its time."))
    seconds = round(about.epoch - now)
    if abs(seconds) <= SKEW:
        return Check("clock", True, say("The clocks agree."))
    way = say("ahead of") if seconds > 0 else say("behind")
    return Check(
        "clock",
        False,
        say(
            "The dialer's clock is %(seconds)s s %(way)s this machine's.",
            seconds=abs(seconds),
            way=way,
        ),
    )


def _adding(client: Client) -> list[Check]:
    answer = client.add_lead(HARMLESS["add_lead"])
    login = Check("login", True, say("The dialer knows the API user %(user)s.", user=client.user))
    if answer.reason in ("FUNCTION_NOT_ALLOWED", "NO_PERMISSION"):
        sentence = right_sentence(client.user, "add_lead", answer.reason)
        return [login, Check("add_lead", False, sentence)]
    if not answer.left:
        raise NotSent(answer.sentence, answer.reason)
    if answer.outcome == "stop":
        raise Stop(answer.sentence, answer.reason)
    if answer.reason in ("PHONE_LENGTH", "LIST_NOT_ALLOWED"):
        sentence = say("The API user %(user)s may add leads.", user=client.user)
        return [login, Check("add_lead", True, sentence)]
    sentence = say(
        "It cannot be told whether leads may be added. %(sentence)s", sentence=answer.sentence
    )
    return [Check("add_lead", None, sentence)]


def _looking_up(client: Client) -> Check:
    remark = say("a push whose answer is lost can be settled")
    try:
        no_update_by_code(client, NO_CODE)
    except NotAllowed as error:
        return Check("update_lead", False, right_sentence(client.user, "update_lead", error.reason))
    except (Unclear, Unsupported) as error:
        return Check(
            "update_lead",
            None,
            say("Leads cannot be looked up. %(sentence)s", sentence=error.sentence),
        )
    return Check("update_lead", True, say("Leads can be looked up: %(remark)s.", remark=remark))


def _bulk_look_up(client: Client) -> Check:
    try:
        search_by_codes(client, [NO_CODE])
    except NotAllowed as error:
        return Check("lead_search", False, right_sentence(client.user, "lead_search", error.reason))
    except Unsupported:
        slow = say("this release looks leads up one by one only, which is slower")
        return Check("lead_search", None, say("No lead_search: %(slow)s.", slow=slow))
    except Unclear as error:
        return Check("lead_search", None, error.sentence)
    return Check("lead_search", True, say("Many leads can be looked up with one call."))


def _list(client: Client, list_id: int) -> Check:
    name = say("list %(list_id)s", list_id=list_id)
    try:
        info = list_info(client, list_id)
    except NotAllowed as error:
        sentence = right_sentence(client.user, "list_info", error.reason)
        return Check(
            name,
            None,
            say(
                "Whether list %(list_id)s exists is not known. %(sentence)s",
                list_id=list_id,
                sentence=sentence,
            ),
        )
    except Unsupported:
        return Check(
            name,
            None,
            say("This release cannot tell whether list %(list_id)s exists: look.", list_id=list_id),
        )
    except Unclear as error:
        return Check(name, None, error.sentence)
    if info is None:
        return Check(
            name,
            False,
            say(
                "The dialer has no list %(list_id)s: nobody would dial its leads.", list_id=list_id
            ),
        )
    what = say(
        "List %(list_id)s “%(name)s” of campaign %(campaign_id)s",
        list_id=list_id,
        name=info.name,
        campaign_id=info.campaign_id,
    )
    if not info.active:
        return Check(
            name, None, say("%(what)s is not active: its leads are not dialled.", what=what)
        )
    return Check(name, True, say("%(what)s is active.", what=what))
