"""The table of moves holds in Python and in the database alike."""

from __future__ import annotations

import itertools

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg import errors

from leads import lifecycle
from leads.models import MOVES, Lead, LeadStatus
from tests.factories import make_batch, make_lead, make_user

pytestmark = pytest.mark.django_db
S = LeadStatus
PAIRS = [(a, b) for a, b in itertools.product(LeadStatus, LeadStatus) if a != b]


def columns_for(status: LeadStatus) -> dict[str, object]:
    """What the check constraints want of a lead in that status."""
    batch = make_batch()
    return {
        "reasons": ["PHONE_LENGTH"],
        "duplicate_of": make_lead(),
        "decided_at": timezone.now(),
        "decision_reason": "OTHER",
        "batch": batch,
        "dialer": batch.dialer,
        "lease_until": timezone.now(),
        "vicidial_lead_id": 7,
        "vicidial_list_id": 101,
        "vicidial_status": "NEW",
        "pushed_at": timezone.now(),
        "refusal_reason": "DNC",
    }


@pytest.mark.parametrize(("source", "to"), PAIRS)
def test_a_move_is_made_exactly_where_the_table_has_it(source: S, to: S) -> None:
    lead = make_lead(status=source)
    moved = lifecycle.move(Lead.objects.filter(pk=lead.pk), to, **columns_for(to))
    lead.refresh_from_db()
    assert (moved, lead.status) == ((1, to) if to in MOVES[source] else (0, source))


@pytest.mark.parametrize(
    ("source", "to"), [pair for pair in PAIRS if pair[1] not in MOVES[pair[0]]]
)
def test_the_database_refuses_an_illegal_move_whoever_asks(source: S, to: S) -> None:
    lead = make_lead(status=source)
    also = columns_for(to)
    with pytest.raises(DatabaseError, match="cannot move"), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(status=to, **also)
    with pytest.raises(DatabaseError, match="cannot move"), transaction.atomic():
        connection.cursor().execute(
            "UPDATE leads_lead SET status = %s WHERE id = %s", [to.value, lead.pk]
        )


def test_asking_for_a_source_that_the_table_does_not_have_is_a_mistake() -> None:
    with pytest.raises(lifecycle.IllegalMoveError):
        lifecycle.move(Lead.objects.all(), S.PUSHED, only_from={S.STAGED})
    with pytest.raises(lifecycle.IllegalMoveError):
        lifecycle.move_each(S.PUSHED, [], only_from=S.STAGED)


def test_who_loses_a_race_is_told_so() -> None:
    lead = make_lead(status=S.STAGED)
    chosen = Lead.objects.filter(pk=lead.pk)
    assert lifecycle.move(chosen, S.APPROVED, decided_at=timezone.now()) == 1
    assert lifecycle.move(chosen, S.REJECTED, decision_reason="OTHER") == 0


def test_each_lead_can_be_moved_with_values_of_its_own_in_one_statement(
    django_assert_num_queries: object,
) -> None:
    leads = [make_lead(status=S.SENDING) for _ in range(3)]
    now = timezone.now()
    rows = [
        {
            "id": lead.pk,
            "vicidial_lead_id": 100 + number,
            "vicidial_list_id": 101,
            "vicidial_status": "NEW",
            "pushed_at": now,
            "notices": ["a notice"] if number else None,
            "lease_until": None,
        }
        for number, lead in enumerate(leads)
    ]
    with django_assert_num_queries(1):  # type: ignore[operator]
        moved = lifecycle.move_each(S.PUSHED, rows, only_from=S.SENDING)
    assert moved == {lead.pk for lead in leads}
    found = Lead.objects.order_by("pk").filter(pk__in=moved)
    assert [lead.vicidial_lead_id for lead in found] == [100, 101, 102]
    assert [lead.notices for lead in found] == [None, ["a notice"], ["a notice"]]


@pytest.mark.parametrize(
    ("status", "broken"),
    [
        (S.INVALID, {"reasons": []}),
        (S.DUPLICATE, {"duplicate_of": None}),
        (S.REJECTED, {"decision_reason": ""}),
        (S.APPROVED, {"decided_at": None}),
        (S.QUEUED, {"batch": None}),
        (S.SENDING, {"lease_until": None}),
        (S.PUSHED, {"vicidial_lead_id": None}),
        (S.PUSHED, {"vicidial_status": ""}),
        (S.PUSHED, {"vicidial_lead_id": -5}),
        (S.REFUSED, {"refusal_reason": ""}),
        (S.STAGED, {"phone_number": "12345"}),
        (S.STAGED, {"phone_number": "12345678901234567"}),
        (S.STAGED, {"phone_number": "727-555-0123"}),
    ],
)
def test_the_table_holds_a_status_to_its_word(status: S, broken: dict[str, object]) -> None:
    lead = make_lead(status=status)
    with pytest.raises(DatabaseError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(**broken)


def test_two_leads_never_hold_the_same_lead_id_of_a_dialer() -> None:
    batch = make_batch()
    first = make_lead(status=S.PUSHED, batch=batch, dialer=batch.dialer)
    second = make_lead(status=S.PUSHED, batch=batch, dialer=batch.dialer)
    with pytest.raises(DatabaseError), transaction.atomic():
        Lead.objects.filter(pk=second.pk).update(vicidial_lead_id=first.vicidial_lead_id)


def test_a_person_who_decided_cannot_be_deleted() -> None:
    user = make_user("Reviewer")
    make_lead(status=S.APPROVED, decided_by=user)
    with pytest.raises(Exception, match="protected"):
        user.delete()


def test_inside_a_transaction_of_the_caller_nothing_is_repeated() -> None:
    tries: list[int] = []

    @lifecycle.without_deadlocks
    def fail() -> None:
        tries.append(1)
        raise OperationalError from errors.DeadlockDetected()

    with transaction.atomic(), pytest.raises(OperationalError):
        fail()
    assert len(tries) == 1
