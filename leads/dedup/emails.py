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
    lines = joined.lower().split("\n")
    for place, line in enumerate(lines):
        name, at, domain = line.rpartition("@")
        ignored = PROVIDERS.get(domain, ())
        # Of most there is nothing to leave out, and to see that is all that they cost.
        if not (at and name) or "+" in name or ("." in name and "dots" in ignored):
            lines[place] = _without_ignored(line)
    return "\n".join(lines)


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
