"""Files of other kinds under the name of a table, and such as are only damage."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import zipfile

from tests.intake.files.texts import PLAIN

_TABLE = "<table><tr><th>phone</th></tr><tr><td>7275550100</td></tr></table>"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def files() -> dict[str, bytes]:
    return {
        "page.csv": f"<!DOCTYPE html>\n<html><body>{_TABLE}</body></html>".encode(),
        "page_of_excel.xls": (
            '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><meta charset="utf-8">'
            f"<body>{_TABLE}</body></html>"
        ).encode(),
        "table_alone.xls": _TABLE.encode(),
        "table_in_utf16.xls": f"<html>{_TABLE}</html>".encode("utf-16"),
        "spreadsheet_2003.xml": (
            b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'
        ),
        "tabs.xls": PLAIN.replace(",", "\t").encode(),
        "document.csv": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
        "picture.csv": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "packed.csv.gz": gzip.compress(PLAIN.encode(), mtime=0),
        "packed.csv.bz2": bz2.compress(PLAIN.encode()),
        "packed.zip": zipped({"leads.csv": PLAIN.encode()}),
        "letter.docx": zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        "numbers.csv": zipped({"Index/Document.iwa": b"x"}),
        "zip_cut.csv": zipped({"leads.csv": PLAIN.encode()})[:40],
        "zip_beginning_only.csv": b"PK\x03\x04",
        "noise.csv": random.Random(11).randbytes(4000),
        "noise_behind_text.csv": PLAIN.encode() + random.Random(12).randbytes(4000),
        "old_office_alone.xls": _OLE + b"\0" * 2000,
        "old_word.doc": _OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0" * 600,
        "old_workbook_nonsense.xls": _OLE + b"\1" * 600 + "Workbook".encode("utf-16-le") * 9,
        "password.xlsx": _OLE
        + b"\0" * 1016
        + "EncryptedPackage".encode("utf-16-le")
        + random.Random(13).randbytes(2000),
        "program.csv": b"\x7fELF\x02\x01\x01" + b"\0" * 200,
        "database.csv": b"SQLite format 3\0" + b"\0" * 200,
    }


def zipped(parts: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()
