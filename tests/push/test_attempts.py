"""An attempt is written once, sealed once, and never changed or deleted after that."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from leads.models import LeadStatus, PushAttempt
from tests.factories import make_attempt, make_lead, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> PushAttempt:
    return make_attempt(make_lead(status=LeadStatus.SENDING))


def seal(attempt: PushAttempt, **columns: object) -> None:
    values = {"sealed_at": timezone.now(), "outcome": "added", **columns}
    PushAttempt.objects.filter(pk=attempt.pk).update(**values)


def test_an_open_attempt_can_be_sealed_once(attempt: PushAttempt) -> None:
    seal(attempt, answer="SUCCESS")
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        seal(attempt, answer="something else")


@pytest.mark.parametrize(
    "change", [{"request": {}}, {"vendor_lead_code": "X"}, {"asked_list_id": 1}, {"worker": "w"}]
)
def test_what_was_sent_cannot_be_changed_even_when_it_is_sealed(
    attempt: PushAttempt, change: dict[str, object]
) -> None:
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        seal(attempt, **change)


def test_an_open_attempt_cannot_be_changed_without_sealing_it(attempt: PushAttempt) -> None:
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        PushAttempt.objects.filter(pk=attempt.pk).update(answer="half")


def test_who_pushed_cannot_be_changed_afterwards(attempt: PushAttempt) -> None:
    seal(attempt)
    with pytest.raises(DatabaseError), transaction.atomic():
        PushAttempt.objects.filter(pk=attempt.pk).update(user=make_user("Admin"))


@pytest.mark.parametrize(
    "statement", ["DELETE FROM leads_pushattempt", "TRUNCATE leads_pushattempt"]
)
def test_attempts_are_never_deleted_whoever_asks(attempt: PushAttempt, statement: str) -> None:
    connection.check_constraints()  # a table with checks still to be made is not truncated at all
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_lead_has_one_open_attempt_at_most(attempt: PushAttempt) -> None:
    with pytest.raises(DatabaseError, match="one_open_attempt"), transaction.atomic():
        make_attempt(attempt.lead, number=2)


def test_a_seal_without_an_outcome_is_refused(attempt: PushAttempt) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        seal(attempt, outcome="")
