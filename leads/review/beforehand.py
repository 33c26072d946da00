"""What a decision over a selection would take and leave, told beforehand; and that it takes just
that: what a person has seen is held, and compared with what is there, before it is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import BigIntegerField, Func, Q, QuerySet
from django.db.models.expressions import RawSQL
from psycopg import sql

from leads.dedup.holds import without
from leads.models import Lead, LeadStatus
from leads.models.history import CORRECTED_FIELDS, STANDING_FIELDS
from leads.review import decide, dnc
from leads.sentence import Sentence, say

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Keeps = dict[str, Q]

# A lead is another one when something has changed that its history keeps, or that warns.
FIELDS = sorted({*STANDING_FIELDS, *CORRECTED_FIELDS, "warnings"})
_PRINT = Func(
    *FIELDS,
    template="hash_record_extended(ROW(%(expressions)s), 0)",
    output_field=BigIntegerField(),
)
# Sums, since the rows come in any order.
_SEEN = """
    SELECT count(*), coalesce(sum(hashint8extended(id, 0)), 0), coalesce(sum(print), 0),
        coalesce(array_agg(id), '{{}}')::text
    FROM ({leads}) AS chosen (id, print)
"""


class Seen(NamedTuple):
    """How many leads would be taken, and what tells which ones, and their data."""

    number: int
    ids: int
    data: int

    @classmethod
    def of(cls, leads: QuerySet[Lead]) -> Seen:
        return _look(leads)[0]

    @classmethod
    def of_text(cls, text: str) -> Seen | None:
        """What `as_text` has written; None for what it has not."""
        try:
            return cls(*map(int, text.split(".")))
        except (TypeError, ValueError):
            return None

    def as_text(self) -> str:
        return ".".join(map(str, self))


class SelectionChangedError(decide.DecisionError):
    """The leads are not those any more that the person has seen; nothing was decided."""


@contextmanager
def changing_nothing() -> Iterator[None]:
    """What is written inside, to look at leads, is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def nothing_more(leads: QuerySet[Lead], by: User | None, comment: str = "") -> Keeps:
    """No lead is kept but by its status, as far as can be told beforehand."""
    return {}


def by_approval(leads: QuerySet[Lead], by: User | None, comment: str = "") -> Keeps:
    """Why `decide.approve` would leave staged leads, and which. Writes what DNC lists say."""
    found = dnc.look(leads.filter(status=LeadStatus.STAGED))
    return found.kept | decide.approval_keeps(by, comment)


def by_override(leads: QuerySet[Lead], by: User | None, comment: str = "") -> Keeps:
    """The same of `decide.override_dnc`, which is not done without a comment."""
    dnc.look(leads.filter(status=LeadStatus.STAGED))
    return decide.approval_keeps(by, comment or "given") | decide.ON_NO_LIST


def taken(leads: QuerySet[Lead], only: Collection[LeadStatus], keeps: Keeps) -> QuerySet[Lead]:
    """Those of `leads` that are in `only` and that nothing of `keeps` keeps."""
    return without(leads.order_by().filter(status__in=sorted(only)), keeps)


def hold(chosen: QuerySet[Lead], seen: Seen) -> QuerySet[Lead]:
    """The leads that were seen, by their ids, locked until the transaction ends.

    Nobody can change them meanwhile, and no other can become one of them. Raises
    SelectionChangedError where they are not as they were seen.
    """
    now, ids = _look(chosen.select_for_update(of=("self",), no_key=True))
    if now != seen:
        raise SelectionChangedError(_how(seen, now))
    return Lead.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))


def _look(leads: QuerySet[Lead]) -> tuple[Seen, str]:
    """What the leads are, and their ids as PostgreSQL writes an array."""
    try:
        text, values = leads.values_list("pk", _PRINT).query.sql_with_params()
    except EmptyResultSet:
        return Seen(0, 0, 0), "{}"
    statement = sql.SQL(_SEEN).format(leads=sql.SQL(text))
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection), values)
        number, ids, data, array = cursor.fetchone()
    return Seen(number, int(ids), int(data)), array


def _how(seen: Seen, now: Seen) -> Sentence:
    """What has changed, in words."""
    if now.number < seen.number:
        return say(
            "The selection has changed meanwhile: %(number)s fewer would be taken, %(now)s in all."
            " Nothing was done; look at it again.",
            number=f"{seen.number - now.number:,}",
            now=f"{now.number:,}",
        )
    if now.number > seen.number:
        return say(
            "The selection has changed meanwhile: %(number)s more would be taken, %(now)s in all."
            " Nothing was done; look at it again.",
            number=f"{now.number - seen.number:,}",
            now=f"{now.number:,}",
        )
    if now.ids != seen.ids:
        return say(
            "The selection has changed meanwhile: as many would be taken, but not the same ones."
            " Nothing was done; look at it again."
        )
    return say(
        "The selection has changed meanwhile: the same leads would be taken, but some of them were"
        " changed. Nothing was done; look at it again."
    )
