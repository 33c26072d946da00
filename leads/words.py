"""What pages show of a sentence, an error or a stored text: the same in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext, ngettext, trans_real

from leads.sentence import Sentence

_GAP = re.compile(r"%\((\w+)\)s")
# Between two sentences that were written down side by side.
_BETWEEN = re.compile(r'(?<=[.!?:;)]) (?=["“+\w])')
_FEWEST = 5  # letters that a text with gaps must have of its own to be told by them
_REMEMBERED = 4096
_DEEPEST = 4


def translated(said: object) -> str:
    """Return a sentence, an error's sentence or a stored text in the language that is active.

    An error with a Sentence as its first argument gives that one. A text that is no `Sentence` was
    written down in English at its time: it is told by the catalogue's texts, and what is not among
    them (a value, what a dialer answered) is returned as it is.
    """
    if isinstance(said, BaseException):
        first = said.args[0] if said.args else None
        said = first if isinstance(first, Sentence) else str(said)
    if not isinstance(said, Sentence):
        return _recorded(str(said), get_language() or "")
    values = {
        name: translated(value) if isinstance(value, Sentence) else value
        for name, value in said.values.items()
    }
    if said.plural:
        return ngettext(said.template, said.plural, int(str(values["number"]))) % values
    return gettext(said.template) % values if values else gettext(said.template)


class _Known(NamedTuple):
    """A text of the catalogue that has gaps: the longest piece between them, and all of it."""

    longest: str
    whole: re.Pattern[str]
    text: str


@lru_cache(maxsize=_REMEMBERED)
def _recorded(text: str, language: str) -> str:
    return _told(text, language) if text and language else text


def _told(text: str, language: str, depth: int = 0) -> str:
    if (found := gettext(text)) != text or depth > _DEEPEST:
        return found
    for known in _known(language):
        if known.longest in text and (match := known.whole.fullmatch(text)):
            return gettext(known.text) % {
                # A single word is a value, be it one of the catalogue's words.
                name: _told(value, language, depth + 1) if " " in value else value
                for name, value in match.groupdict().items()
            }
    for between in _BETWEEN.finditer(text):
        first, rest = text[: between.start()], text[between.end() :]
        if (said := _told(first, language, _DEEPEST)) != first:
            return f"{said} {_told(rest, language, depth + 1)}"
    return text


@lru_cache
def _known(language: str) -> tuple[_Known, ...]:
    """The catalogue's texts with gaps, those first that have most letters of their own."""
    found = []
    for text in _texts():
        split = _GAP.split(text)
        own, names = [one.replace("%%", "%") for one in split[::2]], split[1::2]
        if names and len(set(names)) == len(names) and sum(map(len, own)) >= _FEWEST:
            gaps = [
                f"(?P={name})" if name in names[:place] else f"(?P<{name}>.*?)"
                for place, name in enumerate(names)
            ]
            pieces = zip(map(re.escape, own), [*gaps, ""], strict=True)
            pattern = re.compile("".join(map("".join, pieces)), re.S)
            longest = max(own, key=len)
            found.append((sum(map(len, own)), _Known(longest, pattern, text)))
    return tuple(known for _, known in sorted(found, key=lambda one: -one[0]))


def _texts() -> Iterator[str]:
    # As Django's own catalogue for scripts reads it; texts with a plural are pairs.
    catalogue: Any = trans_real.catalog()
    texts = (text for text, _meant in catalogue._catalog.items())
    return (text for text in texts if isinstance(text, str) and text)
