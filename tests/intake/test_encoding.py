"""Names keep their accents, whoever wrote the file: a program of twenty years or of this one."""

from __future__ import annotations

import random

import pytest

from leads.intake.encoding import ENCODINGS
from leads.intake.sniff import sniff

WESTERN = "José Muñoz Peña María Ángel Jörg Müller Weiß François Hélène João Conceição Zoë O’Neill"
POLISH = "Łukasz Wójcik Świątek Żółć Kowalczyk Dąbrowski Zieliński"
RUSSIAN = "Иван Петров Мария Сидорова Ольга Кузнецов Москва"
GREEK = "Γιώργος Παπαδόπουλος Μαρία Ελένη Αθήνα Νίκος"
JAPANESE = "田中 太郎 鈴木 花子 東京 佐藤"
CHINESE = "王伟 李娜 北京 张敏 上海 刘洋"
KOREAN = "김민수 이영희 서울 박지성 부산"


def table(names: str, share: float) -> str:
    """300 rows, of which this share has a name out of `names`."""
    chance = random.Random(5)
    rows = ["phone,first name,city"]
    for number in range(300):
        first = chance.choice(names.split()) if chance.random() < share else "Ann"
        rows.append(f"727555{number:04d},{first},Tampa")
    return "\r\n".join(rows)


@pytest.mark.parametrize("share", [1.0, 0.1])
@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (WESTERN, "cp1252"),
        (WESTERN, "mac_roman"),
        (WESTERN.replace("’", "'"), "cp850"),
        (WESTERN.replace("’", "'"), "utf-16-le"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859_2"),
        (POLISH, "cp852"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "utf-16-le"),
        (GREEK, "cp1253"),
        (JAPANESE, "cp932"),
        (JAPANESE, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        (KOREAN, "cp949"),
    ],
)
def test_the_words_tell_the_encoding(names: str, encoding: str, share: float) -> None:
    text = table(names, share)
    layout = sniff(text.encode(encoding))
    assert text.encode(encoding).decode(layout.encoding) == text
    assert layout.encoding in ENCODINGS


def test_every_encoding_that_can_be_chosen_is_one() -> None:
    assert all("a;ñ".encode(name, "replace").decode(name)[:2] == "a;" for name in ENCODINGS)


@pytest.mark.parametrize(
    "names", ["Muñoz", "Zoë", "Weiß", "JOSÉ", "Éva", "“Red” Lee", "5 €", "½", "a “b”, c", "¿Ann?"]
)
def test_one_word_beyond_ascii_is_western(names: str) -> None:
    content = f"phone,first name\n7275550100,{names}\n7275550101,Ann\n"
    assert sniff(content.encode("cp1252")).encoding == "cp1252"
