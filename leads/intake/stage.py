"""Load an import: stream its rows through cleaning into the table, wholly or not at all.

1. Claim it: `waiting` to `running`, or take it over from a worker that is silent for long.
2. Look at the file: encoding, separator, header.
3. In one transaction, under the lock for new phone numbers: a few thousand rows at a time are
   compared by phone with every lead known (their own file's earlier rows are in the table by
   then) and with the DNC lists in force, and copied with their final status. The next few thousand
   are read and assessed meanwhile, in a thread of their own (`ahead.py`), for the database is
   another process.
4. Account for every row, and say `done`, in the same transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice, repeat

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.assess import rules_of
from leads.dedup import suppress
from leads.dedup.exact import prefer_index, try_lock_phones
from leads.dedup.policy import policy_for
from leads.dedup.same_number import PERSON, Judge, Person
from leads.intake.account import Counts, account
from leads.intake.ahead import ahead
from leads.intake.copy_rows import Copier, Placed, check_with_each_copy, keep_pairs, reserve_ids
from leads.intake.errors import IntakeError
from leads.intake.look import Rows, rows_of
from leads.intake.prepare import Prepared, Preparer
from leads.intake.progress import Cancelled, Progress, Told
from leads.intake.read_text import Record
from leads.intake.sniff import Layout
from leads.intake.stored import HOW_READ, layout_of
from leads.intake.upload import columns_of
from leads.models import Import, ImportStatus, LeadStatus, Treatment
from leads.reports.tables import as_given
from leads.sentence import say

log = logging.getLogger(__name__)
CHUNK = 5000  # rows, and of wide ones fewer:
MOST_CELLS = 500_000
OTHER_NUMBERS = ("phone_code", "alt_phone", "multi_alt_phones")
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
                say(
                    "An error of the portal stopped it (%(name)s); nothing was loaded. The "
                    "log says more. Load the file again.",
                    name=type(error).__name__,
                ),
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
        checks_dnc = suppress.anything_in_force()
        copier = Copier(run, checks_dnc=checks_dnc)
        judge = Judge(policy_for(run), run)
        for chunk, bytes_done in chunks:
            placed = _place(chunk, judge, checks_dnc=checks_dnc)
            copier.copy(placed)
            keep_pairs(run, placed)
            counts.add(placed.statuses)
            progress.show(counts.rows, bytes_done)
        if not counts.rows:
            raise IntakeError(
                say("The file has a header but no leads below it; nothing was loaded.")
            )
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


def _place(rows: Prepared, judge: Judge, *, checks_dnc: bool) -> Placed:
    """Give each row its id, and what is made of it where its number is known or on a DNC list."""
    phones, found = rows.assessed.phone_e164, rows.assessed.found
    stopped = {place for place, said in found.items() if said.reasons}
    ids = reserve_ids(len(phones))
    going = [place for place in range(len(phones)) if place not in stopped]
    judged = judge.judge(ids, phones, going, lambda place: _person(rows, place))
    statuses = [LeadStatus.STAGED.value] * len(phones)
    for place in stopped:
        statuses[place] = LeadStatus.INVALID.value
    for place, judgement in judged.items():
        if judgement.treatment is Treatment.MARK:
            statuses[place] = LeadStatus.DUPLICATE.value
    dnc = suppress.matches(_numbers(rows)) if checks_dnc else None
    return Placed(rows, ids, statuses, judged, dnc)


def _person(rows: Prepared, place: int) -> Person:
    values = rows.assessed.values
    person = {name: values[name][place] for name in PERSON if name in values}
    return {**person, "phone_e164": rows.assessed.phone_e164[place]}


def _numbers(rows: Prepared) -> list[suppress.Numbers]:
    """What each row may be called at; of invalid rows too, for they can be corrected."""
    values, phones = rows.assessed.values, rows.assessed.phone_e164
    others = [values.get(name) or repeat("") for name in OTHER_NUMBERS]
    return list(map(suppress.numbers_of, phones, *others))


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
