"""Load an import: stream its rows through cleaning into the table, wholly or not at all.

1. Claim it: `waiting` to `running`, or take it over from a worker that is silent for long.
2. Look at the file: encoding, separator, header.
3. In one transaction, under the lock for new phone numbers: a few thousand rows at a time are
   assessed, compared by phone with every lead known (their own file's earlier rows are in the
   table by then), and copied with their final status.
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
from leads.intake.copy_rows import Copier, Placed, reserve_ids
from leads.intake.errors import IntakeError
from leads.intake.look import look_at, rows_of
from leads.intake.prepare import Prepared, Preparer
from leads.intake.progress import Cancelled, Progress, Told
from leads.intake.read_text import Record
from leads.intake.rejects import as_given
from leads.intake.sniff import Asked, Layout
from leads.intake.upload import columns_of
from leads.models import Import, ImportStatus

log = logging.getLogger(__name__)
CHUNK = 5000
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
    preparer = Preparer(layout.header, run.mapping, rules_of(run))
    with transaction.atomic(), rows_of(run.file.path, layout) as rows:
        while not try_lock_phones():
            progress.show()
            time.sleep(_LOCK_POLL)
        if not _mine(run).exists():
            raise Superseded
        prefer_index()
        counts = Counts()
        copier = Copier(run)
        records = _as_given(rows) if run.corrects_id else rows
        for chunk in _chunks(preparer.prepare(record) for record in records):
            placed = _place(chunk)
            copier.copy(placed)
            for row in placed:
                counts.add(row.status)
            progress.show(counts.rows, rows.bytes_done)
        if not counts.rows:
            raise IntakeError("The file has a header but no leads below it; nothing was loaded.")
        account(run, counts)
        _finish(run, counts)


def _look_at(run: Import) -> Layout:
    try:
        layout = look_at(run.file.path, asked_of(run))
    except FileNotFoundError:
        raise IntakeError(f"The stored file of {run.filename} is gone. Upload it again.") from None
    if len(run.mapping) != len(layout.header):
        run.mapping = list(columns_of(run.file.path, layout).columns)
    run.header = list(layout.header)
    run.kind, run.sheet = layout.kind, layout.sheet
    run.encoding, run.delimiter = layout.encoding, layout.delimiter
    run.save(update_fields=["kind", "sheet", "encoding", "delimiter", "header", "mapping"])
    return layout


def asked_of(run: Import) -> Asked:
    """What was settled of the file when it came in, or by a person since."""
    return Asked(run.encoding, run.delimiter, run.sheet, run.has_header)


def _as_given(records: Iterable[Record]) -> Iterator[Record]:
    """Rows of a file of our own, without the marks that keep spreadsheets from calculating."""
    for record in records:
        yield record._replace(cells=[as_given(cell) for cell in record.cells])


def _chunks(rows: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    rows = iter(rows)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _place(chunk: list[Prepared]) -> list[Placed]:
    """Give each row its id and, if its number is known, the lead that had it first."""
    fit = {row.assessment.phone_e164 for row in chunk if not row.assessment.stops}
    first = leads_with(fit)
    placed = []
    for lead_id, row in zip(reserve_ids(len(chunk)), chunk, strict=True):
        twin = None
        if not row.assessment.stops:
            oldest = first.setdefault(row.assessment.phone_e164, lead_id)
            twin = oldest if oldest != lead_id else None
        placed.append(Placed(lead_id, row, twin))
    return placed


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
