"""Load an import: stream its rows through cleaning into the table, wholly or not at all.

1. Claim it: `waiting` to `running`, or take it over from a worker that is silent for long.
2. Look at the file: encoding, separator, header.
3. In one transaction, under the lock for new phone numbers: a few thousand rows at a time are
   compared by phone with every lead known (their own file's earlier rows are in the table by
   then), and copied with their final status. The next few thousand are read and assessed
   meanwhile, in a thread of their own (`ahead.py`), for the database is another process.
4. Account for every row, and say `done`, in the same transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.assess import rules_of
from leads.dedup.exact import leads_with, prefer_index, try_lock_phones
from leads.intake.account import Counts, account
from leads.intake.ahead import ahead
from leads.intake.copy_rows import Copier, Placed, check_with_each_copy, reserve_ids
from leads.intake.errors import IntakeError
from leads.intake.look import Rows, rows_of
from leads.intake.prepare import Prepared, Preparer
from leads.intake.progress import Cancelled, Progress, Told
from leads.intake.read_text import Record
from leads.intake.rejects import as_given
from leads.intake.sniff import Layout
from leads.intake.stored import HOW_READ, layout_of
from leads.intake.upload import columns_of
from leads.models import Import, ImportStatus, LeadStatus

log = logging.getLogger(__name__)
CHUNK = 5000  # rows, and of wide ones fewer:
MOST_CELLS = 500_000
# A silent worker: longer than the checks that a commit of millions of rows takes.
SILENT = timedelta(minutes=5)
_LOCK_POLL = 0.2  # seconds


class Superseded(Exception):
    """Another worker has taken this import over."""


def waiting() -> list[int]:
    """The imports that nobody works on: new ones, and those whose worker died."""
    return list(_claimable().order_by("pk").values_list("pk", flat=True))


def load(run: Import, told: Told | None = None) -> Import:
    """Load one import and return its row as it is then: `done`, or `failed` with the sentence.

    Does nothing to an import that is done, or that another worker loads. `told` hears rows and
    bytes about once a second. An error that is not the file's is raised, after `failed` is set.
    """
    started_at = timezone.now()
    claimed = _claimable().filter(pk=run.pk)
    if claimed.update(
        status=ImportStatus.RUNNING,
        started_at=started_at,
        heartbeat_at=started_at,
        stop_asked_at=None,
        error="",
    ):
        run.refresh_from_db()
        try:
            with Progress(run, started_at, told) as progress:
                _load(run, progress)
        except IntakeError as error:
            _fail(run, str(error))
        except Cancelled:
            _end(run, ImportStatus.CANCELLED)
        except Superseded:
            log.warning("Import %s was taken over by another worker", run.pk)
        except Exception as error:
            _fail(
                run,
                f"An error of the portal stopped it ({type(error).__name__}); nothing was loaded."
                " The log says more. Load the file again.",
            )
            raise
    run.refresh_from_db()
    return run


def _claimable() -> QuerySet[Import]:
    silent = Q(status=ImportStatus.RUNNING, heartbeat_at__lt=timezone.now() - SILENT)
    return Import.objects.filter(Q(status=ImportStatus.WAITING) | silent)


def _mine(run: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=run.pk, status=ImportStatus.RUNNING, started_at=run.started_at)


def _fail(run: Import, sentence: str) -> None:
    _end(run, ImportStatus.FAILED, sentence)


def _end(run: Import, status: ImportStatus, sentence: str = "") -> None:
    """Nothing was loaded."""
    _mine(run).update(status=status, error=sentence, finished_at=timezone.now(), rows_read=0)


def _load(run: Import, progress: Progress) -> None:
    layout = _look_at(run)
    preparer = Preparer(layout.header, run.mapping, rules_of(run), run.fixed)
    with (
        transaction.atomic(),
        rows_of(run.file.path, layout) as rows,
        ahead(_prepared(run, rows, preparer)) as chunks,
    ):
        while not try_lock_phones():
            progress.show()
            time.sleep(_LOCK_POLL)
        if not _mine(run).exists():
            raise Superseded
        prefer_index()
        check_with_each_copy()
        counts = Counts()
        copier = Copier(run)
        for chunk, bytes_done in chunks:
            placed = _place(chunk)
            copier.copy(placed)
            counts.add(placed.statuses)
            progress.show(counts.rows, bytes_done)
        if not counts.rows:
            raise IntakeError("The file has a header but no leads below it; nothing was loaded.")
        account(run, counts)
        _finish(run, counts)


def _look_at(run: Import) -> Layout:
    layout = layout_of(run)
    if len(run.mapping) != len(layout.header):
        run.mapping = list(columns_of(run.file.path, layout).columns)
    run.header = list(layout.header)
    run.kind, run.sheet = layout.kind, layout.sheet
    run.encoding, run.delimiter, run.quote = layout.encoding, layout.delimiter, layout.quote
    run.save(update_fields=HOW_READ)
    return layout


def _as_given(records: Iterable[Record]) -> Iterator[Record]:
    """Rows of a file of our own, without the marks that keep spreadsheets from calculating."""
    for record in records:
        yield record._replace(cells=[as_given(cell) for cell in record.cells])


def _prepared(run: Import, rows: Rows, preparer: Preparer) -> Iterator[tuple[Prepared, int]]:
    """The rows, prepared some thousand at a time, each time with the bytes of the file done."""
    records = _as_given(rows) if run.corrects_id else iter(rows)
    at_once = max(1, min(CHUNK, MOST_CELLS // len(run.mapping)))
    while chunk := list(islice(records, at_once)):
        yield preparer.prepare(chunk), rows.bytes_done


def _place(rows: Prepared) -> Placed:
    """Give each row its id and, if its number is known, the lead that had it first."""
    phones, found = rows.assessed.phone_e164, rows.assessed.found
    stopped = {place for place, said in found.items() if said.reasons}
    first = leads_with({phone for place, phone in enumerate(phones) if place not in stopped})
    ids = reserve_ids(len(phones))
    statuses = [LeadStatus.STAGED.value] * len(phones)
    duplicate_of = {}
    for place, (lead_id, phone) in enumerate(zip(ids, phones, strict=True)):
        if place in stopped:
            statuses[place] = LeadStatus.INVALID.value
        elif (oldest := first.setdefault(phone, lead_id)) != lead_id:
            statuses[place] = LeadStatus.DUPLICATE.value
            duplicate_of[place] = oldest
    return Placed(rows, ids, statuses, duplicate_of)


def _finish(run: Import, counts: Counts) -> None:
    done = _mine(run).update(
        status=ImportStatus.DONE,
        rows_read=counts.rows,
        rows_staged=counts.staged,
        rows_invalid=counts.invalid,
        rows_duplicate=counts.duplicate,
        bytes_done=run.size,
        finished_at=timezone.now(),
    )
    if not done:
        raise Superseded
