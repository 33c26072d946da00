"""The one exception of intake."""

from __future__ import annotations


class IntakeError(Exception):
    """A file that cannot be taken in, as a sentence: what is wrong, where, and what to do."""
