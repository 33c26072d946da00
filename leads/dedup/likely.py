"""Likely duplicates: the leads of an import against all known, and against each other.

1. One match at a time, under a lock: of two imports at once the second sees the first one's keys.
2. A million leads at a time get their keys (`keys.py`), which find others that have the same key,
   among themselves and among those kept of all earlier leads (`candidates.py`, `blocks.py`).
3. Their own keys are kept (`key_store.py`), so that nothing is compared with everything; and the
   parts of these (`atom_store.py`), which tell of most known leads that they need not be read.
4. The pairs are scored (`score.py`), and those that say something are written (`judge.py`).

All in one transaction with the import's `matched_at`: a match that is killed has not been.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone

from leads.dedup import atom_store, key_store, read
from leads.dedup.candidates import candidates
from leads.dedup.glance import seen_of
from leads.dedup.judge import Found, judge
from leads.dedup.read import BATCH, Batch
from leads.dedup.write_pairs import Writer
from leads.models import Import, ImportStatus, Lead, MatchAgain, Pair, PairState

# Any number, as long as nobody else takes it for another lock of this database.
_LOCK = 7_275_550_101
_AGAIN_AT_ONCE = 10_000
_WRITTEN_AT_ONCE = 5000


def lock_matches() -> None:
    """Let no match run until the transaction ends; waits for one that runs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def waiting() -> list[int]:
    """Imports whose leads were not compared yet."""
    done = Import.objects.filter(status=ImportStatus.DONE, matched_at=None)
    return list(done.order_by("pk").values_list("pk", flat=True))


def match_import(import_id: int) -> Found:
    """Compare an import's leads with all known ones and each other; write the pairs found.

    Waits while another match runs. Does nothing for an import that is not done, or was matched.
    """
    found = Found()
    with transaction.atomic():
        lock_matches()
        run = Import.objects.filter(pk=import_id, status=ImportStatus.DONE, matched_at=None)
        if not run.exists():
            return found
        ids = Lead.objects.filter(import_run=import_id).aggregate(low=Min("pk"), high=Max("pk"))
        low, high = ids["low"] or 0, ids["high"] or -1
        for first in range(low, high + 1, BATCH):
            last = min(first + BATCH - 1, high)
            _match(read.of_import(import_id, first, last), import_id, found)
        key_store.put_together()
        run.update(matched_at=timezone.now())
    return found


def rekey(leads: Collection[int] | QuerySet[Lead]) -> None:
    """Have these leads (ids, or a query) compared again by the next `match_again`: their data are
    others now, or they stand for themselves now. Never waits for a match that runs."""
    now = timezone.now()
    ids = leads.values_list("pk", flat=True) if isinstance(leads, QuerySet) else leads
    MatchAgain.objects.bulk_create(
        [MatchAgain(lead_id=lead, asked_at=now) for lead in ids],
        batch_size=_WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["lead_id"],
        update_fields=["asked_at"],
    )


def to_match_again() -> bool:
    """Whether leads wait for `match_again`."""
    return MatchAgain.objects.exists()


def match_again() -> Found:
    """Compare the leads that `rekey` named; what was open about them and holds no more goes."""
    found = Found()
    while _match_some_again(found):
        pass
    return found


def _match_some_again(found: Found) -> bool:
    with transaction.atomic():
        lock_matches()
        waiting_leads = MatchAgain.objects.order_by("pk").values_list("pk", "asked_at")
        asked = dict(waiting_leads[:_AGAIN_AT_ONCE])
        if not asked:
            return False
        about = Q(lead__in=list(asked)) | Q(other__in=list(asked))
        Pair.objects.filter(about, state=PairState.OPEN).delete()
        # Ids far from each other do not fit one batch.
        for batch in sorted({lead // BATCH for lead in asked}):
            _match(read.of_ids([one for one in asked if one // BATCH == batch]), None, found)
        key_store.put_together()
        # Who corrects a lead holds it, and then its row here: that order, or both wait forever.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # What was asked for again meanwhile stays.
        latest = max(asked.values())
        MatchAgain.objects.filter(pk__in=list(asked), asked_at__lte=latest).delete()
        return len(asked) == _AGAIN_AT_ONCE


def forget(import_id: int) -> None:
    """Drop the keys of an import's leads, just before these are deleted. Under `lock_matches`."""
    key_store.forget(import_id)
    atom_store.forget(import_id)


def _match(batch: Batch, import_id: int | None, found: Found) -> None:
    seen = seen_of(batch.atoms)
    with Writer() as writer:
        # While keys are looked up the database has time for it.
        writer.also(partial(atom_store.add, ids=batch.ids, seen=seen, import_id=import_id))
        pairs = candidates(batch, import_id, writer, found.too_common)
        judge(batch, seen, pairs, import_id, writer, found)
    found.written += writer.written()
