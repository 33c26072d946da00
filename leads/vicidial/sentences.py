"""How a value is shown in a sentence for people."""

from __future__ import annotations

LONGEST = 40


def quoted(value: str) -> str:
    """Return `value` in quotes: on one line, cut after LONGEST characters."""
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"
