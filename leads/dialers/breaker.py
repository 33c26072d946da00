"""The circuit breaker of each dialer: in the database, so that all workers see it at once.

A paused dialer gets no add_lead. Reasons for which another try could do harm (a wrong password
locks the account after ten tries, for everybody) wait for a person; the others for a probe.
"""

from __future__ import annotations

import random
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from leads.models import Dialer

# Answers after which a probe may try again by itself, and how long it waits first (seconds). The
# account lock of VICIdial lasts 15 minutes and ends by itself; the others need a person.
PROBE_AFTER = {"LOCKED": 16 * 60, "NO_ANSWER": 10}
LONGEST_PAUSE = 15 * 60
# A login that the dialer refused is not known to be right any more: see `leads.dialers.proof`.
DISPROVES = {"LOGIN", "LOCKED"}


def pause(
    dialer_id: int, reason: str, text: str, *, by_id: int | None = None, probe: bool | None = None
) -> bool:
    """Stop new calls to the dialer; return whether it was open until now.

    `reason` is a stable code, `text` sentences for the page: what happened and what to do. `probe`
    says whether a probe may open it again (default: by reason). A pause that is there already is
    kept: the first reason is the one that explains.
    """
    now = timezone.now()
    dialer = Dialer.objects.get(pk=dialer_id)
    retry_at = None
    if reason in PROBE_AFTER if probe is None else probe:
        wait = min(PROBE_AFTER.get(reason, 30) * 2 ** min(dialer.failures, 10), LONGEST_PAUSE)
        wait = max(wait, PROBE_AFTER.get(reason, 0))
        # Jitter, so that several portals do not come back in the same second.
        retry_at = now + timedelta(seconds=wait * random.uniform(1.0, 1.25))  # noqa: S311
    return bool(
        Dialer.objects.filter(pk=dialer_id, paused_reason="").update(
            paused_reason=reason,
            paused_text=text,
            paused_at=now,
            paused_by_id=by_id,
            retry_at=retry_at,
            failures=F("failures") + 1,
            **({"login_proven": ""} if reason in DISPROVES else {}),
        )
    )


def resume(dialer_id: int) -> bool:
    """Open the dialer for calls again; return whether it was paused."""
    return bool(
        Dialer.objects.filter(pk=dialer_id)
        .exclude(paused_reason="")
        .update(paused_reason="", paused_text="", paused_at=None, paused_by=None, retry_at=None)
    )


def postpone(dialer_id: int) -> None:
    """A probe failed: the next one waits twice as long, at most a quarter of an hour."""
    failures = Dialer.objects.values_list("failures", flat=True).get(pk=dialer_id)
    wait = min(PROBE_AFTER["NO_ANSWER"] * 2 ** min(failures, 10), LONGEST_PAUSE)
    wait *= random.uniform(1.0, 1.25)  # noqa: S311
    Dialer.objects.filter(pk=dialer_id).exclude(paused_reason="").update(
        retry_at=timezone.now() + timedelta(seconds=wait), failures=F("failures") + 1
    )


def healthy(dialer_id: int) -> None:
    """A call went well: the next pause starts short again."""
    Dialer.objects.filter(pk=dialer_id, failures__gt=0, paused_reason="").update(failures=0)
