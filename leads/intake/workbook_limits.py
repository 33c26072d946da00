"""Whether a workbook can be opened at all, found out before its reader is let near it."""

from __future__ import annotations

import csv
import lzma
import mmap
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from leads.intake.errors import IntakeError
from leads.intake.sheet_extent import extent_of
from leads.sentence import say

# Its reader takes some two to five times as much memory as this.
MOST_UNPACKED = 600 * 1024 * 1024
# A sheet of repeated words is packed to a twentieth; what is packed a thousandfold is made for it.
MOST_PACKED = 200
SMALL = 20 * 1024 * 1024
PASSWORD = say("The spreadsheet is protected by a password. Save it without one.")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = "META-INF/manifest.xml"
_BLOCK = 1024 * 1024
# What a damaged archive brings up in zipfile.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
)  # fmt: skip


def check(file: BinaryIO) -> None:
    """Raises IntakeError for what is no workbook, or has a password, is damaged, or would not fit
    into memory."""
    file.seek(0)
    if file.read(len(OLE)) == OLE:
        _check_old(file)
        return
    size = file.seek(0, 2)
    try:
        with zipfile.ZipFile(file) as packed:
            _check_kind(packed)
            _check_size(packed, size)
            for part in packed.infolist():
                _check_part(packed, part)
    except _DAMAGED as error:
        raise IntakeError(
            say(
                "The file begins as a spreadsheet or a zip archive and is damaged or cut "
                "(%(error)s). Save it anew, or download it again.",
                error=error,
            )
        ) from None


def _check_old(file: BinaryIO) -> None:
    """The streams of an old Office file have their names anywhere in it."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:

        def has(name: str) -> bool:
            return content.find(name.encode("utf-16-le")) >= 0

        if has("EncryptedPackage"):
            raise IntakeError(PASSWORD)
        if not has("Workbook") and not has("Book"):
            raise IntakeError(
                say(
                    "The file is an old Office file other than a spreadsheet, or only a part "
                    "of one. Load a spreadsheet or a CSV file."
                )
            )


def _check_kind(packed: zipfile.ZipFile) -> None:
    names = set(packed.namelist())
    if names & {"xl/workbook.xml", "xl/workbook.bin"}:
        return
    if "mimetype" in names:
        with packed.open("mimetype") as part:
            is_sheet = part.read(100).startswith(_OPEN_DOCUMENT)
        if is_sheet:
            if _MANIFEST in names and _has(packed, _MANIFEST, b":encryption-data"):
                raise IntakeError(PASSWORD)
            return
    table = Path(__file__).with_name("archives.csv")
    with table.open(encoding="utf-8", newline="") as file:
        for kind in csv.DictReader(file):
            if any(name.startswith(kind["part"]) for name in names):
                raise IntakeError(
                    say(
                        "The file is %(what)s, not CSV. %(remedy)s",
                        what=say(kind["what"]),
                        remedy=say(kind["remedy"]),
                    )
                )


def _has(packed: zipfile.ZipFile, part: str, word: bytes) -> bool:
    with packed.open(part) as file:
        return word in file.read(_BLOCK)


def _check_size(packed: zipfile.ZipFile, size: int) -> None:
    unpacked = sum(part.file_size for part in packed.infolist())
    if unpacked > SMALL and unpacked > MOST_PACKED * size:
        raise IntakeError(
            say(
                "The spreadsheet unpacks to %(unpacked)s MB from very little, as files do that "
                "are made to bring programs down. It was not opened.",
                unpacked=f"{unpacked // 2**20:,}",
            )
        )
    if unpacked > MOST_UNPACKED:
        raise IntakeError(
            say(
                "The spreadsheet unpacks to %(unpacked)s MB, more than the %(most)s MB that "
                "can be read. Save it as CSV, which may have any length, or in several parts.",
                unpacked=f"{unpacked // 2**20:,}",
                most=MOST_UNPACKED // 2**20,
            )
        )


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read all of it: sizes can lie, and what is then unpacked does not fit its checksum."""
    extent = extent_of(part.filename)
    first = True
    with packed.open(part) as file:
        while block := file.read(_BLOCK):
            if first and b"<!DOCTYPE" in block and part.filename.endswith((".xml", ".rels")):
                raise IntakeError(
                    say(
                        "The spreadsheet defines words of its own in %(filename)s, as no "
                        "spreadsheet program does. It was not opened. Save it anew, or as CSV.",
                        filename=part.filename,
                    )
                )
            first = False
            if extent is not None:
                extent.take(block)
