"""A file of numbers that must not be called comes in: looked at, stored, with its edition's row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from leads.cleaning.phone import known_country
from leads.intake.dnc_numbers import find, layout_of_numbers
from leads.intake.errors import IntakeError
from leads.intake.upload import Stream, keep_stream
from leads.models import DncEdition, DncList
from leads.sentence import say

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def receive_edition(
    stream: Stream,
    filename: str,
    dnc_list: DncList,
    *,
    as_of: date,
    expires_on: date | None = None,
    country: str = "US",
    by: User | None = None,
) -> DncEdition:
    """Store a file of numbers as a new edition of the list, `waiting` (`dnc_load.load` loads it).

    `as_of` is the day on which the list was current, `expires_on` the last one on which it counts;
    `country` (two letters) that of numbers without a country code. Raises IntakeError, and keeps
    nothing, for dates that cannot be, and a file in which no number is found.
    """
    country = country.upper()
    check_dates(dnc_list, as_of, expires_on)
    if not known_country(country):
        raise IntakeError(
            say(
                'There is no country "%(country)s" with phone numbers of its own. Give two '
                "letters, such as US or GB.",
                country=country,
            )
        )
    with TemporaryUploadedFile(filename, "text/plain", 0, None) as kept:
        digest = keep_stream(stream, kept)
        path = kept.temporary_file_path()
        find(path, layout_of_numbers(path), country)
        edition = DncEdition(
            dnc_list=dnc_list,
            as_of=as_of,
            expires_on=expires_on,
            country=country,
            filename=Path(filename).name[:255],
            sha256=digest,
            size=kept.tell(),
            created_by=by,
        )
        edition.file.save(filename, kept, save=False)
    try:
        edition.save()
    except BaseException:
        edition.file.delete(save=False)
        raise
    return edition


def check_dates(dnc_list: DncList, as_of: date, expires_on: date | None) -> None:
    """Raises IntakeError for an edition of the future, one that ends before it begins, one that is
    older than what the list has, and any of the internal list."""
    if dnc_list.is_internal:
        raise IntakeError(say("Numbers go on the internal list one by one, each with a comment."))
    if as_of > timezone.localdate():
        raise IntakeError(
            say("The date %(as_of)s is in the future. Give the day the list is of.", as_of=as_of)
        )
    if expires_on and expires_on < as_of:
        raise IntakeError(
            say(
                "It would expire on %(expires_on)s, before its own date %(as_of)s.",
                expires_on=expires_on,
                as_of=as_of,
            )
        )
    if dnc_list.current and as_of < dnc_list.current.as_of:
        raise IntakeError(
            say(
                "“%(dnc_list)s” has an edition of %(newer)s, which is newer than %(as_of)s.",
                dnc_list=dnc_list,
                newer=dnc_list.current.as_of,
                as_of=as_of,
            )
        )
