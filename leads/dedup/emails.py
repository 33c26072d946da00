"""E-mail addresses as they are compared."""

from __future__ import annotations

import json
from pathlib import Path

# Domain -> what its provider ignores in the name before the @: "dots", "plus".
PROVIDERS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("providers.json").read_text(encoding="utf-8")
)


def normal_email(address: str) -> str:
    """The address in small letters; without the dots and tags that its provider ignores.

    What has no @ is no address: "".
    """
    return _without_ignored(address.strip().lower())


def fold_emails(joined: str) -> str:
    """Addresses joined by ends of line, each as `normal_email` makes it."""
    return "\n".join([line and _without_ignored(line) for line in joined.lower().split("\n")])


def _without_ignored(address: str) -> str:
    name, at, domain = address.rpartition("@")
    ignored = PROVIDERS.get(domain)
    if ignored is None:
        return address if at and name else ""
    if "plus" in ignored:
        name = name.partition("+")[0]
    if "dots" in ignored:
        name = name.replace(".", "")
    return f"{name}@{domain}" if name else ""
