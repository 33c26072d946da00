"""Text files: encodings, line ends, quote marks, separators, headers."""

from __future__ import annotations

import codecs

HEADER = "phone,first name,city\n"
ANN, BOB, CY = (
    f"7275550{number},{name},Tampa\n" for number, name in ((100, "Ann"), (101, "Bob"), (102, "Cy"))
)
PLAIN = HEADER + ANN + BOB + CY
ACCENTS = HEADER + "7275550100,José,Peña\n7275550101,Zoë,Köln\n7275550102,María,Málaga\n"
POLISH = HEADER + "7275550100,Łukasz,Łódź\n7275550101,Świątek,Kraków\n7275550102,Żółć,Gdańsk\n"
RUSSIAN = HEADER + "7275550100,Иван,Москва\n7275550101,Ольга,Тула\n7275550102,Пётр,Казань\n"
JAPANESE = HEADER + "7275550100,太郎,東京\n7275550101,花子,京都\n7275550102,一郎,大阪\n" * 9


def files() -> dict[str, bytes]:
    return {**_encodings(), **_lines(), **_quotes(), **_columns(), **_headers(), **_cells()}


def _encodings() -> dict[str, bytes]:
    return {
        "utf8.csv": ACCENTS.encode(),
        "utf8_bom.csv": ACCENTS.encode("utf-8-sig"),
        "utf8_bom_in_the_middle.csv": (HEADER + "\ufeff" + ANN + BOB).encode("utf-8-sig"),
        "utf16_le_bom.csv": codecs.BOM_UTF16_LE + ACCENTS.encode("utf-16-le"),
        "utf16_be_bom.csv": codecs.BOM_UTF16_BE + ACCENTS.encode("utf-16-be"),
        "utf16_le_bare.csv": ACCENTS.encode("utf-16-le"),
        "utf16_be_bare.csv": ACCENTS.encode("utf-16-be"),
        "utf16_japanese_bare.csv": JAPANESE.encode("utf-16-le"),
        "utf16_cut_in_a_letter.csv": ACCENTS.encode("utf-16")[:-3],
        "utf32_bom.csv": ACCENTS.encode("utf-32"),
        "cp1252_smart_quotes.csv": (
            HEADER + "7275550100,“Red” O’Neill,Tampa\n7275550101,Zoë – “Z”,5 € ½\n"
        ).encode("cp1252"),
        "latin1.csv": ACCENTS.encode("latin-1"),
        "mac_roman.csv": ACCENTS.encode("mac_roman"),
        "cp850.csv": ACCENTS.encode("cp850"),
        "cp1250.csv": POLISH.encode("cp1250"),
        "cp1251.csv": RUSSIAN.encode("cp1251"),
        "shift_jis.csv": JAPANESE.encode("shift_jis"),
        "mixed_encodings.csv": ACCENTS.encode() + "7275550103,José,Peña\n".encode("latin-1"),
        "cp1252_undefined_bytes.csv": HEADER.encode() + b"7275550100,Jos\xe9,a\x81b\n",
        "nul_bytes.csv": (HEADER + "727\0005550100,Ann,Tampa\n7275550101,B\0ob,Tampa\n").encode(),
        "nul_padded.csv": PLAIN.encode() + b"\0" * 30,
        "control_signs.csv": (HEADER + "7275550100,A\x07nn\x1b,Ta\x0bmpa\n" + BOB).encode(),
        "unicode_line_ends.csv": (
            HEADER + "7275550100,A\u2028nn,Ta\u0085mpa\n7275550101,B\x0cob,\x1cTampa\n"
        ).encode(),
        "emoji_and_directions.csv": (
            HEADER + "7275550100,👋 Ann,\u202eapmaT\n+1\u200b7275550101,B\u00adob,Tampa\u00a0\n"
        ).encode(),
    }


def _lines() -> dict[str, bytes]:
    blank = "\n\n" + HEADER + "\n" + ANN + "   \n\n" + BOB + ",,\n" + CY + "\n\n"
    return {
        "cr_only.csv": PLAIN.replace("\n", "\r").encode(),
        "crlf.csv": PLAIN.replace("\n", "\r\n").encode(),
        "crcrlf.csv": PLAIN.replace("\n", "\r\r\n").encode(),
        "mixed_line_ends.csv": "".join(
            line.rstrip("\n") + end
            for line, end in zip((HEADER, ANN, BOB, CY), ("\r\n", "\n", "\r", ""), strict=True)
        ).encode(),
        "no_final_newline.csv": PLAIN.rstrip("\n").encode(),
        "end_of_file_sign.csv": PLAIN.encode() + b"\x1a",
        "header_only.csv": HEADER.encode(),
        "empty.csv": b"",
        "only_blank_lines.csv": b"\r\n\r\n   \r\n",
        "only_a_bom.csv": codecs.BOM_UTF8,
        "blank_lines.csv": blank.encode(),
        "one_line_without_end.csv": b"7275550100,Ann," * 20_000,
    }


def _quotes() -> dict[str, bytes]:
    return {
        name: (HEADER + content).encode()
        for name, content in {
            "quote_doubled.csv": '7275550100,"Ann ""Red"" Lee","a, b"\n' + BOB,
            "quote_in_the_middle.csv": '7275550100,Ann "Red" Lee,5" pipe\n' + BOB,
            "quote_inside_quotes.csv": '7275550100,"Ann "Red" Lee",Tampa\n' + BOB,
            "quote_never_closed.csv": '7275550100,"Ann,Tampa\n' + BOB + '7275550102,"Cy",Tampa\n',
            "quote_open_at_the_end.csv": ANN + BOB + '7275550102,"Cy,Tampa\n',
            "quote_with_line_ends.csv": '7275550100,"Ann\nLee\r\n\nRay","1 Main\rSt"\n' + BOB,
            "quote_with_thousands_of_lines.csv": (
                f'7275550100,"Ann{"x" * 40}' + "\n" * 3000 + '",Tampa\n' + BOB
            ),
            "quote_alone.csv": '7275550100,",Tampa\n' + BOB + CY,
            "quote_inches.csv": "".join(f'727555010{n},"{n} pipe,a\n' for n in range(3)),
        }.items()
    } | {
        "quote_single.csv": b"'phone','name','city'\n'7275550100','Lee, Ann','O''Fallon'\n"
        b"'7275550101','Ray, Bob','Tampa'\n",
        "quote_in_the_header.csv": (HEADER.replace("first", '"first') + ANN + BOB).encode(),
        "quote_around_whole_lines.csv": b'"phone,""first name"""\n"7275550100,""Ann"""\n',
        "apostrophe_for_text.csv": (HEADER + "'7275550100,'Ann,Tampa\n" + BOB).encode(),
    }


def _columns() -> dict[str, bytes]:
    def joined(mark: str) -> bytes:
        return PLAIN.replace(",", mark).encode()

    wide = [f"c{number}" for number in range(1, 2002)]
    return {
        "semicolons.csv": b"phone;name;price\n7275550100;Ann;1,50\n7275550101;Lee, Bob;2,25\n",
        "pipes.txt": joined("|"),
        "tabs.tsv": joined("\t"),
        "one_column.csv": b"phone\n7275550100\n7275550101\n",
        "columns_2000.csv": "\n".join(
            ",".join([first, *wide[1:2000]]) for first in ("phone", "7275550100")
        ).encode(),
        "columns_2001.csv": "\n".join(
            ",".join([first, *wide[1:]]) for first in ("phone", "7275550100")
        ).encode(),
        "ragged.csv": (HEADER + ANN + "7275550101\n7275550102,Cy,Tampa,FL,extra\n").encode(),
        "trailing_separators.csv": PLAIN.replace("\n", ",,\n").encode(),
        "sep_line.csv": b"sep=;\r\nphone;first name\r\n7275550100;Ann, Lee\r\n",
        "carets.csv": joined("^"),
        "spaces_around.csv": b"phone , first name\n 7275550100 , Ann \n",
    }


def _headers() -> dict[str, bytes]:
    return {
        "titles_above.csv": f"Leads of May\nBy: Ann, Bob\n\n{PLAIN}".encode(),
        "titles_with_separators.csv": f"Leads of May,,\n,,\n{PLAIN}".encode(),
        "duplicate_names.csv": b"phone,name,name,phone\n7275550100,Ann,Lee,7275550101\n",
        "empty_names.csv": b"phone,,first name,\n7275550100,a,Ann,b\n",
        "no_header.csv": (ANN + BOB).encode(),
        "header_again_in_the_middle.csv": (HEADER + ANN + HEADER + BOB).encode(),
        "header_over_two_lines.csv": b'phone,"first\nname",city\n' + (ANN + BOB).encode(),
        "header_without_phone.csv": b"who,where\nAnn,Tampa\n",
    }


def _cells() -> dict[str, bytes]:
    return {
        name: (HEADER + content).encode()
        for name, content in {
            "row_of_5000_bytes.csv": f"7275550100,Ann,{'x' * 5000}\n" + BOB,
            "cell_of_2_mb.csv": f"7275550100,Ann,{'x' * 2_000_000}\n" + BOB,
            "cell_of_2_mb_quoted.csv": f'7275550100,"{"x, " * 700_000}",Tampa\n' + BOB,
            "a_million_separators.csv": f"7275550100{',' * 1_000_000}\n" + BOB,
            "formulas.csv": '7275550100,=1+1,"=HYPERLINK(""http://a.example"")"\n'
            "7275550101,@SUM(A1),-2+3\n",
            "formulas_around_text.csv": '="7275550100","=""Ann""",Tampa\n',
            "phones_in_exponents.csv": "7.27555E+09,Ann,Tampa\n7.275550101E9,Bob,Tampa\n",
            "phones_with_point.csv": "7275550100.0,Ann,Tampa\n7275550101.00,Bob,Tampa\n",
            "backslashes.csv": "7275550100,A\\nn\\,\\N\n7275550101,\\\\,\\.\n",
        }.items()
    }
