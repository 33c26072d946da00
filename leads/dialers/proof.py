"""Whether a dialer's login is known to be right; until it is, one call in all may try it.

VICIdial locks an account after ten wrong logins, for everybody who uses it. So with a login that
no good answer has proved, one worker makes one call at a time and the others wait for it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from leads.dialers.locks import Kind, only_one
from leads.models import Dialer
from leads.vicidial import releases
from leads.vicidial.client import Client

WAIT_SECONDS = 3.0
LOOK_AGAIN_SECONDS = 0.1


def fingerprint(dialer: Dialer) -> str:
    """Names the dialer's URL, user and password as they are saved now; tells nothing of them."""
    saved = "\0".join([dialer.base_url, dialer.api_user, dialer.password_token])
    return hashlib.sha256(saved.encode()).hexdigest()[:32]


def is_proven(dialer: Dialer) -> bool:
    return dialer.login_proven == fingerprint(dialer)


def proved(dialer: Dialer) -> None:
    """An answer has shown that the login is right: tell all workers."""
    if not is_proven(dialer):
        dialer.login_proven = fingerprint(dialer)
        Dialer.objects.filter(pk=dialer.pk).update(login_proven=dialer.login_proven)


def prove(dialer: Dialer, client: Client) -> None:
    """With a login that is not known to be right: one call alone. Raises as look-ups do."""
    if not is_proven(dialer):
        releases.ask(client, "update_lead")
        proved(dialer)


@contextmanager
def may_call(dialer: Dialer) -> Iterator[bool]:
    """Whether calls may be made inside: at once with a proven login, else only by one worker.

    Waits a few seconds for another's proof. Who is let in without one makes one call at a time
    until `proved`. `dialer` is read anew.
    """
    until = time.monotonic() + WAIT_SECONDS
    while True:
        dialer.refresh_from_db()
        if dialer.is_paused or is_proven(dialer):
            yield not dialer.is_paused
            return
        with only_one(Kind.PROVING, dialer.pk) as first:
            if first:
                # What another has found out just before.
                dialer.refresh_from_db()
                yield not dialer.is_paused
                return
        if time.monotonic() > until:
            yield False
            return
        time.sleep(LOOK_AGAIN_SECONDS)
