"""The Spanish catalogue: complete, true to the code, compiled, and on the pages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

import leads
from leads.models import LeadStatus
from tests.factories import (
    make_attempt,
    make_batch,
    make_dialer,
    make_dnc_list,
    make_import,
    make_lead,
    make_user,
)

FOLDER = Path(leads.__file__).parent / "locale"
TEXTS = FOLDER / "es" / "LC_MESSAGES" / "django.po"
GAP = re.compile(r"%\(\w+\)[sd]|%%|%[sd]")
OPEN, SHUT = "⟦", "⟧"


def entries() -> Iterator[polib.POEntry]:
    return (entry for entry in polib.pofile(str(TEXTS)) if not entry.obsolete)


def ways(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """The English texts of an entry beside what each becomes."""
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
        return
    for form, text in entry.msgstr_plural.items():
        yield (entry.msgid if form == 0 else entry.msgid_plural), text


def test_every_text_has_a_spanish_one() -> None:
    missing = [e.msgid for e in entries() if e.fuzzy or not all(text for _, text in ways(e))]
    assert missing == []


def test_spanish_texts_have_the_same_gaps_edges_and_tags() -> None:
    wrong = []
    for entry in entries():
        for english, spanish in ways(entry):
            tags = [sorted(re.findall(r"</?\w+", text)) for text in (english, spanish)]
            gaps = [set(GAP.findall(text)) for text in (english, spanish)]
            edges = [(text[:1].isspace(), text[-1:].isspace()) for text in (english, spanish)]
            if any(one != other for one, other in (tags, gaps, edges)):
                wrong.append(entry.msgid)
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_texts() -> None:
    compiled = {e.msgid: (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(TEXTS)[:-2] + "mo")}
    texts = {e.msgid: (e.msgstr, e.msgstr_plural) for e in entries()}
    assert compiled == texts


def test_the_catalogue_has_what_the_code_says_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("xgettext"):
        # On the machine that decides, it has to be there.
        assert not os.environ.get("PORTAL_REQUIRE_BROWSER"), "gettext is not installed"
        pytest.skip("gettext is not installed: the package gettext has it")
    # It writes into the catalogues that it finds below the folder it is called in.
    for name in ("leads", "portal", "templates"):
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name)
    copied = tmp_path / "leads" / "locale"
    monkeypatch.chdir(tmp_path)
    with override_settings(LOCALE_PATHS=[copied]):
        call_command("makemessages", locale=["es"], verbosity=0)
    now = polib.pofile(str(copied / "es" / "LC_MESSAGES" / "django.po"))
    assert {e.msgid for e in now if not e.obsolete} == {e.msgid for e in entries()}


class Said(HTMLParser):
    """What a page says to its reader, in texts and in attributes."""

    ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-label")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.unsaid = 0  # scripts, styles and the names of icons

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style") or "material-symbols" in (given.get("class") or ""):
            self.unsaid += 1
        self.found += [given[name] or "" for name in self.ATTRIBUTES if name in given]

    def handle_endtag(self, tag: str) -> None:
        if self.unsaid:
            self.unsaid -= 1

    def handle_data(self, data: str) -> None:
        if not self.unsaid:
            self.found.append(data)


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[None]:
    """A Spanish in which each text is the English one in brackets: what stands outside of them is
    no text of the catalogue."""
    texts = polib.pofile(str(TEXTS))
    for entry in texts:
        if entry.msgid_plural:
            forms = enumerate([entry.msgid, entry.msgid_plural, entry.msgid_plural])
            entry.msgstr_plural = {form: f"{OPEN}{text}{SHUT}" for form, text in forms}
        else:
            entry.msgstr = f"{OPEN}{entry.msgid}{SHUT}"
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    texts.save_as_mofile(str(folder / "django.mo"))
    with override_settings(LOCALE_PATHS=[tmp_path]):
        yield


def outside(text: str) -> str:
    """What of a text stands in no brackets."""
    while (inner := re.sub(rf"{OPEN}[^{OPEN}{SHUT}]*{SHUT}", "", text)) != text:
        text = inner
    return text


# English words that no page says but by a text of ours; none of them is a value of the data here.
ENGLISH = re.compile(
    r"\b(the|of|and|with|for|from|by|is|are|was|were|not|this|that|all|has|have|been|its|on)\b",
    re.IGNORECASE,
)
PAGES = [
    "admin:index",
    "admin:leads_desk",
    "admin:leads_sources_report",
    "admin:leads_import_add",
    "admin:leads_dnclist_number",
    "admin:leads_duplicatepolicy_add",
    *(f"admin:leads_{name}_changelist" for name in (
        "lead", "pushattempt", "import", "pushbatch", "source", "dialer", "dnclist",
        "duplicatepolicy", "export",
    )),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("role", ["Reviewer", "Admin", "Auditor"])
def test_pages_say_nothing_that_is_not_in_the_catalogue(role: str) -> None:
    run = make_import()
    dialer = make_dialer()
    batch = make_batch()
    make_dnc_list("+17275550123")
    statuses = [make_lead(status, import_run=run) for status in LeadStatus]
    attempt = make_attempt(statuses[-2], sealed_at=timezone.now(), outcome="added")
    objects = [run, dialer, batch, run.lead_source, attempt, *statuses]
    client = Client(headers={"accept-language": "es"})
    client.force_login(make_user(role))
    addresses = [reverse(name) for name in PAGES] + [
        reverse(f"admin:leads_{one._meta.model_name}_change", args=[one.pk]) for one in objects
    ]
    left = set()
    for address in addresses:
        page = client.get(address)
        if page.status_code in (302, 403):  # what the role may not see
            continue
        assert page.status_code == 200, address
        said = Said()
        said.feed(page.content.decode())
        # Together: a text may have tags in it.
        texts = outside("\n".join(said.found)).splitlines()
        left |= {(address, text.strip()) for text in texts if ENGLISH.search(text)}
    assert not left, "\n".join(f"{page}: {text}" for page, text in sorted(left))


@pytest.mark.django_db
def test_who_asks_for_spanish_gets_it_and_can_choose_english() -> None:
    client = Client(headers={"accept-language": "es-MX,es;q=0.9"})
    client.force_login(make_user("Reviewer"))
    home = reverse("admin:index")
    page = client.get(home).content.decode()
    assert '<html lang="es"' in page
    assert "Importaciones" in page
    answer = client.post(reverse("set_language"), {"language": "en", "next": home})
    assert answer.status_code == 302
    page = client.get(home).content.decode()
    assert '<html lang="en' in page
    assert "Importaciones" not in page
