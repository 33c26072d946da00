"""Sentences that are written in English and can be read in another language.

The cleaning, the protocol and the push know nothing of Django and of who reads them. They say a
sentence as a text with named gaps and the values for them; it *is* the English text, and keeps
both parts, so that a page can put the same sentence together in its reader's language
(`leads.words.translated`). The catalogue finds the texts by the names `say` and `say_number`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Sentence(str):
    """An English sentence that keeps what it was made of.

    `template` has gaps as `%(name)s`; `values` fills them; a value may be a Sentence itself.
    `plural` is the template for other numbers than one, where `values["number"]` decides.
    """

    template: str
    plural: str
    values: Mapping[str, object]


def _made(text: str, template: str, plural: str, values: Mapping[str, object]) -> Sentence:
    sentence = Sentence(text)
    sentence.template, sentence.plural, sentence.values = template, plural, values
    return sentence


def say(template: str, /, **values: object) -> Sentence:
    """Return the sentence with its gaps `%(name)s` filled; without values `%` stands for itself.

    Raises KeyError where a gap has no value.
    """
    return _made(template % values if values else template, template, "", values)


def say_number(one: str, many: str, /, *, number: int, **values: object) -> Sentence:
    """Return the sentence `one` for the number 1, else `many`; `number` fills a gap as well."""
    values["number"] = number
    return _made((one if number == 1 else many) % values, one, many, values)


def joined(parts: Iterable[str], between: str = " ") -> Sentence:
    """Return the sentences, those that are not empty, as one."""
    values = {f"part{number}": part for number, part in enumerate(filter(None, parts))}
    template = between.replace("%", "%%").join(f"%({name})s" for name in values)
    return _made(template % values, template, "", values)
