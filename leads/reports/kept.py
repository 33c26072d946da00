"""Counts of large things, kept for a while where making them takes long: many times longer than
they took, so that looking at them never costs the database more than a few per cent of its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.cache import cache

# What took longer than this is kept, this many times as long as it took.
SLOW_SECONDS = 0.03
KEPT_TIMES = 50
MOST_KEPT_SECONDS = 30.0
Counts = TypeVar("Counts")


def kept(key: str, count: Callable[[], Counts]) -> Counts:
    """What `count` finds: now, or up to half a minute ago where that takes long."""
    known: Counts | None = cache.get(key)
    if known is not None:
        return known
    began = time.perf_counter()
    found = count()
    _keep({key: found}, time.perf_counter() - began)
    return found


def each_kept(
    what: str, ids: Sequence[int], count: Callable[[Sequence[int]], Mapping[int, Counts]]
) -> dict[int, Counts]:
    """The same for each of `ids`: `count` is asked once, for all that are not kept."""
    known: dict[str, Any] = cache.get_many([key_of(what, one) for one in ids])
    found = {one: known[key] for one in ids if (key := key_of(what, one)) in known}
    missing = [one for one in ids if one not in found]
    if not missing:
        return found
    began = time.perf_counter()
    fresh = dict(count(missing))
    keep = {key_of(what, one): counts for one, counts in fresh.items()}
    _keep(keep, time.perf_counter() - began)
    return found | fresh


def _keep(found: Mapping[str, Any], took: float) -> None:
    if took > SLOW_SECONDS:
        cache.set_many(dict(found), min(took * KEPT_TIMES, MOST_KEPT_SECONDS))


def forget(*keys: str) -> None:
    """Count these anew at the next look: somebody has just changed something."""
    cache.delete_many(keys)


def key_of(what: str, one: int) -> str:
    """The key of one of what `each_kept` keeps."""
    return f"{what}-{one}"
