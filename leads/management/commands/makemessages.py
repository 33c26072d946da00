"""Django's makemessages, which also finds what sentences are made of here.

    python manage.py makemessages -l es

Besides the usual names it knows `say` and `say_number` (`leads.sentence`), and it adds the texts
that stand in tables: reasons, remedies, kinds of files, and the names of models and fields.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import unfold
from django.apps import apps
from django.core.management.base import CommandParser
from django.core.management.commands import makemessages
from django.utils.translation import override

from leads.admin.lead_filters import as_words
from leads.cleaning.reasons import REASONS as FINDINGS
from leads.dedup.keys import RULES
from leads.dedup.pairs import BY_HAND, HANDED_OVER
from leads.dedup.score import SAYS
from leads.field_names import helps, made_names
from leads.intake import sniff
from leads.vicidial.doctor import NAMES as DOCTOR
from leads.vicidial.reasons import REASONS as REFUSALS
from leads.vicidial.releases import RELEASES

SAID_BY_THEME = {
    ".html": re.compile(r"""(?:{%\s*trans(?:late)?\s+|_\()(?P<mark>["'])(.+?)(?P=mark)"""),
    ".py": re.compile(r"""_\(\s*(?P<mark>")([^"]+)"\s*\)"""),
}
# Modules of models that no page shows.
INTERNAL = {"history", "match_key", "tally"}
NOT_SHOWN = ("tests", "benchmarks", "docs", ".venv", ".demo", "build")


class Command(makemessages.Command):
    xgettext_options = [
        *makemessages.Command.xgettext_options,
        "--keyword=say:1",
        "--keyword=say_number:1,2",
    ]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        # Without lines and wraps: a changed line of code changes no line of the catalogue.
        parser.set_defaults(no_location=True, no_wrap=True, ignore_patterns=list(NOT_SHOWN))

    def process_files(self, file_list: list[Any]) -> None:
        super().process_files(file_list)
        for folder in self.locale_paths:
            makemessages.write_pot_file(
                str(Path(folder) / f"{self.domain}.pot"), as_messages(texts_of_tables())
            )


def texts_of_tables() -> Iterator[str]:
    """The texts that pages show and that no call names in the code."""
    for finding in FINDINGS.values():
        yield from (finding.sentence, finding.remedy, as_words(finding.code))
    for refusal in REFUSALS.values():
        yield from (refusal.sentence, refusal.advice, as_words(refusal.code))
    kinds = Path(sniff.__file__).with_name("looks_like.csv").read_text(encoding="utf-8")
    for kind in csv.DictReader(kinds.splitlines()):
        yield from (kind["what"], kind["remedy"])
    for table in ("means", "rights"):
        yield from RELEASES[table].values()
    for levels in SAYS.values():
        yield from levels.values()
    yield from (*RULES, BY_HAND, HANDED_OVER, *DOCTOR)
    yield from texts_of_theme()
    models = apps.get_app_config("leads").get_models()
    shown = [one for one in models if one.__module__.rpartition(".")[2] not in INTERNAL]
    yield from (name for _owner, _attribute, name in made_names(shown))
    with override(None):
        yield from [str(text) for _field, text in helps(shown)]


def texts_of_theme() -> Iterator[str]:
    """What the theme (django-unfold) says: it has no catalogue of its own."""
    theme = Path(unfold.__file__).parent
    for path in sorted(theme.rglob("*")):
        used = "contrib" not in path.parts or "filters" in path.parts
        if used and (said := SAID_BY_THEME.get(path.suffix)):
            yield from (one[2] for one in said.finditer(path.read_text(encoding="utf-8")))


def as_messages(texts: Iterable[str]) -> str:
    """The texts as a catalogue's entries without a translation."""
    quoted = (
        text.replace("\\", "\\\\").replace('"', '\\"') for text in dict.fromkeys(texts) if text
    )
    return "".join(
        f'\n#{", python-format" if "%(" in text else ""}\nmsgid "{text}"\nmsgstr ""\n'.replace(
            "\n#\n", "\n"
        )
        for text in quoted
    )
