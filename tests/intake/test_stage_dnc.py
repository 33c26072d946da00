"""An import says of each row which DNC list it is on, in the same pass as duplicates."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.intake import stage
from leads.intake.account import codes
from leads.intake.upload import receive
from leads.models import Import, Lead
from tests.factories import make_dnc_list, make_source

pytestmark = pytest.mark.django_db
PHONE, ALT = 17275550123, 17275550124
HEADER = "phone,first name,alt_phone,multi alt phones\n"


def bring(content: str) -> Import:
    file = io.BytesIO((HEADER + content).encode())
    return stage.load(receive(file, "leads.csv", make_source()))


def leads(run: Import) -> list[Any]:
    return list(Lead.objects.filter(import_run=run).order_by("line"))


def test_a_row_on_a_list_is_staged_with_a_warning_and_says_which() -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 11, 1))
    run = bring("7275550123,José\n7275550125,Bob\n")
    on, off = leads(run)
    assert (on.status, on.warnings) == ("staged", ["WIRE_LOSS", "ON_DNC"])
    assert (on.dnc_list, on.dnc_date, on.dnc_number) == (dnc_list, date(2026, 11, 1), PHONE)
    assert (off.status, off.warnings, off.dnc_list, off.dnc_number) == ("staged", [], None, None)
    assert on.dnc_checked_at == off.dnc_checked_at is not None
    assert codes(run, "warnings") == {"ON_DNC": 1, "WIRE_LOSS": 1}


@pytest.mark.parametrize(
    "row", ["7275550125,Ann,(727) 555-0124,", "7275550125,Ann,,7275550124_1_x"]
)
def test_an_alternative_on_a_list_is_named(row: str) -> None:
    make_dnc_list(ALT)
    (lead,) = leads(bring(row + "\n"))
    assert (lead.dnc_number, lead.warnings) == (ALT, ["ON_DNC"])


def test_duplicates_and_invalid_rows_are_looked_up_too() -> None:
    make_dnc_list(PHONE, 19995550123)
    rows = leads(bring("7275550123,Ann\n7275550123,Bob\n9995550123,Cy\n12,Di\n"))
    assert [lead.status for lead in rows] == ["staged", "duplicate", "invalid", "invalid"]
    assert [lead.dnc_number for lead in rows] == [PHONE, PHONE, 19995550123, None]


def test_matches_are_found_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "CHUNK", 2)
    make_dnc_list(PHONE, PHONE + 4)
    rows = leads(bring("".join(f"{7275550123 + n},Ann\n" for n in range(5))))
    assert [bool(lead.dnc_list) for lead in rows] == [True, False, False, False, True]


def test_without_a_list_nothing_is_looked_up_and_nothing_is_dated() -> None:
    with CaptureQueriesContext(connection) as queries:
        (lead,) = leads(bring("7275550123,Ann\n"))
    assert not [q for q in queries if "leads_dncnumber" in q["sql"]]
    assert lead.dnc_checked_at is None


def test_a_list_costs_one_statement_a_chunk() -> None:
    make_dnc_list(PHONE)
    with CaptureQueriesContext(connection) as queries:
        bring("".join(f"{7275550100 + n},Ann\n" for n in range(90)))
    assert len([q for q in queries if "leads_dncnumber" in q["sql"]]) == 1
