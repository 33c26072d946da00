"""Names, folded and taken apart."""

from __future__ import annotations

import pytest

from leads.dedup.emails import fold_emails, normal_email
from leads.dedup.names import are_nicknames, are_parts, are_variants, fold, take_suffix


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        ("José-Luis", "jose luis"),
        ("O'Brien", "obrien"),
        ("  St.  John ", "st john"),
        ("MÜLLER", "muller"),
        ("Łukasz", "lukasz"),
        ("", ""),
        ("李", "li"),
    ],
)
def test_a_folded_name_has_only_letters(given: str, folded: str) -> None:
    assert fold(given).strip() == folded


def test_many_are_folded_at_once_as_each_alone() -> None:
    names = ["Ann", "", " Zoë  Lee ", "O'Neil", "-", "de la Cruz"]
    assert fold("\n".join(names)).split("\n") == [fold(name) for name in names]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("garcia jr", ("garcia", "jr")),
        ("garcia senior", ("garcia", "sr")),
        ("king iii", ("king", "iii")),
        ("jr", ("jr", "")),
        ("garcia lopez", ("garcia lopez", "")),
    ],
)
def test_the_suffix_of_a_generation_is_no_part_of_the_name(
    name: str, taken: tuple[str, str]
) -> None:
    assert take_suffix(name) == taken


@pytest.mark.parametrize(
    ("one", "other"), [("robert", "bob"), ("bob", "rob"), ("elizabeth", "liz"), ("william", "bill")]
)
def test_nicknames_stand_for_each_other_both_ways(one: str, other: str) -> None:
    assert are_nicknames(one, other)
    assert are_nicknames(other, one)


def test_names_that_share_a_nickname_are_still_two() -> None:
    assert not are_nicknames("albert", "alan")


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        ("garcia lopez", "garcia", True),
        ("mary ann", "maryann", True),
        ("maria j", "maria jose", True),
        ("garcia lopez", "lopez garcia", True),
        ("garcia lopez", "garcia smith", False),
        ("garcia", "lopez", False),
    ],
)
def test_a_part_of_a_compound_name_is_known(one: str, other: str, parts: bool) -> None:
    assert are_parts(one, other) is parts
    assert are_parts(other, one) is parts


def test_an_initial_stands_for_a_name() -> None:
    assert are_variants("r", "robert")
    assert not are_variants("s", "robert")


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("Ann.Lee+shop@GMAIL.com", "annlee@gmail.com"),
        ("ann.lee+shop@outlook.com", "ann.lee@outlook.com"),
        ("ann.lee+shop@example.com", "ann.lee+shop@example.com"),
        ("a.n.n@yahoo.com", "a.n.n@yahoo.com"),
        ("no address", ""),
        ("@gmail.com", ""),
        ("+@gmail.com", ""),
        ("", ""),
    ],
)
def test_dots_and_tags_go_only_where_the_provider_ignores_them(given: str, normal: str) -> None:
    assert normal_email(given) == normal
    assert fold_emails(f"{given}\n") == f"{normal}\n"
