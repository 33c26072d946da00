"""What can keep a push from being made."""

from __future__ import annotations


class PushError(Exception):
    """The push cannot be made as asked; the text is a sentence for the admin."""
