"""Find the status lines in the body of an answer.

They may stand anywhere, not only where a line starts: `docs/vicidial.md`, Transport.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r"(SUCCESS|NOTICE|ERROR):")
_TAG = re.compile(r"<[^<>]*>")
# The reason ends at " - ", ": |" or ": ", depending on function and release.
_PARTS = re.compile(r"\s*(.*?)\s*(?:\s-(?:\s|$)|:\s*\||:\s|$)(.*)", re.DOTALL)


@dataclass(frozen=True)
class StatusLine:
    """One status line: its word, its reason text, its values; `text` is the line as it came.

    Not redacted: a line may hold the password.
    """

    word: str
    reason: str
    values: tuple[str, ...]
    text: str

    def __repr__(self) -> str:
        return f"<StatusLine {self.word}>"


def status_lines(body: str) -> list[StatusLine]:
    """Return the status lines of `body` in order; text that belongs to none is passed over.

    HTML tags, line breaks and the next status word end a line.
    """
    return [
        _status_line(match[1], line[match.end() : end].rstrip())
        for line in _TAG.sub("\n", body).splitlines()
        for match, end in _spans(line)
    ]


def _spans(line: str) -> list[tuple[re.Match[str], int]]:
    matches = list(_WORD.finditer(line))
    ends = [match.start() for match in matches] + [len(line)]
    return list(zip(matches, ends[1:], strict=True))


def _status_line(word: str, rest: str) -> StatusLine:
    parts = _PARTS.fullmatch(rest)
    reason, tail = (parts[1], parts[2]) if parts else (rest, "")
    values = tuple(value.strip() for value in tail.split("|")) if tail.strip() else ()
    return StatusLine(word, reason, values, f"{word}:{rest}")
