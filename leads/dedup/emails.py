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
    name, at, domain = address.strip().lower().rpartition("@")
    ignored = PROVIDERS.get(domain, ())
    if "plus" in ignored:
        name = name.partition("+")[0]
    if "dots" in ignored:
        name = name.replace(".", "")
    return f"{name}@{domain}" if at and name else ""


def fold_emails(joined: str) -> str:
    """Addresses joined by ends of line, each as `normal_email` makes it."""
    lines = joined.lower().split("\n")
    return "\n".join(
        [
            line if "@" in line and line[line.rfind("@") + 1 :] not in PROVIDERS
            # Most are neither empty nor of such a provider.
            else line and normal_email(line)
            for line in lines
        ]
    )  # fmt: skip
