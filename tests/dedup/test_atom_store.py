"""What is kept of known leads says the same as their rows, whatever became of them since."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.db import connection

from leads.dedup import atom_store, binary, read
from leads.dedup.glance import seen_of
from leads.dedup.likely import match_again, match_import
from leads.intake import take_back
from leads.models import Lead, LeadStatus, MatchAtoms, MatchKeys, Pair
from leads.review.correct import correct
from tests.dedup.people import BOB, ROBERT, STRANGER, imported, matched, pairs
from tests.factories import make_lead, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is asked of however few leads."""
    monkeypatch.setattr(atom_store, "_WORTH", 0)


def kept(*leads: Lead) -> dict[int, np.void]:
    """What is kept of these leads, by id."""
    ids = np.array([lead.pk for lead in leads])
    found = {}
    for span in atom_store.spans(ids):
        some = atom_store.known(binary.raw(), span)
        (places,) = np.nonzero(some.there)
        found |= dict(zip((places + some.first).tolist(), some.seen[places], strict=True))
    return found


def of_rows(*leads: Lead) -> dict[int, np.void]:
    """What a glance sees of these leads as they are, by id."""
    batch = read.of_ids([lead.pk for lead in leads])
    return dict(zip(batch.ids.tolist(), seen_of(batch.atoms), strict=True))


@pytest.mark.usefixtures("always")
def test_what_is_kept_is_what_the_rows_say() -> None:
    _, leads = matched(ROBERT, STRANGER)
    _, more = matched(BOB)
    assert kept(*leads, *more) == of_rows(*leads, *more)


@pytest.mark.usefixtures("always")
def test_what_is_kept_of_some_leads_is_that_of_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    # A chunk of two ids: leads are of several, with others between them.
    monkeypatch.setattr(atom_store, "_CHUNK_BITS", 1)
    monkeypatch.setattr(atom_store, "_SPAN_BITS", 3)
    leads = []
    for number in range(12):
        _, (lead,) = matched(STRANGER | {"first_name": chr(ord("a") + number) * 3})
        leads.append(lead)
        make_lead()
    assert kept(*leads) == of_rows(*leads)
    asked = leads[::5]
    found, rows = kept(*asked), of_rows(*leads)
    assert {lead.pk for lead in asked} <= found.keys()
    assert found == {pk: rows[pk] for pk in found}


def test_of_many_leads_asked_for_only_spans_with_few_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(atom_store, "_CHUNK_BITS", 2)
    monkeypatch.setattr(atom_store, "_SPAN_BITS", 4)
    monkeypatch.setattr(atom_store, "_WORTH", 3)
    # Two chunks with six ids, one with two, one with a lead of three pairs.
    ids = [16, 17, 19, 20, 20, 23, 33, 34, 64, 64, 64]
    assert atom_store.spans(np.array(ids)) == [(16, [4, 5]), (64, [16])]
    assert atom_store.spans(np.array([], dtype=np.int64)) == []


@pytest.mark.usefixtures("always")
def test_of_a_corrected_lead_the_new_data_are_kept() -> None:
    _, (stranger,) = matched(STRANGER)
    before = kept(stranger)[stranger.pk]["first"]
    correct(
        stranger,
        {name: str(value) for name, value in BOB.items()},
        by=make_user("Reviewer"),
    )
    match_again()
    found = kept(stranger)
    assert found[stranger.pk]["first"] != before
    assert found == of_rows(stranger)
    _, (robert,) = matched(ROBERT)
    assert (robert.pk, stranger.pk) in pairs()


def test_few_leads_are_read_row_by_row() -> None:
    _, leads = matched(ROBERT, STRANGER)
    assert atom_store.spans(np.array([lead.pk for lead in leads])) == []


def with_phones(*people: dict[str, Any], first: int = 0) -> list[dict[str, Any]]:
    """The same people, each with a number that says nothing of the others."""
    return [
        one
        | {"phone_e164": f"+{1201 + 101 * (first + place)}5550{100 + 37 * (first + place) % 100}"}
        for place, one in enumerate(people)
    ]


def test_the_same_pairs_are_found_with_what_is_kept_and_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for worth in (0, 100):
        monkeypatch.setattr(atom_store, "_WORTH", worth)
        _, known = matched(*with_phones(ROBERT, STRANGER))
        ann = ROBERT | {"first_name": "Ann", "email": ""}
        _, new = matched(*with_phones(BOB, ann, STRANGER, first=3))
        place = {lead.pk: number for number, lead in enumerate([*known, *new])}
        found.append(
            {
                (place[pair.lead_id], place[pair.other_id], pair.score, pair.kind)
                for pair in Pair.objects.all()
            }
        )
        # The second time nothing of the first is known.
        Pair.objects.all().delete()
        MatchKeys.objects.all().delete()
        MatchAtoms.objects.all().delete()
    assert found[0] == found[1]
    assert {(one, other) for one, other, *_ in found[0]} == {(2, 0), (4, 1)}


@pytest.mark.usefixtures("always")
def test_a_lead_that_takes_no_part_any_more_is_in_no_pair() -> None:
    _, (robert,) = matched(ROBERT)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE leads_lead DISABLE TRIGGER USER")
        Lead.objects.filter(pk=robert.pk).update(
            status=LeadStatus.INVALID, reasons=["PHONE_LENGTH"]
        )
        cursor.execute("ALTER TABLE leads_lead ENABLE TRIGGER USER")
    matched(BOB)
    assert pairs() == set()


@pytest.mark.usefixtures("always")
def test_leads_matched_before_anything_was_kept_are_read() -> None:
    _, (robert,) = matched(ROBERT)
    MatchAtoms.objects.all().delete()
    _, (bob,) = matched(BOB)
    assert pairs() == {(bob.pk, robert.pk)}


@pytest.mark.usefixtures("always")
def test_what_an_earlier_version_kept_is_not_misread() -> None:
    _, (robert,) = matched(ROBERT)
    MatchAtoms.objects.update(atoms=b"x" * 88)
    _, (bob,) = matched(BOB)
    assert pairs() == {(bob.pk, robert.pk)}


def test_an_import_that_is_undone_takes_its_parts_along() -> None:
    run, _ = imported(ROBERT)
    match_import(run.pk)
    matched(STRANGER)
    take_back.ask(run, by=make_user("Reviewer"))
    take_back.undo(run.pk)
    assert MatchAtoms.objects.count() == 1
