"""How the commands speak: a table for people, one JSON object on the last line for scripts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, OutputWrapper

SHOWN = ["rows", "staged", "invalid", "duplicate", "approved", "pushed", "refused", "unclear"]


def show(
    out: OutputWrapper, counts: Mapping[str, Any], *, as_json: bool, more: Mapping[str, Any]
) -> None:
    """Print the counts (and, in JSON, whatever else a script needs to go on)."""
    if as_json:
        full = {name: counts.get(name, 0) for name in SHOWN}
        out.write(json.dumps({**full, **counts, **more}, default=str))
        return
    for name in [*SHOWN, *(name for name in counts if name not in SHOWN)]:
        if name in SHOWN or (counts[name] and isinstance(counts[name], int)):
            out.write(f"{name:>10}  {counts.get(name, 0):>9,}")


def show_left(out: OutputWrapper, left: Mapping[str, int]) -> None:
    """Say which leads were left as they were, and why."""
    for why, number in left.items():
        out.write(f"Left {number:,}: {why}.")


def user_named(name: str | None) -> User | None:
    """The active user of that name; None for None. Raises CommandError with a sentence."""
    if name is None:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{name}”. Make one in the admin first.")
    return user
