"""What pages show of a sentence, an error or a stored text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from leads.cleaning.reasons import sentence
from leads.sentence import joined, say
from leads.vicidial.errors import NotSent
from leads.words import translated

OFF = say("List %(list_id)s of %(name)s is switched off.", list_id=101, name="east")


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    with override("es"):
        yield


def test_a_sentence_is_put_together_in_the_readers_language() -> None:
    said = translated(OFF)
    assert said != OFF
    assert "101" in said
    assert "east" in said


def test_in_english_it_stays_as_it_is() -> None:
    with override("en"):
        assert translated(OFF) == OFF
        assert translated(str(OFF)) == OFF


def test_an_error_gives_its_sentence() -> None:
    assert translated(ValueError(OFF)) == translated(OFF)
    said = say("%(host)s does not accept connections.", host="east.example")
    assert translated(NotSent(said, "REFUSED")) == translated(said)
    assert translated(ValueError()) == ""


def test_what_was_written_down_in_english_is_told_by_the_catalogue() -> None:
    assert translated(str(OFF)) == translated(OFF)
    assert translated("Another worker is at it.") == translated(say("Another worker is at it."))


def test_sentences_within_and_beside_each_other_are_told() -> None:
    closed = say("%(host)s does not accept connections.", host="east.example")
    last = say(
        "%(run)s calls in a row had no usable answer. The last one: %(sentence)s A probe asks the"
        " dialer again by itself; if this comes back, look at its web server.",
        run=5,
        sentence=closed,
    )
    for said in (last, joined([closed, say("Look at it there.")])):
        assert translated(str(said)) == translated(said)
        assert "does not" not in translated(str(said))


def test_a_finding_is_told_with_its_values_and_its_remedy() -> None:
    for given in ("", "maybe"):
        found = sentence("PHONE_MISSING", "phone_number", given)
        assert translated(str(found)) == translated(found) != str(found)
        assert "phone_number" in translated(found)


@pytest.mark.parametrize("text", ["", "Open", "Owner & tenant", "ERROR: add_lead LEAD NOT FOUND"])
def test_a_value_that_is_no_text_of_ours_stays(text: str) -> None:
    value = say("There is no machine called %(host)s.", host=text)
    assert text in translated(value)
    assert translated("Ann Sample of 12 Main St") == "Ann Sample of 12 Main St"


def test_a_single_word_among_the_values_is_never_translated() -> None:
    # "source" is a word of the catalogue, and the name of somebody's column here.
    said = say('Column "%(header)s" is a second %(field)s and is not used.', header="source",
               field="phone_number")  # fmt: skip
    assert '"source"' in translated(str(said)) or "«source»" in translated(str(said))
