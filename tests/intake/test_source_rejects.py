"""What goes back to a supplier of all its files: its own rows and words, and nobody else's."""

from __future__ import annotations

import io
from typing import Any

import pytest

from leads.intake import rejects, source_rejects
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Import, LeadStatus, Source
from leads.review import decide
from tests.factories import make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus


def loaded(text: str, source: Source, name: str = "leads.csv") -> Import:
    return load(receive(io.BytesIO(text.encode()), name, source))


def table(source: Source, *runs: Import) -> list[dict[str, str]]:
    rows = source_rejects.rows(source, [run.pk for run in runs], decide.REJECT_REASONS)
    header = next(rows)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_rows_of_files_with_different_columns_stand_in_one_table() -> None:
    source = make_source()
    march = loaded("phone,city\n12,Tampa\n2015550100,Reno\n", source, "march.csv")
    april = loaded("name;phone\nAnn;34\nBo;2015550100\n", source, "april.csv")
    short, shorter, twin = table(source, march, april)
    assert (short["portal_file"], short["portal_line"], short["city"]) == (
        "march.csv",
        "2",
        "Tampa",
    )
    assert short["portal_suggestion"] == "Write the whole number with its area code."
    assert (shorter["phone"], shorter["name"], shorter["city"]) == ("34", "Ann", "")
    assert twin["portal_status"] == "duplicate"
    assert "march.csv, line 3" in twin["portal_reason"]


def test_what_another_source_gave_is_named_to_nobody() -> None:
    loaded("phone\n2015550100\n", make_source(name="Rival"), "rival-leads.csv")
    source = make_source()
    run = loaded("phone\n2015550100\n", source)
    [row] = table(source, run)
    assert "portal already." in row["portal_reason"]
    assert "rival" not in str(row).lower()
    assert "rival" not in b"".join(rejects.as_csv(run)).decode().lower()


def test_the_reason_of_a_rejection_is_told_and_neither_who_nor_the_comment() -> None:
    reviewer, source = make_user("Reviewer", username="zoe"), make_source()
    run = loaded("phone\n2015550100\n", source)
    decide.reject(run.leads.all(), by=reviewer, reason="NO_CONSENT", comment="ask Zoe why")
    [row] = table(source, run)
    assert row["portal_reason"] == decide.REJECT_REASONS["NO_CONSENT"]
    assert "zoe" not in str(row).lower()


def test_a_row_that_the_dialer_refused_says_why() -> None:
    lead = make_lead(S.REFUSED, refusal_reason="DUPLICATE_LIST")
    [row] = table(lead.lead_source, lead.import_run)
    assert row["portal_reason"] == "The dialer refused it: duplicate list."


def test_imports_of_another_source_are_passed_over() -> None:
    rival = make_source()
    run = loaded("phone\n12\n", rival)
    assert table(make_source(), run) == []


def test_columns_of_one_name_are_kept_apart_and_our_own_do_not_come_twice() -> None:
    source = make_source()
    first = loaded("phone,note,note\n12,a,b\n", source)
    again = b"".join(rejects.as_csv(first)).decode("utf-8-sig")
    second = loaded(again, source, "corrected.csv")
    rows = source_rejects.rows(source, [first.pk, second.pk], {})
    header: Any = next(rows)
    assert header == [*source_rejects.COLUMNS, "phone", "note", "note"]
    assert [row[5:] for row in rows] == [["12", "a", "b"]] * 2
