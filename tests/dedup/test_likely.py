"""An import compared with all known leads: what is found, written, and left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.errors import InFailedSqlTransaction, UndefinedColumn

from leads import tasks
from leads.dedup import atom_store, likely, read
from leads.dedup.likely import match_import, waiting
from leads.dedup.pairs import decide
from leads.dedup.score import DUPLICATE
from leads.dedup.write_pairs import Writer
from leads.models import Import, ImportStatus, LeadStatus, MatchKeys, Pair, PairState
from tests.dedup.people import BOB, MARIA, ROBERT, STRANGER, imported, matched, pairs
from tests.factories import make_import, make_lead, make_source, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus


def test_the_same_person_in_a_later_import_is_found_with_the_reasons() -> None:
    _, (robert, _) = matched(ROBERT, STRANGER)
    found, (bob,) = matched(BOB)
    pair = Pair.objects.get()
    assert (pair.lead, pair.other, pair.kind, pair.state) == (bob, robert, "person", "open")
    assert pair.score >= DUPLICATE
    assert pair.rule == "date of birth, postal code"
    said = {reason["field"]: reason for reason in pair.reasons}
    assert "nickname" in said["first_name"]["says"]
    assert said["first_name"]["weight"] > 0
    assert (found.kinds, found.duplicates, found.to_decide) == ({"person": 1}, 1, 0)
    assert found.written == 1


def test_the_same_person_twice_in_one_import_is_found_too() -> None:
    _, (first, second) = matched(ROBERT, BOB)
    assert pairs() == {(second.pk, first.pk)}


def test_strangers_are_nothing() -> None:
    matched(ROBERT)
    found, _ = matched(STRANGER)
    assert (pairs(), found.written) == (set(), 0)


def test_housemates_are_told_where_they_have_one_number_and_only_there() -> None:
    _, (robert,) = matched(ROBERT)
    matched(MARIA)
    assert pairs() == set()
    found, (maria,) = matched(MARIA | {"phone_e164": robert.phone_e164})
    pair = Pair.objects.get(kind="household")
    assert (pair.lead, pair.other) == (maria, robert)
    assert found.kinds["household"] == 1


def test_a_number_without_a_name_is_told_as_such() -> None:
    _, (robert,) = matched(ROBERT)
    nobody = {"first_name": "", "phone_e164": robert.phone_e164}
    _, (number,) = matched(nobody)
    assert Pair.objects.get().kind == "number"
    assert pairs() == {(number.pk, robert.pk)}


@pytest.mark.parametrize(
    "other",
    [
        {"alt_phone": "2015550199"},
        {"multi_alt_phones": "2015550177_1_work!2015550199_1_home"},
        {"address3": "(201) 555-0199"},
        {"address3": "+1 201 555 0199"},
    ],
)
def test_an_alternative_number_is_compared_with_every_number(other: dict[str, str]) -> None:
    _, (first,) = matched(ROBERT | {"phone_e164": "+12015550199"})
    _, (second,) = matched(ROBERT | other)
    _, (third,) = matched(ROBERT | {"alt_phone": "2015550199"})
    rules = {(pair.lead_id, pair.other_id): pair.rule for pair in Pair.objects.all()}
    assert rules == dict.fromkeys(
        [(second.pk, first.pk), (third.pk, first.pk), (third.pk, second.pk)], "same phone"
    )


def test_an_address_line_that_is_no_number_is_none() -> None:
    _, (lead,) = matched({"address3": "Building 7, Suite 2015550199"})
    assert read.of_ids([lead.pk]).phones[0].tolist() == []


def test_the_code_of_a_source_is_its_own() -> None:
    source = make_source()
    code = {"vendor_lead_code": "A-17"}
    _, (first,) = matched(ROBERT | code, lead_source=source)
    _, (second,) = matched(STRANGER | code, lead_source=source)
    matched(STRANGER | code | {"first_name": "Ann", "last_name": "Lee", "email": ""})
    assert pairs() == {(second.pk, first.pk)}
    assert Pair.objects.get().rule == "same code of the source"


@pytest.mark.parametrize("status", [S.STAGED, S.REJECTED, S.APPROVED, S.PUSHED, S.REFUSED])
def test_leads_that_stand_for_themselves_are_known(status: LeadStatus) -> None:
    _, (known,) = matched(ROBERT | {"status": status})
    _, (bob,) = matched(BOB)
    assert pairs() == {(bob.pk, known.pk)}


def test_invalid_leads_take_no_part() -> None:
    matched(ROBERT | {"status": S.INVALID})
    matched(BOB)
    matched(BOB | {"status": S.INVALID})
    assert pairs() == set()


def test_a_duplicate_is_compared_with_the_lead_that_it_stands_back_for_alone() -> None:
    _, (robert,) = matched(ROBERT)
    make_lead(**BOB)
    twin = {"status": S.DUPLICATE, "duplicate_of": robert, "phone_e164": robert.phone_e164}
    _, (household,) = matched(MARIA | twin)
    assert pairs() == {(household.pk, robert.pk)}
    _, (bob,) = matched(BOB)
    assert pairs() == {(household.pk, robert.pk), (bob.pk, robert.pk)}


def test_a_second_import_is_compared_only_in_what_is_new() -> None:
    matched(ROBERT, BOB, STRANGER)
    Pair.objects.all().delete()
    found, (again,) = matched(STRANGER | {"email": ""})
    assert {lead for lead, _ in pairs()} == {again.pk}
    assert found.compared == 1


def test_matching_twice_changes_nothing() -> None:
    run, _ = imported(ROBERT, BOB)
    first = match_import(run.pk)
    before = list(Pair.objects.values()), MatchKeys.objects.count()
    second = match_import(run.pk)
    assert (first.written, second.written, second.kinds) == (1, 0, {})
    assert (list(Pair.objects.values()), MatchKeys.objects.count()) == before


def test_a_match_that_dies_has_not_been(monkeypatch: pytest.MonkeyPatch) -> None:
    run, leads = imported(ROBERT, BOB)

    def dies(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(likely, "judge", dies)
        with pytest.raises(MemoryError):
            match_import(run.pk)
    assert not MatchKeys.objects.exists()
    assert waiting() == [run.pk]
    assert match_import(run.pk).written == 1
    assert pairs() == {(leads[1].pk, leads[0].pk)}
    assert waiting() == []


def test_what_is_decided_is_never_asked_again() -> None:
    _, (robert,) = matched(ROBERT)
    run, (bob,) = imported(BOB)
    Pair.objects.create(
        lead=bob,
        import_run=run,
        other=robert,
        kind="person",
        score=0.5,
        rule="before",
        state=PairState.DIFFERENT,
        decided_at=timezone.now(),
        decided_by=make_user("Reviewer"),
    )
    found = match_import(run.pk)
    assert found.written == 0
    assert (Pair.objects.get().state, Pair.objects.get().rule) == ("different", "before")


@pytest.mark.parametrize("status", sorted(set(ImportStatus) - {ImportStatus.DONE}))
def test_only_an_import_that_is_done_is_matched(status: ImportStatus) -> None:
    run, _ = imported(ROBERT, BOB)
    Import.objects.filter(pk=run.pk).update(status=status, error="why")
    assert waiting() == []
    match_import(run.pk)
    assert pairs() == set()


def test_an_import_without_leads_is_matched_and_done_with() -> None:
    run = make_import()
    match_import(run.pk)
    assert waiting() == []


def test_values_with_an_end_of_line_are_read_as_any_others() -> None:
    matched(ROBERT | {"address1": "12 Main\nStreet", "city": "Tampa\r\n"})
    found, _ = matched(BOB)
    assert found.duplicates == 1


def test_what_was_decided_upon_is_kept_whatever_the_leads_become() -> None:
    odd = 'Robert "Bo\\b" \t Ünal 李'
    robert = ROBERT | {"first_name": odd, "address1": "12 Main\nStreet"}
    # Their numbers differ by one digit, or these two would be housemates.
    _, (older,) = matched(robert | {"phone_e164": "+12015550101"})
    junior = BOB | {"last_name": f"{ROBERT['last_name']} Jr"}
    _, (newer,) = matched(junior | {"phone_e164": "+12015550102"})
    pair = Pair.objects.get()
    before = pair.reasons
    assert all({"lead", "other"}.isdisjoint(reason) for reason in before)
    decide([pair.pk], PairState.DIFFERENT, by=None)
    for lead in (older, newer):
        lead.first_name, lead.address1 = "Corrected", "1 Other Road"
        lead.save()
    pair.refresh_from_db()
    said = {reason["field"]: reason for reason in pair.reasons}
    assert [reason["field"] for reason in pair.reasons] == [reason["field"] for reason in before]
    assert (said["first_name"]["lead"], said["first_name"]["other"]) == ("Bob", odd)
    assert said["address1"]["other"] == "12 Main\nStreet"
    assert said["suffix"]["lead"] == newer.last_name
    assert said["date_of_birth"]["lead"] == str(newer.date_of_birth)
    assert said["phone_e164"]["lead"] == newer.phone_e164
    assert {reason["says"] for reason in pair.reasons} == {reason["says"] for reason in before}


def test_keys_that_too_many_share_are_counted_and_left_out() -> None:
    crowd = [
        {"first_name": f"N{n}", "email": "info@example.com", "phone_e164": f"+1{201 + n}5550100"}
        for n in range(31)
    ]
    found, _ = matched(*crowd)
    assert found.too_common["same e-mail"] == 1
    assert found.too_common["e-mail before the @"] == 1
    assert found.compared == 0
    later, _ = matched({"email": "info@example.com", "phone_e164": "+14155550100"})
    assert (later.too_common["same e-mail"], later.compared) == (1, 0)


def test_as_many_as_may_share_a_key_are_all_compared() -> None:
    code = {"vendor_lead_code": "A-17"}
    source = make_source()
    found, _ = matched(*[code for _ in range(29)], lead_source=source)
    assert len(pairs()) == 29 * 28 // 2
    found, _ = matched(code, lead_source=source)
    assert (found.written, found.too_common["same code of the source"]) == (29, 0)


def test_the_number_of_queries_does_not_grow_with_the_leads() -> None:
    def queries(number: int) -> int:
        run, _ = imported(*[ROBERT | {"address1": f"{n} Main Street"} for n in range(number)])
        with CaptureQueriesContext(connection) as captured:
            match_import(run.pk)
        return len(captured)

    assert queries(20) <= queries(2)


def test_beat_finds_the_imports_and_the_leads_whose_kick_was_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kicked: list[Any] = []
    monkeypatch.setattr(tasks.follow_up, "delay", kicked.append)
    monkeypatch.setattr(tasks.match_again, "delay", lambda: kicked.append("again"))
    run, (lead,) = imported(ROBERT)
    Import.objects.update(compared_at=None)
    tasks.resume_follow_ups()
    assert kicked == [run.pk]
    tasks.follow_up(run.pk)
    likely.rekey([lead.pk])
    tasks.resume_follow_ups()
    assert kicked == [run.pk, "again"]
    tasks.match_again()
    tasks.resume_follow_ups()
    assert kicked == [run.pk, "again"]


def test_what_went_wrong_in_writing_is_told_and_not_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matched(ROBERT)
    run, _ = imported(BOB)
    # What cannot be written ends the transaction, and with it all that is read afterwards.
    monkeypatch.setattr(atom_store, "_COLUMNS", ("import_run_id", "no_such_column", "leads", "a"))
    with pytest.raises(UndefinedColumn, match="no_such_column"), transaction.atomic():
        match_import(run.pk)
    assert waiting() == [run.pk]


def test_an_error_while_pairs_are_written_is_that_of_the_match() -> None:
    def fails(on: object) -> None:
        raise ZeroDivisionError

    def goes_wrong(error: Exception, *writes: Callable[[object], None]) -> None:
        with Writer() as writer:
            for write in writes:
                writer.also(write)
            raise error

    with Writer() as writer:
        writer.also(fails)
    with pytest.raises(ZeroDivisionError):
        writer.written()
    with pytest.raises(ZeroDivisionError):
        goes_wrong(InFailedSqlTransaction(), fails)
    # What has a reason of its own is not blamed on what was written.
    for error in (RuntimeError(), InFailedSqlTransaction()):
        with pytest.raises(type(error)):
            goes_wrong(error)
    with pytest.raises(RuntimeError):
        goes_wrong(RuntimeError(), fails)
