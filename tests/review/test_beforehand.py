"""A decision over a selection takes just the leads that were seen, as they were seen."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from leads.models import Lead, LeadStatus
from leads.review import beforehand, decide
from leads.review.beforehand import Seen, SelectionChangedError
from tests.factories import make_dnc_list, make_lead

S = LeadStatus
CHANGES: dict[str, Callable[[Lead], object]] = {
    "1 fewer would be taken, 1 in all": lambda lead: Lead.objects.filter(pk=lead.pk).update(
        warnings=["EMAIL_INVALID"]
    ),
    "1 more would be taken, 3 in all": lambda _: make_lead(),
    "not the same ones": lambda lead: (
        decide.reject(Lead.objects.filter(pk=lead.pk), by=None, reason="BAD_DATA"),
        make_lead(),
    ),
    "some of them were changed": lambda lead: Lead.objects.filter(pk=lead.pk).update(city="Tampa"),
}


def clean() -> QuerySet[Lead]:
    leads = Lead.objects.all()
    return beforehand.taken(leads, {S.STAGED}, beforehand.by_approval(leads, None))


@pytest.mark.django_db
@pytest.mark.parametrize("how", CHANGES)
def test_what_is_no_longer_as_it_was_seen_is_not_held(how: str) -> None:
    lead, _ = make_lead(), make_lead()
    seen = Seen.of(clean())
    CHANGES[how](lead)
    with transaction.atomic(), pytest.raises(SelectionChangedError, match=how):
        beforehand.hold(clean(), seen)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [{"phone_number": "2015550177"}, {"date_of_birth": "1980-03-04"}, {"list_id": "102"}],
)
def test_any_corrected_field_makes_a_lead_another_one(changes: dict[str, str]) -> None:
    lead = make_lead()
    seen = Seen.of(clean())
    Lead.objects.filter(pk=lead.pk).update(**changes)
    assert Seen.of(clean()) != seen


@pytest.mark.django_db
def test_what_joins_after_the_look_is_not_taken() -> None:
    early = make_lead()
    seen = Seen.of(clean())
    with transaction.atomic():
        held = beforehand.hold(clean(), seen)
        late = make_lead()
        assert decide.approve(held, by=None).moved == 1
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == (S.APPROVED, S.STAGED)


@pytest.mark.usefixtures("own_database")
def test_nobody_changes_a_lead_between_the_look_and_the_decision() -> None:
    lead = make_lead()
    seen = Seen.of(clean())
    refused: list[str] = []

    def change() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
                cursor.execute("UPDATE leads_lead SET city = 'Tampa' WHERE id = %s", [lead.pk])
        except OperationalError as error:
            refused.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        held = beforehand.hold(clean(), seen)
        other = Thread(target=change)
        other.start()
        other.join()
        assert decide.approve(held, by=None).moved == 1
    assert "lock timeout" in refused[0]
    lead.refresh_from_db()
    assert (lead.status, lead.city) == (S.APPROVED, "")


@pytest.mark.django_db
def test_nothing_selected_is_seen_as_nothing() -> None:
    assert Seen.of(Lead.objects.none()) == Seen.of(Lead.objects.filter(pk__in=[])) == Seen(0, 0, 0)


@pytest.mark.parametrize("text", ["", "x", "1.2", "1.2.x", "1.2.3.4"])
def test_what_no_page_has_written_is_nothing_seen(text: str) -> None:
    assert Seen.of_text(text) is None
    assert Seen.of_text(Seen(3, -4, 5).as_text()) == Seen(3, -4, 5)


@pytest.mark.django_db
def test_a_look_at_the_lists_beforehand_changes_no_lead() -> None:
    lead = make_lead(phone_number="7275550123", phone_e164="+17275550123")
    make_dnc_list(17275550123)
    with beforehand.changing_nothing():
        assert not clean().exists()
    lead.refresh_from_db()
    assert (lead.dnc_list, lead.warnings) == (None, [])
