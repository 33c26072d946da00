"""The demo's logins: one user a role, with passwords made once and kept in the data folder."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.contrib.auth.models import Group, User

ROLES = {"reviewer": "Reviewer", "admin": "Admin", "auditor": "Auditor", "superuser": None}
API_USER = "6666"


def passwords(path: Path) -> dict[str, str]:
    """Passwords by login name, and the simulator's API password under `api`; mode 0600."""
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {name: f"{name}-{secrets.token_hex(3)}" for name in ROLES}
    # VICIdial compares letters, digits, - and _ only.
    made["api"] = secrets.token_hex(8)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(made, file)
    return made


def make_users(logins: dict[str, str]) -> dict[str, User]:
    """One user a role; one whose password was changed by hand keeps it."""
    users = {}
    for name, role in ROLES.items():
        user, made = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        if made:
            user.set_password(logins[name])
            user.is_superuser = role is None
            user.save()
        if role is not None:
            user.groups.add(Group.objects.get(name=role))
        users[name] = user
    return users
