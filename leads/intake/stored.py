"""The stored file of an import, read as it was settled when it came in, or by a person since."""

from __future__ import annotations

from leads.intake.errors import IntakeError
from leads.intake.look import look_at
from leads.intake.sniff import Asked, Layout
from leads.models import Import
from leads.sentence import say

# What an import knows of its file; fields of it to save together.
HOW_READ = [
    "kind", "sheet", "encoding", "delimiter", "quote", "has_header", "header", "mapping",
]  # fmt: skip


def layout_of(run: Import) -> Layout:
    """How to read the import's file. Raises IntakeError, also where the file is gone."""
    asked = Asked(run.encoding, run.delimiter, run.sheet, run.has_header, run.quote)
    try:
        return look_at(run.file.path, asked)
    except FileNotFoundError:
        raise IntakeError(
            say("The stored file of %(filename)s is gone. Upload it again.", filename=run.filename)
        ) from None
