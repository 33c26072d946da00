"""What several reports are tested with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from leads.reports import kept


@pytest.fixture
def all_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is counted is kept for as long as the test."""
    monkeypatch.setattr(kept, "SLOW_SECONDS", -1.0)
    monkeypatch.setattr(kept, "KEPT_TIMES", 10_000)
    yield
    cache.clear()
