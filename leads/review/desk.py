"""The review desk: what waits for a person, import by import, and who is looking at it.

A queue is worked through oldest first. A lead is claimed by whoever has it before them, so that
nobody else is offered it; a claim lapses by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from leads.models import DeskClaim, Lead, LeadStatus
from leads.review.errors import DeskError
from leads.sentence import Sentence, say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CLAIM_SECONDS = 600
MOST_COUNTED = 10_000
IMPORTS_SHOWN = 25
_TRIES = 20  # of one that somebody else claims in the same moment


class Queue(StrEnum):
    DUPLICATES = "duplicates"
    WARNINGS = "warnings"
    INVALID = "invalid"
    CLEAN = "clean"


_HELD = "SELECT 1 FROM leads_pair pair WHERE pair.lead_id = item.id AND pair.state = 'open'"
# Each is one of the partial indexes lead_desk_* of Lead.
_OF_QUEUE = {
    Queue.WARNINGS: f"item.status = 'staged' AND item.warnings <> '{{}}' AND NOT EXISTS ({_HELD})",
    Queue.INVALID: "item.status = 'invalid'",
    Queue.CLEAN: f"item.status = 'staged' AND item.warnings = '{{}}' AND NOT EXISTS ({_HELD})",
}
# A lead that was approved before it was compared is still to be looked at.
_HELD_LEADS = """
    SELECT DISTINCT item.id FROM leads_pair pair JOIN leads_lead item ON item.id = pair.lead_id
    WHERE pair.import_run_id = run.id AND pair.state = 'open'
        AND item.status IN ('staged', 'approved')
"""
# The leads of the import `run` in each queue, found by a short walk of an index.
_LEADS = {
    queue: f"SELECT item.id FROM leads_lead item WHERE item.import_run_id = run.id AND {condition}"  # noqa: S608
    for queue, condition in _OF_QUEUE.items()
} | {Queue.DUPLICATES: _HELD_LEADS}
_FREE = """
    NOT EXISTS (SELECT 1 FROM leads_deskclaim claim WHERE claim.lead_id = item.id
                AND claim.user_id <> %(user)s AND claim.until > now())
"""


@dataclass(frozen=True)
class Part:
    """What of a queue a reviewer works on: one import's, one source's, or all of it."""

    import_id: int | None = None
    source_id: int | None = None

    @property
    def sql(self) -> str:
        """A condition over the alias `run` of the imports' table."""
        parts = ["run.status = 'done'"]
        if self.import_id:
            parts.append("run.id = %(import)s")
        if self.source_id:
            parts.append("run.lead_source_id = %(source)s")
        return " AND ".join(parts)

    @property
    def values(self) -> dict[str, int | None]:
        return {"import": self.import_id, "source": self.source_id}


EVERYTHING = Part()


@dataclass(frozen=True)
class OfSource:
    """How many leads of all imports of a source wait in each queue, none counted beyond
    MOST_COUNTED."""

    source_id: int
    source: str
    counts: dict[Queue, int]


@dataclass(frozen=True)
class Waiting:
    """How many leads of one import wait in each queue, none counted beyond MOST_COUNTED."""

    import_id: int
    filename: str
    source: str
    source_id: int
    since: datetime
    counts: dict[Queue, int]


def take(
    queue: Queue, user: User, part: Part = EVERYTHING, *, after: int = 0, back: bool = False
) -> Lead | None:
    """Claim the next lead of the queue for `user` and return it; None where there is no more.

    `after` is the id of the lead that was looked at before; with `back` the one before that.
    A queue is in the order of the imports, and of the rows within each.
    """
    for lead_id in _candidates(queue, user, part, after, back):
        if claim(lead_id, user):
            return Lead.objects.select_related("import_run", "lead_source").get(pk=lead_id)
    return None


def _candidates(queue: Queue, user: User, part: Part, after: int, back: bool) -> Sequence[int]:
    beyond, order = ("<", "DESC") if back else (">", "ASC")
    # Import by import, so that each is one short walk of an index, whatever lies before it.
    statement = f"""
        SELECT found.id FROM leads_import run CROSS JOIN LATERAL (
            {_LEADS[queue]} AND {_FREE}
                AND (run.id <> %(run)s OR item.id {beyond} %(after)s)
            ORDER BY item.id {order} LIMIT {_TRIES}
        ) found
        WHERE {part.sql} AND run.id {beyond}= %(run)s
        ORDER BY run.id {order}, found.id {order} LIMIT {_TRIES}
    """  # noqa: S608 - our own words
    first = 2**62 if back else 0
    here = Lead.objects.filter(pk=after).values_list("import_run", flat=True) if after else None
    run = (here and here.first()) or first
    values = {**part.values, "user": user.pk, "after": after or first, "run": run}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def claim(lead_id: int, user: User) -> bool:
    """Claim a lead, or claim it for longer; False if somebody else has it before them, or it is
    not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO leads_deskclaim (lead_id, user_id, until)"
            " SELECT id, %s, now() + %s * interval '1 second' FROM leads_lead WHERE id = %s"
            " ON CONFLICT (lead_id) DO UPDATE SET user_id = excluded.user_id, until ="
            " excluded.until WHERE leads_deskclaim.user_id = excluded.user_id"
            " OR leads_deskclaim.until <= now()",
            [user.pk, CLAIM_SECONDS, lead_id],
        )
        return bool(cursor.rowcount)


def release(lead_id: int, user: User) -> None:
    """Give a claim up."""
    DeskClaim.objects.filter(lead=lead_id, user=user).delete()


def forget_lapsed() -> int:
    """Delete claims that have lapsed; return how many."""
    return DeskClaim.objects.filter(until__lt=timezone.now()).delete()[0]


def check_claim(lead_id: int, user: User) -> None:
    """Raise DeskError if somebody else has the lead before them, or it is not there."""
    if claim(lead_id, user):
        return
    if not Lead.objects.filter(pk=lead_id).exists():
        raise DeskError(gone(lead_id))
    other = DeskClaim.objects.select_related("user").filter(lead=lead_id).first()
    raise DeskError(
        say(
            "%(who)s is looking at lead %(lead_id)s just now. Nothing was changed; go on "
            "with the next one.",
            who=other.user if other else say("Somebody else"),
            lead_id=lead_id,
        )
    )


def gone(lead_id: int) -> Sentence:
    return say("Lead %(lead_id)s is no longer there: its import was undone.", lead_id=lead_id)


def claim_is_mine(lead_id: int, user: User) -> bool:
    """Whether this reviewer has the lead before them, and it is still there."""
    return DeskClaim.objects.filter(lead=lead_id, user=user).exists()


def check_unchanged(lead: Lead, seen: str) -> None:
    """Raise DeskError if the lead is no longer in the status in which the reviewer saw it."""
    if lead.status == seen:
        return
    status = LeadStatus(lead.status).label.lower()
    by = say(" by %(who)s", who=lead.decided_by) if lead.decided_by_id else ""
    raise DeskError(
        say(
            "Lead %(lead)s was made %(status)s%(by)s meanwhile. Nothing was changed.",
            lead=lead.pk,
            status=status,
            by=by,
        )
    )


# Whether an import has anything for the desk. OFFSET 0 has it asked import by import, a short walk
# of an index each; together they would be read for all imports at once.
_HAS_ANY = """(
    EXISTS (SELECT 1 FROM leads_lead item
            WHERE item.import_run_id = run.id AND item.status IN ('staged', 'invalid') OFFSET 0)
    OR EXISTS (SELECT 1 FROM leads_pair pair JOIN leads_lead item ON item.id = pair.lead_id
               WHERE pair.import_run_id = run.id AND pair.state = 'open'
                   AND item.status = 'approved' OFFSET 0)
)"""


def waiting(part: Part = EVERYTHING, first: int = 0) -> list[Waiting]:
    """The oldest IMPORTS_SHOWN imports with leads that wait, from the id `first` on."""
    counts = ",".join(_counted(leads) for leads in _LEADS.values())
    statement = f"""
        SELECT run.id, run.filename, source.name, source.id, run.created_at, {counts}
        FROM leads_import run JOIN leads_source source ON source.id = run.lead_source_id
        WHERE {part.sql} AND run.id >= %(first)s AND {_HAS_ANY}
        ORDER BY run.id LIMIT {IMPORTS_SHOWN}
    """  # noqa: S608 - our own words
    with connection.cursor() as cursor:
        cursor.execute(statement, {**part.values, "first": first})
        rows = cursor.fetchall()
    return [
        Waiting(id_, filename, source, source_id, since, dict(zip(_LEADS, numbers, strict=True)))
        for id_, filename, source, source_id, since, *numbers in rows
    ]


def summed(waiting: Iterable[Waiting]) -> list[OfSource]:
    """What waits of each source, where these are all the imports of it that have something to do;
    by the sources' names."""
    found: dict[int, OfSource] = {}
    for one in waiting:
        of = found.setdefault(
            one.source_id, OfSource(one.source_id, one.source, dict.fromkeys(Queue, 0))
        )
        for queue, number in one.counts.items():
            of.counts[queue] = min(of.counts[queue] + number, MOST_COUNTED + 1)
    return sorted(found.values(), key=lambda of: (of.source, of.source_id))


def of_sources(sources: Iterable[int]) -> list[OfSource]:
    """What waits of these sources (by id), whatever import it is of, by the sources' names."""
    counts = ",".join(
        _counted(
            f"SELECT found.id FROM leads_import run CROSS JOIN LATERAL ({leads}) found"  # noqa: S608
            " WHERE run.status = 'done' AND run.lead_source_id = source.id"
        )
        for leads in _LEADS.values()
    )
    statement = (
        f"SELECT source.id, source.name, {counts} FROM leads_source source"  # noqa: S608
        " WHERE source.id = ANY(%s) ORDER BY source.name, source.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(set(sources))])
        rows = cursor.fetchall()
    return [
        OfSource(id_, name, dict(zip(_LEADS, numbers, strict=True))) for id_, name, *numbers in rows
    ]


def _counted(leads: str) -> str:
    return f"(SELECT count(*) FROM ({leads} LIMIT {MOST_COUNTED + 1}) counted)"  # noqa: S608
