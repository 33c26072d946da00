"""DNC lists from files: every row accounted for, a newer edition in place of the older, wholly."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.utils import timezone

from leads.dedup.suppress import look_up
from leads.intake import dnc_load
from leads.intake.dnc import receive_edition
from leads.intake.dnc_load import load, purge, to_purge, waiting
from leads.intake.dnc_numbers import NO_NUMBER, number
from leads.intake.errors import IntakeError
from leads.models import DncEdition, DncList, DncNumber, EditionStatus
from tests.factories import make_dnc_list, make_edition, make_user

pytestmark = pytest.mark.django_db
PHONE = 17275550123
TODAY = date(2026, 11, 23)
S = EditionStatus


@pytest.fixture(autouse=True)
def _a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


def receive(content: str | bytes, dnc_list: DncList | None = None, **options: Any) -> DncEdition:
    data = content.encode() if isinstance(content, str) else content
    target = dnc_list or DncList.objects.get_or_create(name="Federal")[0]
    return receive_edition(io.BytesIO(data), "dnc.txt", target, **{"as_of": TODAY, **options})


def bring(content: str | bytes, dnc_list: DncList | None = None, **options: Any) -> DncEdition:
    return load(receive(content, dnc_list, **options))


def numbers(edition: DncEdition) -> list[int]:
    found = DncNumber.objects.filter(edition=edition).order_by("phone")
    return list(found.values_list("phone", flat=True))


def account(edition: DncEdition) -> tuple[int, ...]:
    return (
        edition.rows_read,
        edition.rows_stored,
        edition.rows_repeated,
        edition.rows_unreadable,
    )


@pytest.mark.parametrize(
    "content",
    [
        "7275550123\n7275550124\n",
        "(727) 555-0123\r\n+1 727 555 0124",
        "phone\n7275550123\n7275550124\n",
        "727,5550123\n727,5550124\n",
        "727,555-0123\n727,555-0124\n",
        "area_code;number\n727;5550123\n727;5550124\n",
        "date,phone,reason\n2026-11-01,7275550123,asked\n2026-11-02,7275550124,asked\n",
        '{"phone": "7275550123"}\n{"phone": "7275550124"}\n',
    ],
)
def test_numbers_are_found_however_a_list_is_written(content: str) -> None:
    edition = bring(content)
    assert (edition.status, edition.error) == (S.DONE, "")
    assert numbers(edition) == [PHONE, PHONE + 1]
    assert account(edition) == (2, 2, 0, 0)


def test_a_spreadsheet_is_read_too() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_column(0, 0, ["Phone", 7275550123, "727-555-0124"])
    assert numbers(bring(out.getvalue())) == [PHONE, PHONE + 1]


def test_numbers_without_a_country_code_are_of_the_lists_country() -> None:
    assert numbers(bring("020 7946 0123\n+17275550123\n", country="gb")) == [PHONE, 442079460123]


def test_every_row_is_stored_repeated_or_unreadable_with_line_and_reason() -> None:
    edition = bring("phone,why\n7275550123,x\n727-555-0123,y\n12345,z\nnone,\n,empty\n\n555,\n")
    assert account(edition) == (6, 1, 1, 4)
    rows = list(edition.unreadable.values_list("line", "given", "code"))
    assert rows == [
        (4, "12345", "PHONE_LENGTH"),
        (5, "none", "PHONE_MISSING"),
        (6, "", NO_NUMBER),
        (8, "555", "PHONE_LENGTH"),
    ]


def test_a_number_that_nobody_has_yet_is_a_number() -> None:
    assert numbers(bring("9995550123\n")) == [19995550123]


def test_repeated_rows_are_counted_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dnc_load, "CHUNK", 2)
    rows = ["7275550123", "7275550124", "7275550123", "x1", "7275550125", "7275550124"]
    edition = bring("\n".join(rows))
    assert account(edition) == (6, 3, 2, 1)
    assert edition.bytes_done == edition.size


def test_a_first_line_without_a_letter_is_a_row() -> None:
    assert account(bring("123\n7275550123\n")) == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("phone\n", "no rows"),
        ("name,city\nAnn,Tampa\n", "right file"),
        ("7275550123\n" * 3 + "\0" * 5000, "not text"),
    ],
)
def test_a_file_without_numbers_is_refused_and_nothing_is_kept(content: str, says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        receive(content)
    assert not DncEdition.objects.filter(dnc_list__name="Federal").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"as_of": TODAY + timedelta(days=1)}, "future"),
        ({"expires_on": TODAY - timedelta(days=1)}, "before its own date"),
        ({"country": "XX"}, "no country"),
        ({"as_of": TODAY - timedelta(days=9)}, "newer"),
    ],
)
def test_dates_that_cannot_be_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(IntakeError, match=says):
        receive("7275550123\n", make_dnc_list(PHONE, as_of=TODAY), **options)


def test_no_file_goes_on_the_internal_list() -> None:
    with pytest.raises(IntakeError, match="one by one"):
        receive("7275550123\n", DncList.objects.get(origin="internal"))


def test_nothing_of_a_file_counts_before_all_of_it_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dnc_load, "CHUNK", 1)
    before = make_dnc_list(PHONE, as_of=TODAY - timedelta(days=30))
    edition = receive("7275550124\n7275550125\n", before)
    seen: list[set[int]] = []
    tell = dnc_load._tell

    def look(*args: Any) -> None:
        tell(*args)
        seen.append(set(look_up([PHONE, PHONE + 1, PHONE + 2])))

    monkeypatch.setattr(dnc_load, "_tell", look)
    load(edition)
    assert seen == [{PHONE}, {PHONE}]
    assert set(look_up([PHONE, PHONE + 1, PHONE + 2])) == {PHONE + 1, PHONE + 2}


def test_the_edition_before_is_kept_as_an_account_and_its_numbers_go() -> None:
    dnc_list = make_dnc_list(PHONE, PHONE + 1, as_of=TODAY - timedelta(days=30))
    before = dnc_list.current
    edition = bring("7275550123\n", dnc_list, by=make_user("Admin"))
    dnc_list.refresh_from_db()
    assert dnc_list.current == edition
    assert to_purge() == [before]
    assert before is not None
    purge(before)
    before.refresh_from_db()
    assert (before.status, before.rows_stored, numbers(before)) == (S.REPLACED, 2, [])
    assert numbers(edition) == [PHONE]
    assert to_purge() == []


def test_many_numbers_are_deleted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dnc_load, "PURGED_AT_ONCE", 2)
    dnc_list = make_dnc_list(*range(PHONE, PHONE + 7))
    other = make_dnc_list(*range(PHONE + 1, PHONE + 5)).current
    old = dnc_list.current
    make_edition(dnc_list, PHONE)
    assert old is not None
    purge(old)
    assert numbers(old) == []
    assert other is not None
    assert len(numbers(other)) == 4


def test_of_two_files_at_once_the_later_one_counts() -> None:
    dnc_list = make_dnc_list()
    first, second = receive("7275550123\n", dnc_list), receive("7275550124\n", dnc_list)
    load(second)
    assert load(first).status == S.REPLACED
    dnc_list.refresh_from_db()
    assert dnc_list.current == second


def test_a_file_in_which_nothing_can_be_read_fails_and_the_older_edition_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dnc_list = make_dnc_list(PHONE)
    edition = receive("7275550123\n", dnc_list)
    edition.file.storage.delete(edition.file.name)
    failed = load(edition)
    assert failed.status == S.FAILED
    assert "gone" in failed.error
    assert PHONE in look_up([PHONE])


def test_a_load_whose_worker_died_is_done_again_from_the_beginning() -> None:
    edition = receive("7275550123\n12\n")
    long_ago = timezone.now() - timedelta(hours=1)
    DncEdition.objects.filter(pk=edition.pk).update(
        status=S.RUNNING, started_at=long_ago, heartbeat_at=long_ago, rows_read=9
    )
    DncNumber.objects.create(phone=PHONE + 9, edition=edition)
    edition.refresh_from_db()
    assert waiting() == [edition.pk]
    assert account(load(edition)) == (2, 1, 0, 1)
    assert numbers(edition) == [PHONE]


def test_a_worker_that_was_taken_for_dead_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = receive("7275550123\n")
    find = dnc_load.find

    def taken_over_meanwhile(*args: Any) -> Any:
        DncEdition.objects.filter(pk=edition.pk).update(started_at=timezone.now())
        return find(*args)

    monkeypatch.setattr(dnc_load, "find", taken_over_meanwhile)
    assert load(edition).status == S.RUNNING
    assert numbers(edition) == []


def test_what_is_loaded_or_being_loaded_is_left() -> None:
    edition = bring("7275550123\n")
    finished = edition.finished_at
    assert load(edition).finished_at == finished
    assert waiting() == []


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("7275550123", PHONE),
        ("17275550123", PHONE),
        ("+44 20 7946 0123", 442079460123),
        ("5550123", "PHONE_NO_AREA_CODE"),
        ("1-800-FLOWERS", 18003569377),
        ("hello", "PHONE_LETTERS"),
    ],
)
def test_a_cell_is_a_number_or_the_reason_why_not(cell: str, read: int | str) -> None:
    assert number(cell, "US") == read
