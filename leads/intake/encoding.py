"""In which encoding a text is written.

A byte order mark says it, or the NULs of UTF-16; UTF-8 proves itself. What is left is one of the
code pages with a byte for each sign, which prove nothing: the words tell. In Western names two
letters with accents seldom stand side by side, and a capital never follows a small letter, so that
is counted here; charset-normalizer, which goes by whole texts, takes names of people for Polish or
Icelandic as often as not. For other alphabets, and UTF-16 without the NULs of Latin letters, it is
right, and is asked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes

from leads.intake.errors import IntakeError
from leads.sentence import say

_BLOCK = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
# For equal words the first counts: Windows, Excel for the Mac, DOS, Central Europe.
_LATIN = ("cp1252", "mac_roman", "cp850", "cp1250", "iso8859_2", "cp852")
_OTHER = (
    "cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256",
    "cp932", "euc_jp", "gb18030", "big5", "cp949",
)  # fmt: skip
# What a person can choose from: these, and some that cannot be told by content.
ENCODINGS = (*_UTF, *_LATIN, *_OTHER, "latin-1", "iso8859_15", "cp1254", "cp1257")

_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]|\xc2[\x80-\xbf]")
_HIGH = bytes(range(128, 256))
_CONTROLS = bytes(set(range(32)) - set(b"\0\t\n\f\r\x1a\x1b"))
_MOST_CONTROLS = 0.02
_SOME_CONTROLS = 8  # of a small file
_MOST_NULS = 0.3
# In UTF-16 text of any European language one byte of each pair is nearly always NUL.
_UTF16_NULS = 0.4
_SOME_NULS = 0.02
_TOLD_BY = 64 * 1024  # bytes of lines with other signs than ASCII
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_BESIDE_LETTERS = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]|[\x80-\xff](?=[A-Za-z])")
# Quote marks of Windows' code page around a word: those have no letter on one side.
_TYPOGRAPHIC = re.compile(
    rb"(?<![A-Za-z\x80-\xff])[\x91\x93](?=[A-Za-z\xc0-\xff])"
    rb"|(?<=[A-Za-z\xc0-\xff.,!?])[\x92\x94](?![A-Za-z\x80-\xff])"
)
# The letters of Western languages in Windows' code page, and its apostrophe.
_WESTERN = bytes(range(0xC0, 0x100)) + "’ŠŒŽšœžŸ".encode("cp1252")
_NEARLY_ALL = 0.9
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f]")


def chosen(encoding: str, beginning: bytes) -> str:
    """The encoding that a person chose: those that begin with a mark cannot be read without."""
    marks = [mark for mark, name in _BOMS if name == encoding and name != "utf-8-sig"]
    missing = marks and not beginning.startswith(tuple(marks))
    return f"{encoding}-le" if missing else encoding


def encoding_of(file: BinaryIO, beginning: bytes) -> str:
    """The name that Python has for it. Raises IntakeError for what is no text."""
    for bom, encoding in _BOMS:
        if beginning.startswith(bom):
            return encoding
    even, odd = beginning[::2], beginning[1::2]
    for encoding, empty, full in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        share = empty.count(0) / max(len(empty), 1)
        if share > _UTF16_NULS and full.count(0) / max(len(full), 1) < _UTF16_NULS / 4:
            return encoding
    if beginning.count(0) > _SOME_NULS * len(beginning) and (found := _utf16(beginning)):
        return found
    _refuse_binary(beginning)
    return _eight_bit_encoding(file)


def _utf16(beginning: bytes) -> str:
    """UTF-16 in which most letters have no NUL: line ends have one, and NULs astray make none."""
    even = beginning[: len(beginning) // 2 * 2]
    best = from_bytes(even, cp_isolation=["utf_16_le", "utf_16_be"]).best()
    return best.encoding.replace("_", "-") if best and re.search(r"[\r\n]", str(best)) else ""


def _refuse_binary(beginning: bytes) -> None:
    controls = len(beginning) - len(beginning.translate(None, _CONTROLS))
    many_nuls = beginning.count(0) > _MOST_NULS * len(beginning)
    if many_nuls or controls > max(_MOST_CONTROLS * len(beginning), _SOME_CONTROLS):
        raise IntakeError(
            say(
                "The file is not text: it is full of bytes that no text has. Load a CSV file; "
                "from a spreadsheet, save it as CSV (UTF-8)."
            )
        )


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _eight_bit_encoding(file: BinaryIO) -> str:
    """UTF-8 if the file is, or mostly is; else the code page that makes words of it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        pairs = high = length = 0
        lines: list[bytes] = []
        for block in _blocks(file):
            pairs += sum(map(len, _MULTIBYTE.findall(block)))
            high += len(block) - len(block.translate(None, _HIGH))
            if length < _TOLD_BY:
                lines += [line for line in block.splitlines() if not line.isascii()]
                length = sum(map(len, lines))
        # Some rows in another encoding do not change what the rest is written in.
        return "utf-8" if pairs * 2 > high else _code_page(b"\n".join(lines)[:_TOLD_BY])
    return "utf-8"


def _code_page(text: bytes) -> str:
    """The code page of lines that have each some sign beyond ASCII."""
    high = len(text) - len(text.translate(None, _HIGH))
    in_runs = sum(map(len, _RUN.findall(text)))
    if in_runs * 2 > high:
        return _other_alphabet(text)
    beside = b"".join(_BESIDE_LETTERS.findall(_TYPOGRAPHIC.sub(b"", text)))
    if len(beside.translate(None, _WESTERN)) <= (1 - _NEARLY_ALL) * len(beside):
        return _LATIN[0]
    words = {encoding: _share_of_words(text.decode(encoding, "replace")) for encoding in _LATIN}
    best = max(_LATIN, key=lambda encoding: words[encoding])
    if words[best] > _NEARLY_ALL:
        return best
    return _other_alphabet(text) if in_runs * 5 > high else _LATIN[0]


def _other_alphabet(text: bytes) -> str:
    best = from_bytes(text, cp_isolation=list(_OTHER)).best()
    return best.encoding if best and best.encoding in _OTHER else _LATIN[0]


def _share_of_words(text: str) -> float:
    """How many of the words with signs beyond ASCII look like words: McÉlroy does not, but few
    have such a name."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    good: int = sum(w.isalpha() and (w.islower() or w.isupper() or w.istitle()) for w in words)
    return good / max(len(words), 1)
