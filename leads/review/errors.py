"""What the review desk cannot do."""

from __future__ import annotations


class DeskError(Exception):
    """A decision that cannot be taken, or taken back, as things stand; a sentence for a person."""
