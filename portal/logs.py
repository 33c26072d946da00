"""Logging to stderr, as lines or as JSON, with secrets masked."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

MASK = "***"
# `pass` and `user_pass` are VICIdial's parameters; the rest are what libraries print.
SECRET_VALUE = re.compile(
    r"""(?ix) (?P<name> \b(?: user_)? pass(?:word|wd)? ["']? \s* [=:] \s* )
        (?: (?P<quote>["']) .*? (?P=quote) | [^\s&"',;)}\]]+ )"""
)
URL_PASSWORD = re.compile(r"(?P<head>\w://[^\s:/@]*:)[^\s/@]+(?=@)")
# VICIdial prints the password back: "ERROR: Login incorrect, ... |user|password|..."
LOGIN_ECHO = re.compile(r"(?i)(?P<head>login incorrect|invalid username/password)[^\n]*\|[^\n]*")


def redact(text: str) -> str:
    """`text` without the passwords that its form betrays; the rest is unchanged."""
    text = SECRET_VALUE.sub(lambda found: f"{found['name']}{MASK}", text)
    text = URL_PASSWORD.sub(lambda found: f"{found['head']}{MASK}", text)
    return LOGIN_ECHO.sub(lambda found: f"{found['head']} {MASK}", text)


class PlainFormatter(logging.Formatter):
    """One line a message: time, level, logger, text; a traceback after it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a message, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def logging_config(level: str, *, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything from `level` up goes to stderr through a masking formatter.

    The masking is in the formatters, for only there the text is whole: a filter sees neither the
    traceback nor what a later handler adds.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"()": "portal.logs.PlainFormatter"},
            "json": {"()": "portal.logs.JsonFormatter"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
            },
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own handlers would print the same lines a second time, unmasked.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "urllib3": {"level": "INFO"},  # at DEBUG it prints request lines
        },
    }
