"""Loading: wholly or not at all, every row accounted for, the same number never staged twice."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from leads.dedup import exact
from leads.intake import account, stage
from leads.intake.account import NotAccountedFor
from leads.intake.upload import receive
from leads.models import Import, ImportStatus, Lead, LeadStatus, Source
from tests.factories import make_lead, make_source

pytestmark = pytest.mark.django_db
HEADER = "phone,first name,last name,comments,list id,dob\n"
SAMPLE = Path(stage.__file__).parent / "sample" / "leads.csv"


def bring(content: str | bytes, source: Source | None = None, **options: Any) -> Import:
    data = content.encode() if isinstance(content, str) else content
    return stage.load(receive(io.BytesIO(data), "leads.csv", source or make_source(), **options))


def leads(run: Import) -> list[Lead]:
    return list(Lead.objects.filter(import_run=run).order_by("line"))


def test_a_row_becomes_a_lead_with_its_cells_as_they_came() -> None:
    run = bring(HEADER + '"(727) 555-0123", Ann ,O\'Neill,"a, ""b""\n\tc\\",205,3/4/1980\n')
    (lead,) = leads(run)
    assert lead.raw == ["(727) 555-0123", " Ann ", "O'Neill", 'a, "b"\n\tc\\', "205", "3/4/1980"]
    assert (lead.line, lead.status, lead.list_id) == (2, LeadStatus.STAGED, 205)
    assert (lead.phone_code, lead.phone_number) == ("1", "7275550123")
    assert lead.phone_e164 == "+17275550123"
    assert (lead.first_name, lead.comments) == ("Ann", 'a, "b" c\\')
    assert lead.date_of_birth == date(1980, 3, 4)
    assert run.status == ImportStatus.DONE
    assert (run.rows_read, run.rows_staged) == (1, 1)


def test_rows_without_a_list_get_the_imports() -> None:
    run = bring(HEADER + "7275550123,Ann\n7275550124,Bob,,,12\n", list_id=101)
    assert [lead.list_id for lead in leads(run)] == [101, 101]
    assert leads(run)[1].warnings == ["LIST_ID_INVALID"]


def test_what_the_dialer_would_change_is_a_warning_with_both_values() -> None:
    (lead,) = leads(bring(HEADER + "7275550123,José\n"))
    assert lead.warnings == ["WIRE_LOSS"]
    assert lead.first_name == "José"
    assert lead.findings is not None
    assert [
        (found["given"], found["becomes"])
        for found in lead.findings
        if found["code"] == "WIRE_LOSS"
    ] == [("José", "Jose")]


def test_the_same_number_in_another_spelling_is_a_duplicate_of_the_first() -> None:
    first, second, third = leads(
        bring(HEADER + "7275550123,Ann\n+1 (727) 555-0123,Bob\n727.555.0123 ext 4,Cy\n")
    )
    assert [lead.status for lead in (first, second, third)] == ["staged", "duplicate", "duplicate"]
    assert second.duplicate_of == third.duplicate_of == first
    assert second.duplicate_why == "HOUSEHOLD", "the same number, another person"


def test_duplicates_are_found_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "CHUNK", 2)
    numbers = ["7275550123", "7275550124", "7275550125", "7275550123", "7275550125"]
    rows = leads(bring(HEADER + "".join(f"{number},Ann\n" for number in numbers)))
    assert [lead.status for lead in rows] == ["staged"] * 3 + ["duplicate"] * 2
    assert [lead.duplicate_of for lead in rows[3:]] == [rows[0], rows[2]]


@pytest.mark.parametrize("status", sorted(set(LeadStatus) - {"invalid", "duplicate"}))
def test_a_number_of_an_earlier_lead_is_a_duplicate_whatever_became_of_it(
    status: LeadStatus,
) -> None:
    earlier = make_lead(status, phone_number="7275550123", phone_e164="+17275550123")
    (lead,) = leads(bring(HEADER + "7275550123,Ann\n"))
    assert (lead.status, lead.duplicate_of) == ("duplicate", earlier)


def test_invalid_rows_make_nobody_a_duplicate() -> None:
    run = bring(HEADER + "9995550123,Ann\n9995550123,Bob\n")
    assert [lead.status for lead in leads(run)] == ["invalid", "invalid"]
    assert [lead.reasons for lead in leads(run)] == [["PHONE_UNASSIGNED"]] * 2


def test_a_duplicate_is_of_the_lead_that_stands_not_of_another_duplicate() -> None:
    source = make_source()
    (first,) = leads(bring(HEADER + "7275550123,Ann\n", source))
    bring(HEADER + "7275550123,Bob\n", source)
    (third,) = leads(bring(HEADER + "7275550123,Cy\n", source))
    assert third.duplicate_of == first


def test_a_source_may_let_unassigned_numbers_in_with_a_warning() -> None:
    run = bring(HEADER + "9995550123,Ann\n", make_source(unassigned_numbers="warn"))
    (lead,) = leads(run)
    assert (lead.status, lead.warnings) == ("staged", ["PHONE_UNASSIGNED"])


def test_numbers_and_dates_are_read_as_the_source_writes_them() -> None:
    source = make_source(country="GB", date_order="dmy")
    (lead,) = leads(bring(HEADER + "020 7946 0123,Ann,,,,4/3/1980\n", source))
    assert lead.phone_e164 == "+442079460123"
    assert lead.date_of_birth == date(1980, 3, 4)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7275550123,a,b,c,101,,surplus\n", "FIELDS_TOO_MANY"),
        ('7275550123,"a,b,c\n7275550124,x,y,z,,\n', "QUOTE_NOT_CLOSED"),
        (",,,,,\n", "ROW_EMPTY"),
        (",Ann\n", "PHONE_MISSING"),
    ],
)
def test_a_bad_row_is_invalid_with_its_reason_and_stops_no_other(row: str, reason: str) -> None:
    run = bring(f"{HEADER}{row}7275550199,Bob\n")
    assert run.status == ImportStatus.DONE
    assert leads(run)[0].reasons == [reason]
    assert leads(run)[-1].status == LeadStatus.STAGED
    assert run.rows_read == len(leads(run))


def test_empty_cells_too_many_are_nothing() -> None:
    (lead,) = leads(bring(HEADER + "7275550123,a,b,c,,,,,\n"))
    assert lead.status == LeadStatus.STAGED


def test_a_field_of_20_kb_comes_in_whole() -> None:
    (lead,) = leads(bring(HEADER + f"7275550123,Ann,Lee,{'x' * 20_480}\n"))
    assert len(lead.comments) == 20_480
    assert lead.status == LeadStatus.STAGED
    assert {"CELL_TOO_LARGE", "WIRE_LOSS"} <= set(lead.warnings)


def test_nul_bytes_come_in_as_a_sign_and_a_warning() -> None:
    (lead,) = leads(bring((HEADER + "7275550123,A\0nn\n").encode()))
    assert (lead.first_name, lead.raw[1]) == ("Ann", "A␀nn")
    assert lead.warnings == ["NUL_BYTES"]


def test_nul_bytes_in_a_column_that_is_no_field_are_told_too() -> None:
    (lead,) = leads(bring("phone,colour\n7275550123,r\0ed\n"))
    assert lead.warnings == ["NUL_BYTES"]
    assert lead.findings is not None
    assert lead.findings[0]["field"] == "colour"


def test_bytes_in_a_wrong_encoding_are_told_on_their_row() -> None:
    good = "".join(f"72755501{number},José\n" for number in range(10, 40))
    run = bring((HEADER + good).encode() + b"7275550150,Jos\xe9\n")
    assert "UNDECODABLE" in leads(run)[-1].warnings
    assert "UNDECODABLE" not in leads(run)[0].warnings


def test_a_file_in_the_windows_code_page_keeps_its_accents() -> None:
    (lead,) = leads(bring((HEADER + "7275550123,José,Muñoz\n").encode("cp1252")))
    assert (lead.first_name, lead.last_name) == ("José", "Muñoz")


def test_a_file_with_only_a_header_fails_in_words() -> None:
    run = bring(HEADER)
    assert run.status == ImportStatus.FAILED
    assert "no leads below" in run.error


def test_a_stored_file_that_is_gone_fails_in_words() -> None:
    run = receive(io.BytesIO(b"phone\n7275550123\n"), "leads.csv", make_source())
    Path(run.file.path).unlink()
    assert "gone" in stage.load(run).error


def test_an_error_on_the_way_loads_nothing_and_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 1)

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    run = receive(io.BytesIO(b"phone\n7275550123\n7275550124\n"), "leads.csv", make_source())
    monkeypatch.setattr(stage, "account", fail)
    with pytest.raises(ZeroDivisionError):
        stage.load(run)
    run.refresh_from_db()
    assert run.status == ImportStatus.FAILED
    assert "nothing was loaded" in run.error
    assert not Lead.objects.exists()


def test_an_import_is_loaded_once() -> None:
    run = bring(HEADER + "7275550123,Ann\n")
    assert stage.load(run).status == ImportStatus.DONE
    assert len(leads(run)) == 1


def test_an_import_that_another_worker_loads_is_left_alone() -> None:
    run = receive(io.BytesIO(b"phone\n7275550123\n"), "leads.csv", make_source())
    now = timezone.now()
    Import.objects.filter(pk=run.pk).update(status="running", started_at=now, heartbeat_at=now)
    assert stage.load(run).status == ImportStatus.RUNNING
    assert stage.waiting() == []


def test_an_import_whose_worker_died_is_taken_over() -> None:
    run = receive(io.BytesIO(b"phone\n7275550123\n"), "leads.csv", make_source())
    long_ago = timezone.now() - stage.SILENT - timedelta(seconds=1)
    Import.objects.filter(pk=run.pk).update(
        status="running", started_at=long_ago, heartbeat_at=long_ago
    )
    assert stage.waiting() == [run.pk]
    assert stage.load(run).status == ImportStatus.DONE


def test_a_worker_that_was_taken_over_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = receive(io.BytesIO(b"phone\n7275550123\n"), "leads.csv", make_source())

    def overtaken(*args: object) -> None:
        Import.objects.filter(pk=run.pk).update(started_at=timezone.now())

    monkeypatch.setattr(stage, "account", overtaken)
    assert stage.load(run).status == ImportStatus.RUNNING
    assert not Lead.objects.exists()


def test_rows_that_the_table_does_not_hold_are_noticed() -> None:
    run = bring(HEADER + "7275550123,Ann\n")
    with pytest.raises(NotAccountedFor):
        account.account(run, account.Counts(rows=2, staged=2))


def test_the_codes_of_an_import_are_counted() -> None:
    run = bring(HEADER + ",Ann\n,Bob\n5550123,Cy\n7275550123,José\n")
    assert account.codes(run) == {"PHONE_MISSING": 2, "PHONE_NO_AREA_CODE": 1}
    assert account.codes(run, "warnings") == {"WIRE_LOSS": 1}


def test_of_the_shipped_sample_becomes_what_was_planted_in_it() -> None:
    expected = json.loads(SAMPLE.with_name("leads.expected.json").read_text(encoding="utf-8"))
    run = bring(SAMPLE.read_bytes(), list_id=101)
    assert {
        "rows": run.rows_read,
        "staged": run.rows_staged,
        "invalid": run.rows_invalid,
        "duplicate": run.rows_duplicate,
    } == {name: expected[name] for name in ("rows", "staged", "invalid", "duplicate")}
    assert account.codes(run) == expected["reasons"]
    assert Lead.objects.filter(phone_number=expected["on_dnc_list"], status="staged").count() == 1


def test_look_ups_use_the_index_by_phone_in_a_table_without_statistics() -> None:
    content = "".join(f"727555{number:04d},Ann\n" for number in range(3000))
    bring(HEADER + content)
    with transaction.atomic():
        exact.prefer_index()
        with connection.cursor() as cursor:
            phones = [f"+1813555{number:04d}" for number in range(3000)]
            look_up = exact.LOOK_UP.format(counts=exact.EVERYTHING.sql, most=10)
            cursor.execute(f"EXPLAIN {look_up}", {"phones": phones})
            plan = " ".join(row[0] for row in cursor.fetchall())
    assert re.findall(r"(?:using|on) (lead_\w+)", plan) == ["lead_phone"]
