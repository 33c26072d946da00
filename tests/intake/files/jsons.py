"""Files of JSON: lines and arrays."""

from __future__ import annotations

import json

ANN = {"phone": "7275550100", "first_name": "Ann"}
BOB = {"phone": "7275550101", "first_name": "Bob"}


def files() -> dict[str, bytes]:
    ann, bob = json.dumps(ANN), json.dumps(BOB)
    texts = {
        "lines.jsonl": f"{ann}\n{bob}\n",
        "lines_with_commas.jsonl": f"{ann},\n{bob},\n",
        "lines_blank.jsonl": f"\n{ann}\n\n{bob}",
        "lines_broken.jsonl": f'{ann}\n{{"phone": \n7\n[1, 2]\n{bob}\nnull\n',
        "nested.jsonl": '{"phone": "7275550100", "a": {"b": [1, {"c": null}]}, "d": []}\n',
        "other_keys.jsonl": f'{ann}\n{{"city": "Tampa", "phone": "7275550101"}}\n',
        "same_key_twice.jsonl": '{"phone": "7275550100", "tag": "a", "tag": "b"}\n',
        "numbers.jsonl": '{"phone": 7275550100, "zip": 1.5, "n": 1e400, "big": 12345678901234567}\n'
        '{"phone": 7.275550101E9, "zip": -0, "n": NaN, "big": true}\n',
        "zeros.jsonl": f'{ann}\n{{"phone": 07275550101}}\n',
        "escapes.jsonl": '{"phone": "727555\\u0030100", "name": "Jos\\u00e9 \\ud83d\\udc4b"}\n',
        "half_characters.jsonl": '{"phone": "7275550100", "name": "A\\ud83dnn", "k\\udc00": 1}\n',
        "nul_escaped.jsonl": '{"phone": "7275550100", "first_name": "A\\u0000nn", "k\\u0000": 1}\n',
        "array.json": f"[{ann}, {bob}]",
        "array_pretty.json": json.dumps([ANN, BOB], indent=2),
        "array_broken.json": f'[{ann},\n{{"phone": "1" "x"}},\n{bob}]',
        "array_cut.json": json.dumps([ANN, BOB], indent=2)[:-20],
        "array_empty.json": "[]",
        "array_of_numbers.json": "[\n1,\n2\n]",
        "object_pretty.json": json.dumps(ANN, indent=2),
        "deep.jsonl": f'{ann}\n{{"phone": {"[" * 20_000}1{"]" * 20_000}}}\n{bob}\n',
        "object_of_2_mb.jsonl": f'{ann}\n{{"phone": "{"x" * 2_000_000}"}}\n{bob}\n',
        "many_keys.jsonl": json.dumps({f"k{number}": 1 for number in range(501)}),
    }
    return {name: text.encode() for name, text in texts.items()} | {
        "bom.jsonl": ann.encode("utf-8-sig"),
        "utf16.json": json.dumps([ANN, BOB]).encode("utf-16"),
        "bad_utf8.jsonl": ann.encode() + b'\n{"phone": "7275550101", "first_name": "Jos\xe9"}\n',
    }
