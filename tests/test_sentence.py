"""Sentences that keep what they are made of."""

from __future__ import annotations

import pickle

import pytest

from leads.sentence import Sentence, joined, say, say_number


def test_a_sentence_is_its_english_text() -> None:
    said = say("List %(list)s of %(dialer)s is off.", list=101, dialer="east")
    assert said == "List 101 of east is off."
    assert isinstance(said, str)
    assert (said.template, dict(said.values)) == (
        "List %(list)s of %(dialer)s is off.",
        {"list": 101, "dialer": "east"},
    )


def test_without_values_a_per_cent_sign_stands_for_itself() -> None:
    assert say("100 % sure") == "100 % sure"


def test_a_gap_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("List %(list)s", dialer="east")


@pytest.mark.parametrize(("number", "text"), [(1, "1 lead"), (0, "0 leads"), (2, "2 leads")])
def test_a_number_chooses_the_form(number: int, text: str) -> None:
    assert say_number("%(number)s lead", "%(number)s leads", number=number) == text


def test_sentences_side_by_side_leave_the_empty_ones_out() -> None:
    assert joined(
        [say("One."), "", say("50 % of %(name)s.".replace("50 %", "50 %%"), name="x")]
    ) == ("One. 50 % of x.")
    assert joined(["a", "b"], "; 100 % ") == "a; 100 % b"
    assert joined([]) == ""


def test_what_a_sentence_is_made_of_survives_the_way_between_processes() -> None:
    said = pickle.loads(pickle.dumps(say("List %(list)s", list=101)))  # noqa: S301
    assert isinstance(said, Sentence)
    assert (said, said.template, dict(said.values)) == ("List 101", "List %(list)s", {"list": 101})
