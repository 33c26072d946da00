"""What pages show of a sentence, an error or a stored code: its text in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext

from leads.sentence import Sentence


def translated(said: object) -> str:
    """Return a sentence, or an error's sentence, in the language that is active.

    A text that is no `Sentence` (a value, what a dialer answered, what was written down at the
    time) is returned as it is. An error with a Sentence as its first argument gives that one.
    """
    if isinstance(said, BaseException):
        first = said.args[0] if said.args else None
        said = first if isinstance(first, Sentence) else str(said)
    if not isinstance(said, Sentence):
        return str(said)
    values = {
        name: translated(value) if isinstance(value, Sentence) else value
        for name, value in said.values.items()
    }
    if said.plural:
        return ngettext(said.template, said.plural, int(str(values["number"]))) % values
    return gettext(said.template) % values if values else gettext(said.template)
