"""Ask a dialer how it is: the connection test of its page, and the probe of a paused one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from leads.dialers import breaker, proof
from leads.dialers.connect import client_for
from leads.models import Dialer, DialerList
from leads.vicidial import doctor, lookups, releases
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError, NotAllowed, Unclear, Unsupported


def test(dialer: Dialer) -> list[dict[str, Any]]:
    """Run the connection doctor and keep what it found on the dialer and its lists.

    Returns its checks in order: name, ok (True, False, None for "cannot be told"), sentence. At
    most one login is tried with a password that turns out to be wrong. Never raises for what the
    dialer does: that is a check which failed.
    """
    list_ids = list(dialer.lists.filter(enabled=True).values_list("list_id", flat=True))
    capabilities, there, labels = None, dict.fromkeys(list_ids), {}
    try:
        with client_for(dialer) as client:
            found = doctor.examine(client, list_ids)
            if all(check.name not in ("login", "reach") or check.ok for check in found):
                capabilities = releases.probe(client)
                there = {list_id: _is_there(client, list_id) for list_id in list_ids}
                labels = {list_id: _labels(client, list_id) for list_id in list_ids}
        checks = [asdict(check) for check in found]
    except DialerError as error:
        checks = [{"name": "settings", "ok": False, "sentence": error.sentence, "reason": ""}]
    _keep(dialer, checks, capabilities, there)
    for list_id, known in labels.items():
        if known is not None:
            dialer.lists.filter(list_id=list_id).update(custom_labels=known)
    for check in checks:
        if check["name"] == "login" and check["ok"]:
            proof.proved(dialer)
        elif check["name"] == "login" and check["reason"]:
            # No worker is to try again what is known to be refused.
            breaker.pause(dialer.pk, check["reason"], check["sentence"])
            dialer.refresh_from_db()
    return checks


def _labels(client: Client, list_id: int) -> list[str] | None:
    """The labels of the list's custom fields; None if the dialer cannot be asked."""
    try:
        return lookups.custom_fields(client, list_id)
    except (Unsupported, NotAllowed, Unclear):
        return None


def _is_there(client: Client, list_id: int) -> bool | None:
    """Whether the dialer has the list; None if it cannot be asked."""
    try:
        return lookups.list_info(client, list_id) is not None
    except (Unsupported, NotAllowed, Unclear):
        return None


def _keep(
    dialer: Dialer,
    checks: list[dict[str, Any]],
    capabilities: releases.Capabilities | None,
    there: Mapping[int, bool | None],
) -> None:
    now = timezone.now()
    known = {"capabilities": capabilities.to_json()} if capabilities else {}
    Dialer.objects.filter(pk=dialer.pk).update(test_result=checks, tested_at=now, **known)
    lists = DialerList.objects.filter(dialer=dialer)
    for seen_at, answer in ((now, True), (None, False)):
        ids = [list_id for list_id, is_there in there.items() if is_there is answer]
        lists.filter(list_id__in=ids).update(seen_at=seen_at)
    dialer.refresh_from_db()


def probe_paused() -> int:
    """Ask paused dialers whose time has come for their `version`; resume those that answer.

    Only pauses with a `retry_at` are touched: after a wrong password a person must act. `version`
    needs no login, so a probe cannot lock an account. Returns how many were resumed.
    """
    due = Dialer.objects.filter(enabled=True, retry_at__lte=timezone.now())
    resumed = 0
    for dialer in due.exclude(paused_reason=""):
        try:
            with client_for(dialer) as client:
                lookups.version(client)
        except DialerError:
            breaker.postpone(dialer.pk)
        else:
            resumed += breaker.resume(dialer.pk)
    return resumed
