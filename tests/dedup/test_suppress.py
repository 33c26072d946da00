"""Numbers that must not be called: found by every spelling, in force by date, never half seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.dedup import suppress, suppress_waiting
from leads.dedup.suppress import LEAST, MOST, look_up, matches, numbers_of
from leads.dedup.suppress_mark import NUMBERS, Checked, check
from leads.dedup.suppress_own import SuppressError, add_number, internal, leads_with, remove_number
from leads.dedup.suppress_waiting import check_all, is_due
from leads.models import DncEntry, DncList, DncNumber, Lead, LeadStanding, LeadStatus
from tests.factories import (
    make_batch,
    make_dnc_list,
    make_edition,
    make_lead,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db
S = LeadStatus
PHONE, ALT, OTHER = 17275550123, 17275550124, 17275550125
TODAY = date(2026, 11, 23)


def lead_with(phone: int = PHONE, status: LeadStatus = S.STAGED, **columns: Any) -> Lead:
    digits = str(phone)[1:]
    return make_lead(status, phone_number=digits, phone_e164=f"+{phone}", **columns)


def everything() -> Any:
    return Lead.objects.all()


def marks(lead: Lead) -> tuple[Any, ...]:
    lead.refresh_from_db()
    return lead.dnc_list, lead.dnc_date, lead.dnc_number, "ON_DNC" in lead.warnings


# --- Which numbers ------------------------------------------------------------------------

CASES: list[tuple[dict[str, str], int | None, tuple[int, ...]]] = [
    ({"phone_e164": "+17275550123"}, PHONE, ()),
    ({"phone_e164": ""}, None, ()),
    ({"phone_e164": "+1234"}, None, ()),
    ({"phone_e164": "+" + "9" * 20}, None, ()),
    ({"alt_phone": "7275550124"}, PHONE, (ALT,)),
    ({"alt_phone": "(727) 555-0124"}, PHONE, (ALT,)),
    ({"alt_phone": "+442079460123"}, PHONE, (442079460123,)),
    ({"phone_code": "44", "alt_phone": "7700900123"}, PHONE, (447700900123,)),
    ({"alt_phone": "none"}, PHONE, ()),
    ({"multi_alt_phones": "7275550124_1_work!7275550125"}, PHONE, (ALT, OTHER)),
    ({"multi_alt_phones": "2079460123_44_uk"}, PHONE, (442079460123,)),
    ({"multi_alt_phones": "!_1_!7275550124__"}, PHONE, (ALT,)),
    ({"alt_phone": "7275550124", "multi_alt_phones": "7275550124"}, PHONE, (ALT,)),
]


@pytest.mark.parametrize(("columns", "phone", "others"), CASES)
def test_a_row_and_a_lead_in_the_table_are_looked_up_by_the_same_numbers(
    columns: dict[str, str], phone: int | None, others: tuple[int, ...]
) -> None:
    columns = {"phone_e164": f"+{PHONE}", "phone_code": "1", **columns}
    columns = {"alt_phone": "", "multi_alt_phones": "", **columns}
    assert numbers_of(**columns) == (phone, others)
    lead = make_lead(**columns)
    with connection.cursor() as cursor:
        # The signs are doubled for a statement that has values.
        cursor.execute(
            f"SELECT own.place, own.phone FROM leads_lead chosen CROSS JOIN LATERAL ({NUMBERS})"
            " AS own WHERE chosen.id = %s AND own.phone IS NOT NULL ORDER BY own.place",
            [lead.pk],
        )
        rows = cursor.fetchall()
    assert [number for place, number in rows if place == 0] == ([phone] if phone else [])
    assert dict.fromkeys(n for place, n in rows if place > 0) == dict.fromkeys(others)


def test_a_number_has_at_most_as_many_digits_as_the_plan_of_the_world() -> None:
    assert (LEAST, MOST) == (5, 15)


# --- In force -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expires", "found"), [(None, True), (TODAY, True), (TODAY - timedelta(days=1), False)]
)
def test_a_list_counts_through_its_last_day_and_no_longer(
    expires: date | None, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)
    make_dnc_list(PHONE, as_of=TODAY - timedelta(days=31), expires_on=expires)
    lead = lead_with()
    check(everything())
    assert (PHONE in look_up([PHONE])) is found
    assert (marks(lead)[2] == PHONE) is found
    assert suppress.anything_in_force() is found


def test_a_list_that_is_off_blocks_nothing() -> None:
    make_dnc_list(PHONE, enabled=False)
    assert look_up([PHONE]) == {}
    assert not suppress.anything_in_force()


def test_an_edition_that_was_replaced_no_longer_counts_though_its_numbers_are_still_there() -> None:
    dnc_list = make_dnc_list(PHONE)
    lead = lead_with()
    check(everything())
    make_edition(dnc_list, ALT)
    assert DncNumber.objects.filter(phone=PHONE).exists()
    assert look_up([PHONE, ALT]).keys() == {ALT}
    assert check(everything()).cleared == 1
    assert marks(lead) == (None, None, None, False)


def test_the_internal_list_is_named_first_then_the_latest() -> None:
    make_dnc_list(PHONE, as_of=TODAY - timedelta(days=9))
    late = make_dnc_list(PHONE, as_of=TODAY - timedelta(days=1))
    make_dnc_list(PHONE, as_of=TODAY - timedelta(days=5))
    assert look_up([PHONE])[PHONE].list_id == late.pk
    add_number(PHONE, by=None, comment="Asked us")
    match = look_up([PHONE])[PHONE]
    assert (match.list_id, match.of) == (internal().pk, timezone.now().date())


def test_the_phone_is_named_before_an_alternative() -> None:
    make_dnc_list(PHONE, ALT)
    rows = [numbers_of(f"+{PHONE}", "1", "7275550124", ""), numbers_of("+17275550199", "1", "", "")]
    assert {place: match.phone for place, match in matches(rows).items()} == {0: PHONE}
    lead = lead_with(alt_phone="7275550124")
    check(everything())
    assert marks(lead)[2] == PHONE


def test_nothing_is_looked_up_where_there_is_nothing_to_look_for() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert look_up([]) == {}
        assert matches([numbers_of("", "", "", "")]) == {}
    assert len(queries) == 0


# --- Marks --------------------------------------------------------------------------------


def test_a_match_is_kept_on_the_row_with_list_date_number_and_time() -> None:
    dnc_list = make_dnc_list(PHONE, as_of=date(2026, 11, 1))
    lead, other = lead_with(warnings=["WIRE_LOSS"]), lead_with(OTHER)
    assert check(everything()).found == 1
    assert marks(lead) == (dnc_list, date(2026, 11, 1), PHONE, True)
    assert lead.warnings == ["WIRE_LOSS", "ON_DNC"]
    assert lead.dnc_checked_at is not None
    assert marks(other) == (None, None, None, False)


def test_what_is_no_news_is_not_written_again() -> None:
    make_dnc_list(PHONE)
    lead = lead_with()
    check(everything())
    events = LeadStanding.objects.filter(pgh_obj=lead).count()
    assert check(everything()) == Checked()
    assert LeadStanding.objects.filter(pgh_obj=lead).count() == events == 1


def test_a_look_is_dated_for_leads_that_were_not_looked_at_lately() -> None:
    make_dnc_list(OTHER + 50)
    old, recent = timezone.now() - timedelta(days=3), timezone.now() - timedelta(minutes=3)
    leads = [
        lead_with(PHONE + n, dnc_checked_at=when) for n, when in enumerate([None, old, recent])
    ]
    check(everything(), stamp_before=timezone.now() - timedelta(days=1))
    for lead in leads:
        lead.refresh_from_db()
    assert leads[0].dnc_checked_at
    assert leads[0].dnc_checked_at > recent
    assert leads[1].dnc_checked_at
    assert leads[1].dnc_checked_at > recent
    assert leads[2].dnc_checked_at == recent


def test_a_look_at_no_list_is_no_check() -> None:
    lead = lead_with()
    check(everything(), stamp_before=timezone.now())
    lead.refresh_from_db()
    assert lead.dnc_checked_at is None


def test_none_and_a_filter_with_signs_are_looked_at_as_well() -> None:
    make_dnc_list(PHONE)
    lead_with(first_name="50 %s")
    assert check(Lead.objects.none()).found == 0
    assert check(Lead.objects.filter(first_name__contains="%s")).found == 1


@pytest.mark.parametrize("number", [3, 60])
def test_many_leads_are_held_against_the_lists_in_one_statement(number: int) -> None:
    make_dnc_list(*(PHONE + n for n in range(0, number, 2)))
    run = lead_with(OTHER + 1000).import_run
    for n in range(number):
        lead_with(PHONE + n, import_run=run)
    with CaptureQueriesContext(connection) as queries:
        check(everything())
    assert len([q for q in queries if "leads_dncnumber" in q["sql"]]) == 1
    assert len(queries) == 5  # with the savepoint, and plans made anew before and after


# --- Withdrawn ----------------------------------------------------------------------------


def test_an_approved_lead_with_a_new_match_waits_for_a_reviewer_again() -> None:
    lead = lead_with(status=S.APPROVED, decided_by=make_user("Reviewer"), decision_comment="fine")
    make_dnc_list(PHONE)
    assert check(everything()).withdrawn == 1
    lead.refresh_from_db()
    assert (lead.status, lead.decided_by, lead.decision_comment) == (S.STAGED, None, "")


def test_a_queued_lead_leaves_its_batch_before_it_is_sent() -> None:
    batch = make_batch()
    lead, other = (lead_with(PHONE, S.QUEUED, batch=batch), lead_with(OTHER, S.QUEUED, batch=batch))
    make_dnc_list(PHONE)
    assert check(everything()).withdrawn == 1
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.status, lead.batch, lead.dialer) == (S.STAGED, None, None)
    assert (other.status, other.batch) == (S.QUEUED, batch)


@pytest.mark.parametrize("status", [S.SENDING, S.UNCLEAR, S.PUSHED])
def test_what_is_on_its_way_or_there_is_marked_and_stays(status: LeadStatus) -> None:
    lead = lead_with(status=status)
    dnc_list = make_dnc_list(PHONE)
    assert check(everything()).withdrawn == 0
    assert marks(lead)[0] == dnc_list
    assert lead.status == status


def test_an_override_holds_for_its_list_in_later_editions_and_not_for_another_list() -> None:
    dnc_list = make_dnc_list(PHONE)
    lead = lead_with(status=S.APPROVED, decision_reason="DNC_OVERRIDE")
    Lead.objects.filter(pk=lead.pk).update(dnc_list=dnc_list, dnc_number=PHONE)
    make_edition(dnc_list, PHONE, as_of=TODAY)
    assert check(everything()).withdrawn == 0
    add_number(PHONE, by=None, comment="Asked us")
    lead.refresh_from_db()
    assert (lead.status, lead.decision_reason) == (S.STAGED, "")


def test_an_override_for_an_alternative_does_not_hold_for_the_phone() -> None:
    dnc_list = make_dnc_list(ALT)
    lead = lead_with(status=S.APPROVED, decision_reason="DNC_OVERRIDE", alt_phone="7275550124")
    Lead.objects.filter(pk=lead.pk).update(dnc_list=dnc_list, dnc_number=ALT)
    assert check(everything()).withdrawn == 0
    make_edition(dnc_list, ALT, PHONE)
    assert check(everything()).withdrawn == 1


# --- All leads ----------------------------------------------------------------------------


def test_all_leads_that_wait_or_are_gone_are_looked_at_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suppress_waiting, "CHUNK", 2)
    for n in range(5):
        lead_with(PHONE + n)
    lead_with(PHONE + 5, S.PUSHED)
    lead_with(PHONE + 6, S.REJECTED)
    make_dnc_list(*(PHONE + n for n in range(7)))
    checked = check_all()
    assert checked is not None
    assert checked.found == 6
    assert not is_due()


def test_a_list_that_is_replaced_while_leads_are_looked_at_makes_another_look_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suppress_waiting, "CHUNK", 1)
    leads = [lead_with(PHONE), lead_with(ALT)]
    dnc_list = make_dnc_list(PHONE)
    look = suppress_waiting.check

    def look_while_it_is_replaced(*args: Any, **options: Any) -> Any:
        done = look(*args, **options)
        if not DncList.objects.filter(current__as_of=TODAY - timedelta(days=1)).exists():
            make_edition(dnc_list, ALT, as_of=TODAY - timedelta(days=1))
        return done

    monkeypatch.setattr(suppress_waiting, "check", look_while_it_is_replaced)
    check_all()
    assert [marks(lead)[2] for lead in leads] == [PHONE, ALT]  # each as the lists were then
    assert is_due()
    check_all()
    assert [marks(lead)[2] for lead in leads] == [None, ALT]
    assert not is_due()


def test_a_look_is_due_after_a_day_until_the_list_has_been_seen_expired() -> None:
    now = timezone.now()
    dnc_list = make_dnc_list(PHONE, expires_on=now.date())
    assert is_due()
    check_all()
    assert not is_due()
    assert is_due(now + timedelta(days=1, minutes=1))
    DncList.objects.filter(pk=dnc_list.pk).update(leads_checked_at=now + timedelta(days=1))
    assert not is_due(now + timedelta(days=9))


def test_nothing_is_due_where_there_are_no_numbers() -> None:
    assert not is_due()


def test_leads_of_a_source_that_wants_recent_checks_are_dated_daily_the_others_seldom() -> None:
    make_dnc_list(OTHER)
    two_days_ago = timezone.now() - timedelta(days=2)
    wanting = lead_with(lead_source=make_source(dnc_max_days=31), dnc_checked_at=two_days_ago)
    other = lead_with(PHONE + 1, dnc_checked_at=two_days_ago)
    check_all()
    wanting.refresh_from_db()
    other.refresh_from_db()
    assert wanting.dnc_checked_at
    assert wanting.dnc_checked_at > two_days_ago
    assert other.dnc_checked_at == two_days_ago


# --- The internal list --------------------------------------------------------------------


def test_the_internal_list_is_always_there_and_empty_at_first() -> None:
    assert internal().current is not None
    assert not suppress.anything_in_force()


def test_a_number_is_added_and_removed_by_hand_and_both_are_kept() -> None:
    reviewer, admin, lead = make_user("Reviewer"), make_user("Admin"), lead_with()
    _, checked = add_number(PHONE, by=reviewer, comment=" Asked us ", lead=lead)
    assert checked.found == 1
    assert marks(lead)[0] == internal()
    assert remove_number(PHONE, by=admin, comment="Customer again").cleared == 1
    assert marks(lead)[0] is None
    entry = DncEntry.objects.get()
    assert (entry.added_by, entry.comment, entry.lead_id) == (reviewer, "Asked us", lead.pk)
    assert (entry.removed_by, entry.removal_comment) == (admin, "Customer again")
    add_number(PHONE, by=reviewer, comment="Again")
    assert DncEntry.objects.count() == 2
    edition = internal().current
    assert edition
    assert edition.rows_stored == edition.rows_read == 1


@pytest.mark.parametrize("comment", ["", "  "])
def test_both_need_a_comment(comment: str) -> None:
    with pytest.raises(SuppressError, match="comment"):
        add_number(PHONE, by=None, comment=comment)
    with pytest.raises(SuppressError, match="comment"):
        remove_number(PHONE, by=None, comment=comment)


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(SuppressError, match="not on the internal"):
        remove_number(PHONE, by=None, comment="x")
    add_number(PHONE, by=None, comment="x")
    with pytest.raises(SuppressError, match="already, since"):
        add_number(PHONE, by=None, comment="x")
    with pytest.raises(SuppressError, match="no number"):
        add_number(12, by=None, comment="x")


def test_an_entry_cannot_be_deleted() -> None:
    entry, _ = add_number(PHONE, by=None, comment="x")
    with pytest.raises(Exception, match="never deleted"):
        entry.delete()


def test_leads_are_found_by_phone_and_by_alternative() -> None:
    found = {lead_with().pk, lead_with(OTHER, alt_phone="7275550123").pk}
    lead_with(OTHER + 1)
    assert set(leads_with(PHONE).values_list("pk", flat=True)) == found
