"""Load an edition of a DNC list: stream its rows into the table, then have it count, wholly.

1. Claim it: `waiting` to `running`, or take it over from a worker that is silent for long.
2. Some ten thousand rows a transaction, by COPY; none of them counts yet.
3. In one transaction the edition takes the place of the one before. Whatever looks numbers up sees
   all of the one or all of the other.
4. The numbers of what was replaced, or failed, are deleted afterwards (`purge`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads.cleaning.reasons import shown
from leads.intake.dnc_numbers import Where, find, layout_of_numbers, of_record
from leads.intake.errors import IntakeError
from leads.intake.look import rows_of
from leads.intake.read_text import Record
from leads.models import DncEdition, DncList, DncUnreadable, EditionStatus
from leads.sentence import say

log = logging.getLogger(__name__)
CHUNK = 20_000  # rows
PURGED_AT_ONCE = 50_000  # numbers
SILENT = timedelta(minutes=5)
S = EditionStatus
GONE = (S.REPLACED, S.FAILED)
_PURGEABLE = Q(status__in=GONE, purged_at__isnull=True)

INCOMING = "CREATE TEMP TABLE IF NOT EXISTS dnc_incoming (phone bigint) ON COMMIT DELETE ROWS"
STORE = """
    INSERT INTO leads_dncnumber (phone, edition_id)
    SELECT DISTINCT phone, %s::bigint FROM dnc_incoming ORDER BY phone
    ON CONFLICT DO NOTHING
"""
# By the index, from one number to the next: the table is not read again for each part.
PURGE = """
    WITH part AS (
        SELECT phone FROM leads_dncnumber WHERE phone > %(after)s ORDER BY phone LIMIT %(most)s
    ), gone AS (
        DELETE FROM leads_dncnumber WHERE edition_id = %(edition)s
        AND phone > %(after)s AND phone <= (SELECT max(phone) FROM part)
    )
    SELECT max(phone) FROM part
"""


class Superseded(Exception):
    """Another worker has taken this edition over."""


@dataclass
class Account:
    """Rows read, and what became of them: read = stored + repeated + unreadable."""

    rows_read: int = 0
    rows_stored: int = 0
    rows_repeated: int = 0
    rows_unreadable: int = 0


def waiting() -> list[int]:
    """The editions that nobody loads: new ones, and those whose worker died."""
    return list(_claimable().order_by("pk").values_list("pk", flat=True))


def load(edition: DncEdition) -> DncEdition:
    """Load one edition and return its row as it is then: `done` and current, or `failed` with the
    sentence. Does nothing to one that is loaded, or that another worker loads."""
    before, now = edition.started_at, timezone.now()
    claimed = _claimable().filter(pk=edition.pk)
    if claimed.update(status=S.RUNNING, started_at=now, heartbeat_at=now, error=""):
        edition.refresh_from_db()
        try:
            _load(edition, again=before is not None)
        except IntakeError as error:
            _fail(edition, str(error))
        except Superseded:
            log.warning("DNC edition %s was taken over by another worker", edition.pk)
        except Exception as error:
            _fail(
                edition,
                say(
                    "An error of the portal stopped it (%(name)s); nothing of it counts. The "
                    "log says more. Load the file again.",
                    name=type(error).__name__,
                ),
            )
            raise
    edition.refresh_from_db()
    return edition


def to_purge() -> list[DncEdition]:
    """Editions that no longer count, or never did, and still have numbers."""
    return list(DncEdition.objects.filter(_PURGEABLE))


def to_do() -> tuple[list[int], list[DncEdition]]:
    """Both at once, by one query: the ids of editions to load, and editions to purge."""
    found = DncEdition.objects.filter(_loadable() | _PURGEABLE).order_by("pk")
    purgeable = [edition for edition in found if edition.status in GONE]
    return [edition.pk for edition in found if edition.status not in GONE], purgeable


def purge(edition: DncEdition) -> None:
    """Delete the numbers of an edition that does not count; its account and file stay."""
    _delete_numbers(edition)
    DncEdition.objects.filter(pk=edition.pk).update(purged_at=timezone.now())


def _claimable() -> QuerySet[DncEdition]:
    return DncEdition.objects.filter(_loadable())


def _loadable() -> Q:
    silent = Q(status=S.RUNNING, heartbeat_at__lt=timezone.now() - SILENT)
    return Q(status=S.WAITING) | silent


def _mine(edition: DncEdition) -> QuerySet[DncEdition]:
    return DncEdition.objects.filter(pk=edition.pk, status=S.RUNNING, started_at=edition.started_at)


def _fail(edition: DncEdition, sentence: str) -> None:
    _mine(edition).update(status=S.FAILED, error=sentence, finished_at=timezone.now())


def _load(edition: DncEdition, *, again: bool) -> None:
    if again:
        _delete_numbers(edition)
        DncUnreadable.objects.filter(edition=edition).delete()
    path = edition.file.path
    try:
        layout = layout_of_numbers(path)
    except FileNotFoundError:
        raise IntakeError(
            say("The stored file of %(edition)s is gone. Upload it again.", edition=edition)
        ) from None
    where = find(path, layout, edition.country)
    account = Account()
    with rows_of(path, layout) as rows:
        for chunk in _chunks(rows):
            with transaction.atomic():
                _store(edition, chunk, where, account)
                _tell(edition, account, rows.bytes_done)
    if not account.rows_stored:
        raise IntakeError(say("The file holds no number that could be read; nothing of it counts."))
    _take_its_place(edition)
    with connection.cursor() as cursor:
        # Else the first look at many leads would be planned for an empty table.
        cursor.execute("ANALYZE leads_dncnumber")


def _chunks(rows: Iterable[Record]) -> Iterator[list[Record]]:
    records = iter(rows)
    while chunk := list(islice(records, CHUNK)):
        yield chunk


def _store(edition: DncEdition, chunk: Sequence[Record], where: Where, account: Account) -> None:
    read = [of_record(record, where, edition.country) for record in chunk]
    numbers = [one for one in read if isinstance(one, int)]
    unreadable = [
        (edition.pk, record.line, shown(where.cell(record.cells)), code)
        for record, code in zip(chunk, read, strict=True)
        if isinstance(code, str)
    ]
    with connection.cursor() as cursor:
        cursor.execute(INCOMING)
        cursor.execute("TRUNCATE dnc_incoming")
        with cursor.copy("COPY dnc_incoming FROM STDIN") as copy:
            copy.write("".join(f"{number}\n" for number in numbers))
        cursor.execute(STORE, [edition.pk])
        stored = cursor.rowcount
        columns = "COPY leads_dncunreadable (edition_id, line, given, code) FROM STDIN"
        if unreadable:
            with cursor.copy(columns) as copy:
                for row in unreadable:
                    copy.write_row(row)
    account.rows_read += len(chunk)
    account.rows_stored += stored
    account.rows_repeated += len(numbers) - stored
    account.rows_unreadable += len(unreadable)


def _tell(edition: DncEdition, account: Account, bytes_done: int) -> None:
    """Say how far it is; whoever was taken over learns it here, and keeps nothing of the chunk."""
    now: datetime = timezone.now()
    if not _mine(edition).update(heartbeat_at=now, bytes_done=bytes_done, **vars(account)):
        raise Superseded


def _take_its_place(edition: DncEdition) -> None:
    with transaction.atomic():
        dnc_list = DncList.objects.select_for_update().get(pk=edition.dnc_list_id)
        now, before = timezone.now(), dnc_list.current_id
        newer = before is not None and before > edition.pk
        done = _mine(edition).update(
            status=S.REPLACED if newer else S.DONE, bytes_done=edition.size, finished_at=now
        )
        if not done:
            raise Superseded
        if newer:
            return  # a later file was faster
        dnc_list.current, dnc_list.changed_at = edition, now
        dnc_list.save(update_fields=["current", "changed_at"])
        if before is not None:
            DncEdition.objects.filter(pk=before).update(status=S.REPLACED)


def _delete_numbers(edition: DncEdition) -> None:
    after: int | None = -1
    while after is not None:
        with connection.cursor() as cursor:
            values = {"after": after, "most": PURGED_AT_ONCE, "edition": edition.pk}
            cursor.execute(PURGE, values)
            after = cursor.fetchone()[0]
