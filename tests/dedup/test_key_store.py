"""The keys that are kept stay true: of leads that go, that are corrected, that come in handfuls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from leads.dedup import binary, key_store
from leads.dedup.key_store import Sorted
from leads.dedup.likely import match_again, match_import, rekey, to_match_again
from leads.intake import take_back
from leads.models import Lead, LeadStatus, MatchAgain, MatchKeys, Pair, PairState
from leads.review.correct import correct
from tests.dedup.people import BOB, ROBERT, STRANGER, imported, matched, pairs
from tests.factories import make_user


def leads_with_keys() -> set[int]:
    """The leads of which a key is kept."""
    kept: set[int] = set()
    for first, leads in MatchKeys.objects.values_list("first_lead", "leads"):
        kept |= set((np.frombuffer(leads, "<u4") + np.int64(first)).tolist())
    return kept


@pytest.mark.django_db
def test_an_import_that_is_undone_takes_its_keys_along() -> None:
    run, (robert,) = imported(ROBERT)
    match_import(run.pk)
    _, (bob,) = matched(BOB)
    assert leads_with_keys() == {robert.pk, bob.pk}
    take_back.ask(run, by=make_user("Reviewer"))
    assert take_back.undo(run.pk) == 1
    assert leads_with_keys() == {bob.pk}
    assert pairs() == set()


@pytest.mark.django_db
def test_keys_put_together_with_those_of_others_go_as_well() -> None:
    runs = []
    for number in range(10):
        run, leads = imported(ROBERT | {"email": f"r{number}@example.com"})
        match_import(run.pk)
        runs.append((run, leads[0]))
    assert MatchKeys.objects.filter(import_run_id=None).exists()
    run, gone = runs[3]
    take_back.ask(run, by=make_user("Reviewer"))
    take_back.undo(run.pk)
    assert leads_with_keys() == {lead.pk for _, lead in runs} - {gone.pk}


@pytest.mark.django_db
def test_keys_of_many_small_imports_are_put_together_and_still_found() -> None:
    first, leads = matched(ROBERT)
    one = MatchKeys.objects.count()
    for number in range(20):
        matched(STRANGER | {"address1": f"{number} Oak Court", "email": ""})
    matched(*[ROBERT | {"first_name": "Ann", "email": f"a{n}@example.com"} for n in range(2)])
    of_a_kind = MatchKeys.objects.filter(kind=0).count()
    assert MatchKeys.objects.count() < 22 * one
    assert of_a_kind <= 23
    Pair.objects.all().delete()
    _, (bob,) = matched(BOB)
    assert (bob.pk, leads[0].pk) in pairs()
    assert first.written == 0


@pytest.mark.django_db
def test_a_corrected_lead_is_compared_by_its_new_data() -> None:
    _, (robert,) = matched(ROBERT)
    _, (stranger,) = matched(STRANGER)
    by = make_user("Reviewer")
    correct(stranger, {name: str(value) for name, value in BOB.items()}, by=by)
    assert to_match_again()
    assert pairs() == set()
    assert match_again().duplicates == 1
    assert pairs() == {(stranger.pk, robert.pk)}
    assert not to_match_again()
    _, (later,) = matched(BOB | {"address1": "1 New Street"})
    assert {(later.pk, robert.pk), (later.pk, stranger.pk)} <= pairs()


@pytest.mark.django_db
def test_an_older_lead_that_is_corrected_is_still_the_older_one() -> None:
    _, (stranger,) = matched(STRANGER)
    _, (robert,) = matched(ROBERT)
    Lead.objects.filter(pk=stranger.pk).update(**BOB)
    rekey([stranger.pk])
    match_again()
    assert pairs() == {(robert.pk, stranger.pk)}


@pytest.mark.django_db
def test_what_was_open_about_a_corrected_lead_and_holds_no_more_goes() -> None:
    _, (robert,) = matched(ROBERT)
    _, (bob,) = matched(BOB)
    _, (bobby,) = matched(BOB | {"first_name": "Bobby"})
    decided = Pair.objects.filter(lead=bobby, other=robert)
    decided.update(state=PairState.SAME, decided_at=timezone.now())
    Lead.objects.filter(pk=robert.pk).update(**STRANGER)
    rekey(Lead.objects.filter(pk=robert.pk))
    match_again()
    assert pairs() == {(bobby.pk, bob.pk), (bobby.pk, robert.pk)}


@pytest.mark.django_db
def test_an_invalid_lead_that_is_corrected_takes_part() -> None:
    _, (robert,) = matched(ROBERT)
    invalid = BOB | {"status": LeadStatus.INVALID, "reasons": ["PHONE_LENGTH"]}
    _, (bob,) = matched(invalid)
    assert pairs() == set()
    correct(bob, {"phone_number": "2015550198"}, by=make_user("Reviewer"))
    match_again()
    assert pairs() == {(bob.pk, robert.pk)}


@pytest.mark.django_db
def test_leads_asked_for_that_are_gone_do_no_harm() -> None:
    rekey([1, 2**40])
    found = match_again()
    assert (found.written, MatchAgain.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_asking_twice_compares_once() -> None:
    _, (robert,) = matched(ROBERT)
    rekey([robert.pk])
    rekey([robert.pk])
    assert MatchAgain.objects.count() == 1


@pytest.mark.usefixtures("own_database")
def test_of_two_imports_matched_at_once_the_pair_between_them_is_found_once() -> None:
    first, (robert, *_) = imported(ROBERT, *[STRANGER] * 3)
    second, (bob, *_) = imported(BOB, *[STRANGER] * 3)
    start = Barrier(3)

    def match(import_id: int) -> int:
        try:
            start.wait()
            return match_import(import_id).written
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        written = [pool.submit(match, run.pk) for run in (first, second, second)]
        counts = [one.result() for one in written]
    # Six strangers are fifteen pairs.
    assert (sum(counts), Pair.objects.count()) == (16, 16)
    assert (bob.pk, robert.pk) in pairs()


@pytest.mark.django_db
def test_all_leads_that_have_a_key_asked_for_are_found_and_no_others() -> None:
    chance = np.random.default_rng(11)
    # Buckets with many keys, with few, and with none; keys of several leads, also of several rows.
    some = chance.integers(1, 1 << 40, 3000, dtype=np.uint64)
    near = (np.uint64(7) << np.uint64(32)) + chance.integers(0, 50, 200, dtype=np.uint64)
    kept = np.sort(np.concatenate([some, some[:900], near]))
    leads = chance.integers(1, 1 << 31, len(kept))
    for part in (slice(0, None, 2), slice(1, None, 2)):
        key_store.add(binary.raw(), 3, Sorted(kept[part], leads[part]), None)
    key_store.add(binary.raw(), 4, Sorted(kept, leads + 1), None)
    asked = np.unique(np.concatenate([some[::3], near[:40], some[1::3] + np.uint64(1)]))
    places, found = key_store.known(binary.raw(), 3, asked)
    told = sorted(zip(asked[places].tolist(), found.tolist(), strict=True))
    wanted = set(asked.tolist())
    pairs = zip(kept.tolist(), leads.tolist(), strict=True)
    assert told == sorted(pair for pair in pairs if pair[0] in wanted)
    assert len(told) > 1200


@pytest.mark.django_db
def test_of_no_keys_none_is_found() -> None:
    matched(ROBERT)
    places, leads = key_store.known(binary.raw(), 0, np.empty(0, np.uint64))
    assert (places.tolist(), leads.tolist()) == ([], [])
