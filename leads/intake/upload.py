"""A file comes in: looked at, stored under a name of our own, with its Import row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile

from leads.cleaning.phone import known_country
from leads.intake.errors import IntakeError
from leads.intake.headers import Mapping, guess_columns, map_headers
from leads.intake.look import look_at, rows_of
from leads.intake.mapping import remembered
from leads.intake.rejects import corrects
from leads.intake.sniff import JSON, Layout
from leads.models import Dialer, Import, ImportStatus, Source
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_BLOCK = 1024 * 1024
_ROWS_GUESSED = 50
LIST_IDS = range(100, 10**12)


class Stream(Protocol):
    """Anything that gives bytes: an open file, an upload."""

    def read(self, size: int = ..., /) -> bytes: ...


def receive(
    stream: Stream,
    filename: str,
    source: Source,
    *,
    list_id: int | None = None,
    country: str = "",
    by: User | None = None,
    look_first: bool = False,
) -> Import:
    """Store the file and make its Import row, `waiting`; nothing is loaded yet (`stage.load`).

    With `look_first` it is `new`: a person looks at its mapping first (`leads.intake.mapping`), so
    a file without a phone column is taken too. A mapping that was settled for the last file of
    this source with the same header is used again.

    `list_id` is the VICIdial list for rows that name none; `country` the two letters of numbers
    without a country code (the source's if empty). Raises IntakeError, and keeps nothing, if the
    file is empty, no text, too large or has no phone column, or an option is wrong.
    """
    country = (country or source.country).upper()
    _check(list_id, country)
    with TemporaryUploadedFile(filename, "text/csv", 0, None) as kept:
        digest = keep_stream(stream, kept)
        layout = look_at(kept.temporary_file_path())
        known = remembered(source, layout.header)
        if known and len(known.mapping) == len(layout.header):
            mapping, fixed, dialer = known.mapping, known.fixed, known.dialer
        else:
            found = columns_of(kept.temporary_file_path(), layout, need_phone=not look_first)
            mapping, fixed, dialer = list(found.columns), {}, only_dialer()
        run = Import(
            lead_source=source,
            filename=Path(filename).name[:255],
            sha256=digest,
            size=kept.tell(),
            list_id=list_id if list_id is not None else source.default_list_id,
            country=country,
            dialer=dialer,
            kind=layout.kind,
            sheet=layout.sheet,
            encoding=layout.encoding,
            delimiter=layout.delimiter,
            quote=layout.quote,
            header=list(layout.header),
            mapping=mapping,
            fixed=fixed,
            status=ImportStatus.NEW if look_first else ImportStatus.WAITING,
            approve_clean=source.auto_approve,
            corrects=_corrected(kept.temporary_file_path(), layout, source),
            created_by=by,
        )
        run.file.save(filename, kept, save=False)
    try:
        run.save()
    except BaseException:
        run.file.delete(save=False)
        raise
    return run


def only_dialer() -> Dialer | None:
    """The dialer that leads are meant for if nobody says otherwise: the only one, or none."""
    dialers = Dialer.objects.filter(enabled=True)[:2]
    return dialers[0] if len(dialers) == 1 else None


def columns_of(path: str, layout: Layout, *, need_phone: bool = True) -> Mapping:
    """What the columns are taken for: by the header, or by the first rows where there is none.

    Raises IntakeError if none of them has phone numbers, and one must.
    """
    if layout.header_line or layout.kind == JSON:
        return map_headers(layout.header, need_phone=need_phone)
    with rows_of(path, layout) as rows:
        first = [record.cells for record in islice(rows, _ROWS_GUESSED)]
    return guess_columns(first, len(layout.header), need_phone=need_phone)


def _corrected(path: str, layout: Layout, source: Source) -> Import | None:
    """The import of this source whose rejected rows the file brings back, if it does."""
    if corrects(layout.header, ["0"]) is None:
        return None
    with rows_of(path, layout) as rows:
        first = next(iter(rows), None)
    found = corrects(layout.header, first.cells if first else [])
    return Import.objects.filter(pk=found, lead_source=source).first() if found else None


def same_file(run: Import) -> Import | None:
    """The first import of the same source with the very same content, before `run`."""
    return (
        Import.objects.filter(lead_source=run.lead_source_id, sha256=run.sha256, pk__lt=run.pk)
        .exclude(status__in=[ImportStatus.FAILED, ImportStatus.CANCELLED, ImportStatus.UNDONE])
        .order_by("pk")
        .first()
    )


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file's content, in hex, as `Import.sha256` has it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check(list_id: int | None, country: str) -> None:
    if not known_country(country):
        raise IntakeError(
            say(
                'There is no country "%(country)s" with phone numbers of its own. Give two '
                "letters, such as US or GB.",
                country=country,
            )
        )
    if list_id is not None and list_id not in LIST_IDS:
        raise IntakeError(
            say(
                "%(list_id)s is no list ID of VICIdial: it has 3 to 12 digits, for example 101.",
                list_id=list_id,
            )
        )


def _blocks(stream: Stream) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def keep_stream(stream: Stream, kept: TemporaryUploadedFile) -> str:
    """Write the stream to disk and return its SHA-256. Raises IntakeError over the size limit."""
    digest = hashlib.sha256()
    blocks: Iterable[bytes] = _blocks(stream)
    for block in blocks:
        digest.update(block)
        kept.write(block)
        if kept.tell() > settings.UPLOAD_MAX_BYTES:
            most = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            raise IntakeError(
                say(
                    "The file is larger than %(most)s MB. Split it, or raise UPLOAD_MAX_MB.",
                    most=f"{most:,}",
                )
            )
    kept.flush()
    return digest.hexdigest()
