"""A file is looked at before it is stored, and stored before anything is loaded."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from leads.intake.errors import IntakeError
from leads.intake.upload import fingerprint, receive, same_file
from leads.models import Import, ImportStatus
from tests.factories import make_source

pytestmark = pytest.mark.django_db
GOOD = b"phone,first name,colour\n7275550123,Ann,red\n"


def stored(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_the_file_is_stored_byte_for_byte_and_waits() -> None:
    run = receive(io.BytesIO(GOOD), "folder/leads.csv", make_source(), list_id=101)
    assert Path(run.file.path).read_bytes() == GOOD
    assert (run.filename, run.size, run.status) == ("leads.csv", len(GOOD), ImportStatus.WAITING)
    assert run.sha256 == hashlib.sha256(GOOD).hexdigest() == fingerprint(Path(run.file.path))
    assert run.header == ["phone", "first name", "colour"]
    assert run.mapping == ["phone_number", "first_name", None]
    assert (run.encoding, run.delimiter, run.list_id) == ("utf-8", ",", 101)


def test_the_sources_list_and_country_stand_where_none_are_named() -> None:
    source = make_source(country="GB", default_list_id=202)
    run = receive(io.BytesIO(GOOD), "leads.csv", source)
    assert (run.country, run.list_id) == ("GB", 202)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "spreadsheet"),
        (bytes(range(256)) * 8, "not text"),
        (b"name,colour\nAnn,red\n", "no phone column"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_nothing_is_kept(
    content: bytes, says: str, settings: Any
) -> None:
    with pytest.raises(IntakeError, match=says):
        receive(io.BytesIO(content), "leads.csv", make_source())
    assert not Import.objects.exists()
    assert stored(settings) == []


def test_a_file_over_the_limit_is_refused_with_the_setting_that_raises_it(settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2 * 1024 * 1024
    with pytest.raises(IntakeError, match=r"2 MB.*UPLOAD_MAX_MB"):
        receive(io.BytesIO(GOOD + b"x" * 3 * 1024 * 1024), "leads.csv", make_source())
    assert stored(settings) == []


@pytest.mark.parametrize("list_id", [0, 12, -5, 10**12])
def test_a_list_that_would_become_list_999_is_refused(list_id: int) -> None:
    with pytest.raises(IntakeError, match="3 to 12 digits"):
        receive(io.BytesIO(GOOD), "leads.csv", make_source(), list_id=list_id)


def test_a_country_that_there_is_not_is_refused() -> None:
    with pytest.raises(IntakeError, match='"XX"'):
        receive(io.BytesIO(GOOD), "leads.csv", make_source(), country="XX")


def test_the_same_content_of_the_same_source_is_noticed_whatever_its_name() -> None:
    source = make_source()
    first = receive(io.BytesIO(GOOD), "a.csv", source)
    again = receive(io.BytesIO(GOOD), "b.csv", source)
    elsewhere = receive(io.BytesIO(GOOD), "a.csv", make_source())
    assert same_file(again) == first
    assert same_file(first) is None
    assert same_file(elsewhere) is None
    assert first.file.path != again.file.path


def test_a_failed_import_does_not_count_as_loaded() -> None:
    source = make_source()
    first = receive(io.BytesIO(GOOD), "a.csv", source)
    Import.objects.filter(pk=first.pk).update(status=ImportStatus.FAILED, error="It failed.")
    assert same_file(receive(io.BytesIO(GOOD), "a.csv", source)) is None
