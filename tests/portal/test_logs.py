"""No secret reaches a log line."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from portal.logs import JsonFormatter, PlainFormatter, redact

SECRET = "CANARY-pw-123"


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("portal.test", logging.INFO, __file__, 1, message, args, None)


@pytest.mark.parametrize(
    "text",
    [
        f"GET /vicidial/non_agent_api.php?user=6666&pass={SECRET}&function=version",
        f"body user=6666&pass={SECRET}",
        f"{{'user': '6666', 'pass': '{SECRET}', 'function': 'add_lead'}}",
        f'{{"pass": "{SECRET}", "user": "6666"}}',
        f"password={SECRET}; next",
        f"user_pass: {SECRET}",
        f"postgres://portal:{SECRET}@db.example.com/leads",
        f"redis://:{SECRET}@broker:6379/0",
        f"ERROR: Login incorrect, please try again: |6666|{SECRET}|BAD|",
    ],
)
def test_a_secret_is_masked_whatever_it_stands_in(text: str) -> None:
    assert SECRET not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "SUCCESS: add_lead LEAD HAS BEEN ADDED - 2125550100|6666|101|193715|-4",
        "Import 5 passed: 10 rows",
        "compass=north",
        "http://localhost:8000/admin/",
    ],
)
def test_a_line_without_a_secret_is_left_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_arguments_of_a_message_are_masked_too() -> None:
    assert SECRET not in PlainFormatter().format(record("sent %s", {"pass": SECRET}))


def test_a_traceback_is_masked_too() -> None:
    entry = record("it failed")
    try:
        raise ValueError(f"cannot post pass={SECRET}")
    except ValueError:
        entry.exc_info = sys.exc_info()
    assert SECRET not in PlainFormatter().format(entry)
    assert "pass=***" in PlainFormatter().format(entry)
    assert SECRET not in JsonFormatter().format(entry)


def test_a_json_line_is_one_object() -> None:
    line = JsonFormatter().format(record("José said\n%s", "yes"))
    found = json.loads(line)
    assert "\n" not in line
    assert (found["level"], found["logger"], found["message"]) == (
        *("INFO", "portal.test", "José said\nyes"),
    )
