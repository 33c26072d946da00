"""The keys that are kept stay true: of leads that go, that are corrected, that come in handfuls."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier

import numpy as np
import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone

from leads.dedup import binary, key_store
from leads.dedup.key_store import Sorted
from leads.dedup.keys import KEY_BITS
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
    some = chance.integers(1, 1 << KEY_BITS, 3000, dtype=np.uint64)
    near = (np.uint64(7) << np.uint64(32)) + chance.integers(0, 50, 200, dtype=np.uint64)
    kept = np.sort(np.concatenate([some, some[:900], near]))
    leads = chance.integers(1, 1 << 31, len(kept))
    for part in (slice(0, None, 2), slice(1, None, 2)):
        key_store.add(binary.raw(), 3, Sorted(kept[part], leads[part]), None)
    key_store.add(binary.raw(), 4, Sorted(kept, leads + 1), None)
    asked = np.unique(np.concatenate([some[::3], near[:40], some[1::3] + np.uint64(1)]))
    places, found = key_store.known(key_store.read(binary.raw(), 3, asked), asked)
    told = sorted(zip(asked[places].tolist(), found.tolist(), strict=True))
    wanted = set(asked.tolist())
    pairs = zip(kept.tolist(), leads.tolist(), strict=True)
    assert told == sorted(pair for pair in pairs if pair[0] in wanted)
    assert len(told) > 1200


@pytest.mark.django_db
def test_of_no_keys_none_is_found() -> None:
    matched(ROBERT)
    none = np.empty(0, np.uint64)
    places, leads = key_store.known(key_store.read(binary.raw(), 0, none), none)
    assert (places.tolist(), leads.tolist()) == ([], [])


@pytest.mark.parametrize("most", [1, 2, 6])
def test_of_a_key_that_is_too_common_one_more_than_tells_it_is_kept(most: int) -> None:
    keys = np.repeat(np.array([5, 8, 9, 30], dtype=np.uint64), [1, 9, most, most + 1])
    kept = key_store.at_most(most, Sorted(keys, np.arange(len(keys))))
    counts = dict(zip(*np.unique(kept.keys, return_counts=True), strict=True))
    assert counts == {5: 1, 8: most + 1, 9: most, 30: most + 1}
    # The first of each, that is the oldest.
    assert kept.leads.tolist()[1 : most + 2] == list(range(1, most + 2))


def test_of_no_keys_none_is_kept() -> None:
    assert (
        len(key_store.at_most(6, Sorted(np.empty(0, np.uint64), np.empty(0, np.int64))).keys) == 0
    )


@pytest.mark.django_db
def test_keys_kept_in_the_former_way_are_found_after_the_migration() -> None:
    chance = np.random.default_rng(5)
    long = np.sort(chance.integers(1, 1 << 40, 5000, dtype=np.uint64))
    long[:2] = 1, 2
    leads = chance.integers(1, 1 << 20, len(long)) + 2**33
    runs = chance.integers(0, 3, len(long))
    buckets = long >> np.uint64(32)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE leads_matchkeys DROP CONSTRAINT match_keys_buckets")
    MatchKeys.objects.bulk_create(
        MatchKeys(
            import_run_id=run or None,
            kind=4,
            bucket=bucket,
            number=len(places),
            first_lead=leads[places].min(),
            last_lead=leads[places].max(),
            keys=long[places].astype("<u4").tobytes(),
            leads=(leads[places] - leads[places].min()).astype("<u4").tobytes(),
        )
        for run in range(3)
        for bucket in range(256)
        if len(places := np.nonzero((runs == run) & (buckets == bucket))[0])
    )
    migration = import_module("leads.migrations.0039_match_keys_in_fewer_rows")
    with connection.schema_editor() as editor:
        migration.shorten(apps, editor)
    asked = np.unique(np.maximum(long >> np.uint64(2), np.uint64(1)))
    places, found = key_store.known(key_store.read(binary.raw(), 4, asked), asked)
    told = sorted(zip(asked[places].tolist(), found.tolist(), strict=True))
    now = np.maximum(long >> np.uint64(2), np.uint64(1))
    assert told == sorted(zip(now.tolist(), leads.tolist(), strict=True))
    rows = MatchKeys.objects.filter(import_run_id=2)
    assert sum(rows.values_list("number", flat=True)) == (runs == 2).sum()
    for row in MatchKeys.objects.all():
        keys = np.frombuffer(row.keys, "<u4")
        assert (keys[1:] >= keys[:-1]).all()
        ids = np.frombuffer(row.leads, "<u4") + np.int64(row.first_lead)
        assert row.first_lead == ids.min()
        assert row.last_lead == ids.max()


@pytest.mark.django_db
def test_back_before_the_migration_all_that_was_compared_is_compared_again() -> None:
    _, (robert,) = matched(ROBERT)
    migration = import_module("leads.migrations.0039_match_keys_in_fewer_rows")
    with connection.schema_editor() as editor:
        migration.start_again(apps, editor)
    assert not MatchKeys.objects.exists()
    assert to_match_again()
    match_again()
    assert leads_with_keys() == {robert.pk}
    _, (bob,) = matched(BOB)
    assert (bob.pk, robert.pk) in pairs()


@pytest.mark.django_db
def test_keys_of_more_buckets_than_there_are_cannot_be_kept() -> None:
    with pytest.raises(IntegrityError, match="match_keys_buckets"):
        MatchKeys.objects.create(
            kind=0, bucket=key_store.BUCKETS, number=0, first_lead=1, last_lead=1
        )


@pytest.mark.django_db
def test_a_lead_with_one_number_twice_counts_once() -> None:
    """30 leads may share a number before it says nothing."""
    phone = {"phone_e164": "+18135550123"}
    matched(*[STRANGER | phone | {"alt_phone": "8135550123"} for _ in range(29)])
    assert Pair.objects.exists()
    Pair.objects.all().delete()
    found, _ = matched(ROBERT | phone)
    assert found.too_common["same phone"] == 0
    assert len(pairs()) == 29
