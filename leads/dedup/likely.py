"""Likely duplicates."""

from __future__ import annotations


def match_import(import_id: int) -> None:
    """Compare an import's leads with all known ones."""
