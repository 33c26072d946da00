"""Approval and DNC lists: refused in words, overridden only with a right and a comment."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.dedup.suppress_mark import check
from leads.dedup.suppress_own import add_number
from leads.history.timeline import timeline
from leads.models import Import, Lead, LeadStanding, LeadStatus
from leads.review.correct import correct
from leads.review.decide import DecisionError, approve, override_dnc, reopen
from leads.review.follow_up import compare_again
from tests.factories import (
    make_dnc_list,
    make_edition,
    make_import,
    make_lead,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE, ALT, OTHER = 17275550123, 17275550124, 17275550125
LIST = "the DNC list “Federal” of 2026-11-01"


def lead_with(phone: int = PHONE, status: LeadStatus = S.STAGED, **columns: Any) -> Lead:
    digits = str(phone)[1:]
    return make_lead(status, phone_number=digits, phone_e164=f"+{phone}", **columns)


def federal(*phones: int, **columns: Any) -> Any:
    return make_dnc_list(*phones, **{"name": "Federal", "as_of": date(2026, 11, 1), **columns})


def everything() -> Any:
    return Lead.objects.all()


def test_a_lead_on_a_list_is_left_with_list_and_date_in_words() -> None:
    federal(PHONE)
    lead, other = lead_with(), lead_with(OTHER)
    decision = approve(everything(), by=None)
    assert decision.moved == 1
    assert decision.left == {f"is on {LIST}": 1}
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.status, lead.warnings) == (S.STAGED, ["ON_DNC"])
    assert other.status == S.APPROVED
    assert other.dnc_checked_at is not None


def test_a_list_that_was_loaded_after_the_import_counts_at_approval() -> None:
    lead = lead_with(dnc_checked_at=timezone.now())
    federal(PHONE)
    assert approve(Lead.objects.filter(pk=lead.pk), by=None).moved == 0


def test_the_mark_of_a_list_that_expired_or_was_emptied_blocks_no_longer() -> None:
    dnc_list = federal(PHONE)
    lead_with()
    check(everything())
    make_edition(dnc_list, OTHER)
    assert approve(everything(), by=None).moved == 1
    reopen(everything(), by=None)
    federal(PHONE, name="Old", as_of=date(2026, 1, 1), expires_on=date(2026, 1, 31))
    assert approve(everything(), by=None).moved == 1


def test_each_list_is_named_with_its_number_of_leads() -> None:
    federal(PHONE, PHONE + 1)
    add_number(OTHER, by=None, comment="Asked us")
    for phone in (PHONE, PHONE + 1, OTHER):
        lead_with(phone)
    left = approve(everything(), by=None).left
    today = timezone.now().date()
    assert left == {f"is on {LIST}": 2, f"is on the DNC list “Internal” of {today}": 1}


def test_an_alternative_on_a_list_blocks_until_it_is_taken_out() -> None:
    federal(ALT)
    lead = lead_with(alt_phone="7275550124")
    decision = approve(everything(), by=None)
    assert decision.left == {
        f"has an alternative phone on {LIST}; take it out of the lead first": 1
    }
    lead.refresh_from_db()
    assert lead.dnc_number == ALT
    correct(lead, {"alt_phone": ""}, by=None)
    compare_again()
    assert approve(everything(), by=None).moved == 1
    lead.refresh_from_db()
    assert "ON_DNC" not in lead.warnings


def test_a_corrected_number_is_looked_up_at_once() -> None:
    federal(OTHER)
    lead = correct(lead_with(), {"phone_number": "727-555-0125"}, by=None).lead
    assert (lead.status, lead.dnc_number) == (S.STAGED, OTHER)
    assert "ON_DNC" in lead.warnings


# --- Override -----------------------------------------------------------------------------


def test_an_override_is_in_the_history_with_list_date_comment_and_user() -> None:
    federal(PHONE)
    admin, lead = make_user("Admin"), lead_with()
    assert override_dnc(everything(), by=admin, comment=" Signed consent ").moved == 1
    lead.refresh_from_db()
    assert (lead.status, lead.decision_reason, lead.decided_by) == (
        S.APPROVED,
        "DNC_OVERRIDE",
        admin,
    )
    event = LeadStanding.objects.filter(pgh_obj=lead).order_by("-pgh_id")[0]
    assert (event.dnc_date, event.dnc_number) == (date(2026, 11, 1), PHONE)
    assert (event.dnc_list.name, event.decision_comment) == ("Federal", "Signed consent")
    latest = timeline(lead)[0]
    assert latest.sentence == (
        f"Approved by {admin.username} although on {LIST} (+{PHONE}): “Signed consent”"
    )
    assert latest.who == admin.username
    assert timeline(lead)[1].sentence == f"Found on {LIST} (+{PHONE})"


@pytest.mark.parametrize("role", ["Reviewer", "Auditor", None])
def test_an_override_needs_the_right(role: str | None) -> None:
    federal(PHONE)
    lead_with()
    with pytest.raises(DecisionError, match="right"):
        override_dnc(everything(), by=make_user(role), comment="x")
    with pytest.raises(DecisionError, match="right"):
        override_dnc(everything(), by=None, comment="x")
    assert not Lead.objects.filter(status=S.APPROVED).exists()


def test_an_override_needs_a_comment() -> None:
    federal(PHONE)
    lead_with()
    with pytest.raises(DecisionError, match="comment"):
        override_dnc(everything(), by=make_user("Admin"), comment=" ")


def test_only_what_is_on_a_list_now_can_be_overridden() -> None:
    lead_with()
    decision = override_dnc(everything(), by=make_user("Admin"), comment="x")
    assert decision.moved == 0
    assert decision.left == {"is on no DNC list: approve it as usual": 1}


def test_an_override_ends_with_the_next_decision() -> None:
    federal(PHONE)
    lead_with()
    override_dnc(everything(), by=make_user("Admin"), comment="x")
    reopen(everything(), by=None)
    assert approve(everything(), by=None).left == {f"is on {LIST}": 1}


def test_a_withdrawal_is_told_in_the_history() -> None:
    federal(PHONE)
    lead = lead_with(status=S.QUEUED)
    check(everything())
    lead.refresh_from_db()
    told = [one.sentence for one in timeline(lead)[:3]]
    assert told == [
        f"Waits for a reviewer again: on {LIST} (+{PHONE})",
        "Taken out of its batch",
        f"Found on {LIST} (+{PHONE})",
    ]


# --- The age of a check -------------------------------------------------------------------


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


@pytest.mark.parametrize(
    ("checked", "moved"), [(days_ago(30.9), 1), (days_ago(31.1), 0), (None, 0)]
)
def test_a_source_may_demand_that_a_check_is_recent(checked: Any, moved: int) -> None:
    federal(OTHER)
    lead_with(lead_source=make_source(dnc_max_days=31), dnc_checked_at=checked)
    decision = approve(everything(), by=None)
    assert decision.moved == moved
    if not moved:
        (why,) = decision.left
        assert "in the last 31 days" in why
        assert "Check DNC lists" in why


def test_checked_again_it_can_be_approved() -> None:
    federal(OTHER)
    lead_with(lead_source=make_source(dnc_max_days=31), dnc_checked_at=days_ago(99))
    check(everything(), stamp_before=timezone.now())
    assert approve(everything(), by=None).moved == 1


@pytest.mark.parametrize("internal_too", [False, True])
def test_where_a_check_is_demanded_there_must_be_a_list_that_was_loaded(internal_too: bool) -> None:
    federal(OTHER, as_of=date(2026, 1, 1), expires_on=date(2026, 1, 31))
    if internal_too:
        add_number(OTHER, by=None, comment="x")
    lead_with(lead_source=make_source(dnc_max_days=31), dnc_checked_at=timezone.now())
    decision = approve(everything(), by=None)
    assert decision.left == {
        "needs a DNC check, but no DNC list is in force: have an admin load one": 1
    }


def test_other_sources_demand_nothing() -> None:
    make_source(dnc_max_days=31)
    lead_with()
    assert approve(everything(), by=None).moved == 1


def test_who_is_kept_for_two_reasons_is_counted_once() -> None:
    federal(PHONE)
    lead_with(lead_source=make_source(dnc_max_days=31))
    assert approve(everything(), by=None).left == {f"is on {LIST}": 1}


# --- Many ---------------------------------------------------------------------------------

FILL = """
INSERT INTO leads_lead (lead_source_id, import_run_id, line, raw, created_at, status, reasons,
    warnings, vendor_lead_code, source_id, phone_code, phone_number, phone_e164, title, first_name,
    middle_initial, last_name, address1, address2, address3, city, state, province, postal_code,
    country_code, gender, alt_phone, email, security_phrase, comments, rank, owner,
    multi_alt_phones, entry_list_id, gmt_offset_now, duplicate_why, decision_reason,
    decision_comment, settle_note, vicidial_status, refusal_reason)
SELECT %(source)s, %(run)s, n, '[]', now(), 'staged', '{}', '{}', '', '', '1',
    (2015550000 + n)::text, '+1' || (2015550000 + n)::text, '', '', '', '', '', '', '', '', '',
    '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', ''
FROM generate_series(1, %(number)s) AS n
"""


def fill(number: int) -> Import:
    run = make_import()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"source": run.lead_source_id, "run": run.pk, "number": number})
    return run


def test_ten_thousand_leads_are_approved_by_as_many_statements_as_ten() -> None:
    make_dnc_list(*range(12015550001, 12015560001, 100))
    runs = fill(10), fill(10_000)
    counts = []
    for run in runs:
        with CaptureQueriesContext(connection) as queries:
            decision = approve(run.leads.all(), by=None)
        counts.append(len(queries))
        updates = [q for q in queries if "'approved'" in q["sql"] and "UPDATE" in q["sql"]]
        assert len(updates) == 1
    assert decision.moved == 9_900
    assert sum(decision.left.values()) == 100
    assert counts[0] == counts[1]
