"""Searching for a phone as people outside North America write it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.admin.lead_search import search, some_ids
from leads.models import Lead
from tests.factories import make_lead, make_source

pytestmark = pytest.mark.django_db


def found(text: str) -> set[int]:
    return set(search(Lead.objects.all(), text).values_list("pk", flat=True))


def british(digits: str) -> Lead:
    source = make_source(country="GB")
    return make_lead(
        lead_source=source, phone_code="44", phone_number=digits, phone_e164=f"+44{digits}"
    )


@pytest.mark.parametrize(
    "text", ["07700 900123", "07700900", "(0)7700 900-123", "7700900123", "447700900123", "0770"]
)
def test_a_number_of_a_sources_country_is_found_as_it_is_dialled_there(text: str) -> None:
    lead, _other = british("7700900123"), british("2079460000")
    make_lead()
    assert found(text) == {lead.pk}


def test_a_number_that_keeps_its_zero_abroad_is_found() -> None:
    source = make_source(country="IT")
    lead = make_lead(
        lead_source=source, phone_code="39", phone_number="0655501234", phone_e164="+390655501234"
    )
    assert found("06 555 01234") == {lead.pk}


def test_a_country_that_no_source_delivers_is_not_guessed() -> None:
    make_lead(phone_code="44", phone_number="7700900123", phone_e164="+447700900123")
    assert found("07700900123") == set()


@pytest.mark.parametrize("text", ["0", "00", "000000000"])
def test_zeros_alone_are_not_taken_for_every_number(text: str) -> None:
    british("7700900123")
    make_lead()
    assert found(text) == set()


def test_many_countries_cost_no_more_queries_and_no_scan_of_the_table() -> None:
    for country in ("GB", "DE", "IT", "FR", "US", "CA", "MX"):
        make_source(country=country)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as queries:
        found("07700900123")
    assert len(queries) == 2
    assert "Seq Scan" not in search(Lead.objects.order_by(), "07700900123").explain()


@pytest.mark.parametrize("text", ["Ann", "Ann Sample", "A-1", "7700 900123", "+447700900123", " "])
def test_some_ids_are_those_that_the_search_finds(text: str) -> None:
    british("7700900123")
    make_lead(first_name="Ann", last_name="Sample", vendor_lead_code="A-1")
    make_lead(first_name="Ben", last_name="Annable")
    ids = some_ids(text, 10)
    assert len(ids) == len(set(ids))
    assert set(ids) == (found(text) if text.strip() else set())


def test_of_many_no_more_ids_come_than_asked_for() -> None:
    for _ in range(4):
        make_lead(last_name="Sample")
    assert len(some_ids("Sample", 3)) == 3


def test_looking_for_ids_leaves_the_planner_as_it_was() -> None:
    some_ids("Sample", 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_seqscan'),"
                       " current_setting('enable_bitmapscan')")  # fmt: skip
        assert cursor.fetchone() == ("on", "on")
