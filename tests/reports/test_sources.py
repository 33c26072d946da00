"""The sources report's numbers: every row is in one of them, whatever became of it."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.dedup.same_number import WHY
from leads.intake import take_back
from leads.intake.stage import load
from leads.intake.upload import receive
from leads.models import Import, ImportStatus, Lead, LeadStatus, PairKind
from leads.reports import sources
from leads.reports.period import Days, last_days
from leads.reports.sources import Account, cost, costs, deliveries
from tests.factories import make_dnc_list, make_import, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus


def today() -> Days:
    return last_days(1, timezone.localdate()).days


def whole(**which: Any) -> Account:
    return sources.total(one.account for one in deliveries(today(), **which))


def loaded(text: str, source: Any, name: str = "leads.csv") -> Import:
    return load(receive(io.BytesIO(text.encode()), name, source))


def reconciles(account: Account) -> bool:
    parts = (account.waiting, account.invalid, account.duplicate, account.rejected)
    return account.rows == sum(parts) + account.approved and account.approved == (
        account.pushed + account.refused + account.on_the_way
    )


def test_rows_are_what_became_of_them_in_every_status() -> None:
    run = make_import()
    for status in random.choices(list(S), k=25) + list(S):
        make_lead(status, import_run=run)
    number = run.leads.count()
    Import.objects.filter(pk=run.pk).update(rows_read=number, rows_staged=number)
    account = whole(source=run.lead_source_id)
    assert account.rows == run.leads.count()
    assert reconciles(account)
    assert all(account.of(status) == run.leads.filter(status=status).count() for status in S)


def test_a_files_own_counters_and_the_report_agree_after_loading() -> None:
    rows = "2015550100,Ann,Lee\n2015550100,Ann,Lee\n12,Bo,Ray\n2015550101,Cy,Fox\n"
    run = loaded(f"phone,first name,last name\n{rows}", make_source())
    account = whole(source=run.lead_source_id)
    assert (account.rows, account.waiting, account.invalid, account.duplicate) == (
        run.rows_read,
        run.rows_staged,
        run.rows_invalid,
        run.rows_duplicate,
    )
    assert (account.files, account.rows) == (1, 4)
    assert reconciles(account)


def test_only_files_of_these_days_count_and_only_those_that_are_in() -> None:
    source = make_source()
    make_lead(import_run=make_import(source, rows_read=1, rows_staged=1))
    for status in (ImportStatus.FAILED, ImportStatus.CANCELLED, ImportStatus.UNDONE):
        make_import(source, rows_read=9, rows_staged=9, status=status, error="It is empty.")
    old = make_import(source, rows_read=9, rows_staged=9)
    Import.objects.filter(pk=old.pk).update(created_at=today().begin - timedelta(seconds=1))
    assert (whole().files, whole().rows) == (1, 1)


def test_an_import_that_is_undone_leaves_the_report() -> None:
    run = loaded("phone\n2015550100\n", make_source())
    take_back.ask(run, by=None)
    take_back.undo(run.pk)
    assert whole() == Account()


def test_sources_and_people_are_kept_apart() -> None:
    mine, other = make_user("Reviewer"), make_source()
    make_import(other, rows_read=1, rows_staged=1)
    run = make_import(rows_read=2, rows_staged=2, created_by=mine)
    assert whole(source=other.pk).rows == 1
    assert whole(by=mine).rows == 2
    found = sources.by_source(deliveries(today()))
    assert {pk: one.rows for pk, one in found.items()} == {other.pk: 1, run.lead_source_id: 2}


def test_duplicates_are_told_apart_by_class_and_by_where_the_other_is() -> None:
    source = make_source()
    loaded("phone,first name,last name\n2015550100,Ann,Lee\n", make_source())
    rows = (
        "2015550100,Ann,Lee\n"  # the same person as of another source
        "2015550100,Bartholomew,Quist\n"  # of the household
        "2015550101,Cy,Fox\n"
        "2015550101,Cy,Fox\n"  # within the file
        "2015550101,,\n"  # nobody can tell
    )
    run = loaded(f"phone,first name,last name\n{rows}", source)
    found = sources.duplicates([run.pk])
    assert {kind: (one.within, one.earlier) for kind, one in found.items()} == {
        PairKind.PERSON: (1, 1),
        PairKind.HOUSEHOLD: (0, 1),
        PairKind.NUMBER: (1, 0),
    }
    assert sum(one.within + one.earlier for one in found.values()) == run.rows_duplicate


@pytest.mark.parametrize("kind", list(WHY))
def test_the_classes_are_those_of_the_rule_that_marks(kind: PairKind) -> None:
    lead = make_lead(S.DUPLICATE, duplicate_why=WHY[kind])
    assert sources.duplicates([lead.import_run_id])[kind].earlier == 1


def test_reasons_are_counted_each() -> None:
    run = make_import()
    make_lead(S.INVALID, import_run=run, reasons=["PHONE_LENGTH", "DATE_UNKNOWN"])
    make_lead(S.INVALID, import_run=run, reasons=["PHONE_LENGTH"])
    make_lead(S.REJECTED, import_run=run, decision_reason="NO_CONSENT")
    make_lead(S.REFUSED, import_run=run, refusal_reason="DNC")
    assert sources.invalid_reasons([run.pk]) == [("PHONE_LENGTH", 2), ("DATE_UNKNOWN", 1)]
    assert sources.decided_reasons([run.pk]) == {
        S.REJECTED: [("NO_CONSENT", 1)],
        S.REFUSED: [("DNC", 1)],
    }


def test_matches_of_dnc_lists_are_counted() -> None:
    lead = make_lead(dnc_list=make_dnc_list("+12015550100"))
    make_lead(import_run=lead.import_run)
    assert whole(source=lead.lead_source_id).listed == 1


def test_what_is_of_no_use_costs_the_price_of_its_rows() -> None:
    source = make_source(price_per_lead=Decimal("0.125"), currency="USD")
    account = Account()
    account.statuses.update({"duplicate": 3, "invalid": 2, "staged": 100})
    found = cost(source, account)
    assert found
    assert (found.duplicate, found.invalid, found.whole) == (
        Decimal("0.38"),
        Decimal("0.25"),
        Decimal("0.63"),
    )
    assert cost(make_source(), account) is None


def test_costs_of_different_currencies_are_never_added() -> None:
    account = Account()
    account.statuses.update({"duplicate": 1, "invalid": 1})
    found = {
        n: cost(make_source(price_per_lead=Decimal(n), currency=currency), account)
        for n, currency in enumerate(["USD", "EUR", "USD"], start=1)
    }
    summed = costs({n: one for n, one in found.items() if one})
    assert [(one.currency, one.whole) for one in summed] == [("EUR", 4), ("USD", 8)]


def test_the_numbers_cost_three_queries_however_many_sources_and_files() -> None:
    for _ in range(12):
        make_lead(import_run=make_import(rows_read=1, rows_staged=1))
    with CaptureQueriesContext(connection) as queries:
        assert whole().rows == 12
    assert len(queries) == 3


def test_counting_the_rows_of_an_import_reads_its_index_alone() -> None:
    make_lead()
    with CaptureQueriesContext(connection) as queries:
        deliveries(today())
    [counting] = [one["sql"] for one in queries if one["sql"].endswith("GROUP BY 1, 2")]
    assert "COUNT(*)" in counting
    index = next(one for one in Lead._meta.indexes if one.name == "lead_import")
    assert index.fields == ["import_run", "status"]


@pytest.mark.usefixtures("all_kept")
def test_rows_whose_counting_takes_long_are_kept_and_counted_at_once_for_other_files() -> None:
    source = make_source()
    run = make_import(source, rows_read=2, rows_staged=2)
    make_lead(import_run=run)
    assert whole(source=source.pk).waiting == 1
    make_lead(import_run=run)
    assert whole(source=source.pk).waiting == 1
    make_import(source)
    assert whole(source=source.pk).waiting == 2
