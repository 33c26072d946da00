"""Who may call what: the answers in the order in which a real server gives them."""

from __future__ import annotations

import re

from leads.vicidial.simulator.store import Store, User

MOST_FAILURES = 10
LOCK_SECONDS = 15 * 60
# What VICIdial asks for beyond the login: a level, and a right.
RIGHTS = {
    "add_lead": ("ADD LEADS TO THE SYSTEM", "modify_leads"),
    "update_lead": ("UPDATE LEADS IN THE SYSTEM", "modify_leads"),
    "lead_search": ("GET LEAD INFORMATION", "modify_leads"),
    "lead_field_info": ("GET LEAD INFO", "modify_leads"),
    "lead_all_info": ("GET LEAD INFO", "modify_leads"),
    "list_info": ("GET LIST INFO", "modify_lists"),
    "list_custom_fields": ("GET LIST INFO", "modify_lists"),
    "hopper_bulk_insert": ("INSERT INTO THE HOPPER", "modify_leads"),
    "add_dnc_phone": ("ADD NUMBERS TO A DNC LIST", "modify_lists"),
}
_REDUCED = re.compile(r"[^-_0-9a-zA-Z]")


def refusal(store: Store, function: str, name: str, password: str, ip: str) -> str | None:
    """The answer that ends the call, or None if the user may go on.

    Counts failures and locks the account: after ten, for a quarter of an hour, for everybody.
    """
    user = store.users.get(_REDUCED.sub("", name))
    if user is not None and _locked(store, user):
        return f"ERROR: Too many login attempts, try again in 15 minutes: |{name}|LOCK|\n"
    # Only what is sent is reduced: a password with any other character can never log in.
    given = _REDUCED.sub("", password)
    if user is None or not given or given != user.password:
        if user is not None:
            user.failed += 1
            if user.failed >= MOST_FAILURES:
                user.locked_at = store.clock()
        return f"ERROR: Login incorrect, please try again: |{name}|{password}|BAD|\n"
    if store.allowed_ips is not None and ip not in store.allowed_ips:
        return f"ERROR: Your IP Address is not allowed: IP: |{ip}|\n"
    if user.allowed_functions is not None and function not in user.allowed_functions:
        return (
            f"ERROR: auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |{name}|{function}|\n"
        )
    return _missing_right(user, function, name)


def _locked(store: Store, user: User) -> bool:
    if user.locked_at and store.clock() - user.locked_at >= LOCK_SECONDS:
        user.locked_at, user.failed = 0.0, 0
    return bool(user.locked_at)


def _missing_right(user: User, function: str, name: str) -> str | None:
    if function not in RIGHTS:
        return None
    what, right = RIGHTS[function]
    if user.level >= 8 and user.api_access and getattr(user, right):
        return None
    return f"ERROR: {function} USER DOES NOT HAVE PERMISSION TO {what}: |{name}|0|\n"
