"""What sources delivered and what became of it: files that came in within some days, and how
their rows stand now. Files that were undone, cancelled or failed are in no number.

Rows = waiting + invalid + duplicate + rejected + approved, where approved is whatever was approved
and became of it after that: queued, on its way, unclear, pushed or refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import CharField, Count, F, Func, Q

from leads.models import Import, ImportStatus, Lead, LeadStatus, PairKind, Source
from leads.reports.kept import kept
from leads.reports.period import Days

S = LeadStatus
APPROVED = (S.APPROVED, S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED, S.REFUSED)
ON_THE_WAY = (S.APPROVED, S.QUEUED, S.SENDING, S.UNCLEAR)
CENT = Decimal("0.01")
# Lead.duplicate_why, by what the two leads have in common; whatever else brought them together
# was found to be one person.
_CLASSES = {"HOUSEHOLD": PairKind.HOUSEHOLD, "NUMBER": PairKind.NUMBER}


@dataclass
class Account:
    """Rows of some files by where they stand now; `listed` are those on a DNC list."""

    files: int = 0
    rows: int = 0
    listed: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    def of(self, *statuses: LeadStatus) -> int:
        """How many rows are in these statuses."""
        return sum(self.statuses[status.value] for status in statuses)

    @property
    def waiting(self) -> int:
        return self.of(S.STAGED)

    @property
    def invalid(self) -> int:
        return self.of(S.INVALID)

    @property
    def duplicate(self) -> int:
        return self.of(S.DUPLICATE)

    @property
    def rejected(self) -> int:
        return self.of(S.REJECTED)

    @property
    def approved(self) -> int:
        return self.of(*APPROVED)

    @property
    def on_the_way(self) -> int:
        return self.of(*ON_THE_WAY)

    @property
    def pushed(self) -> int:
        return self.of(S.PUSHED)

    @property
    def refused(self) -> int:
        return self.of(S.REFUSED)

    def add(self, other: Account) -> None:
        """Count the rows of another account as well."""
        self.files += other.files
        self.rows += other.rows
        self.listed += other.listed
        self.statuses += other.statuses


class Delivery(NamedTuple):
    """A file that came in."""

    id: int
    source: int
    filename: str
    came_in: datetime
    account: Account


def deliveries(days: Days, *, source: int | None = None, by: User | None = None) -> list[Delivery]:
    """The loaded files that came in on these days, the latest first, with their accounts: of all
    sources or one, from everybody or one user. Three queries, however many files; where there are
    so many rows that counting takes long, as they stood up to half a minute ago."""
    found = Import.objects.filter(
        status=ImportStatus.DONE, created_at__gte=days.begin, created_at__lt=days.end
    )
    if source is not None:
        found = found.filter(lead_source=source)
    if by is not None:
        found = found.filter(created_by=by)
    columns = ("pk", "lead_source", "filename", "created_at", "rows_read")
    runs = list(found.order_by("-pk").values_list(*columns))
    ids = [run[0] for run in runs]
    # By all their ids: an import that is undone meanwhile makes it another set.
    of_these = sha256(repr(ids).encode()).hexdigest()
    statuses, listed = kept(f"rows-of-files-{of_these}", lambda: _stands(ids))
    return [
        Delivery(pk, of, name, at, Account(1, rows, listed[pk], statuses.get(pk, Counter())))
        for pk, of, name, at, rows in runs
    ]


def by_source(files: Iterable[Delivery]) -> dict[int, Account]:
    """Source id -> the account of its files."""
    found: dict[int, Account] = {}
    for one in files:
        found.setdefault(one.source, Account()).add(one.account)
    return found


def total(accounts: Iterable[Account]) -> Account:
    """All of them in one."""
    whole = Account()
    for one in accounts:
        whole.add(one)
    return whole


def _stands(runs: Collection[int]) -> tuple[dict[int, Counter[str]], Counter[int]]:
    """Import id -> status -> number of rows; import id -> number of rows on a DNC list."""
    statuses: dict[int, Counter[str]] = {}
    if not runs:
        return statuses, Counter()
    leads = Lead.objects.filter(import_run__in=runs).order_by()
    counted = leads.values_list("import_run", "status").annotate(number=Count("*"))
    for run, status, number in counted:
        statuses.setdefault(run, Counter())[status] = number
    matches = leads.filter(dnc_list__isnull=False).values_list("import_run")
    return statuses, Counter(dict(matches.annotate(number=Count("*"))))


class Duplicates(NamedTuple):
    """Duplicates of one class: of a row of the same file, or of a lead that was there before;
    `codes` are the values of Lead.duplicate_why that it has."""

    within: int
    earlier: int
    codes: tuple[str, ...]


def duplicates(runs: Collection[int]) -> dict[PairKind, Duplicates]:
    """The duplicates among the rows of these imports by class, by one grouped query."""
    same_file = Q(duplicate_of__import_run=F("import_run"))
    rows = Lead.objects.filter(import_run__in=runs, status=S.DUPLICATE).order_by()
    counted = rows.values_list("duplicate_why").annotate(
        number=Count("*"), within=Count("pk", filter=same_file)
    )
    found = dict.fromkeys(PairKind, Duplicates(0, 0, ()))
    for code, number, within in counted:
        kind = _CLASSES.get(code, PairKind.PERSON)
        so_far = found[kind]
        found[kind] = Duplicates(
            so_far.within + within,
            so_far.earlier + number - within,
            tuple(sorted((*so_far.codes, code))),
        )
    return found


def invalid_reasons(runs: Collection[int]) -> list[tuple[str, int]]:
    """(code, number of rows) of what makes rows invalid, most first; a row can have several."""
    code = Func(F("reasons"), function="unnest", output_field=CharField())
    rows = Lead.objects.filter(import_run__in=runs, status=S.INVALID).order_by()
    counted = rows.annotate(code=code).values("code").annotate(number=Count("*"))
    return list(counted.order_by("-number", "code").values_list("code", "number"))


def decided_reasons(runs: Collection[int]) -> dict[LeadStatus, list[tuple[str, int]]]:
    """Why rows were rejected by a reviewer and refused by a dialer: (code, number), most first."""
    said = {S.REJECTED: "decision_reason", S.REFUSED: "refusal_reason"}
    return {
        status: list(
            Lead.objects.filter(import_run__in=runs, status=status)
            .order_by()
            .values_list(column)
            .annotate(number=Count("*"))
            .order_by("-number", column)
        )
        for status, column in said.items()
    }


class Cost(NamedTuple):
    """What rows cost that are of no use, in the currency of the source."""

    currency: str
    duplicate: Decimal
    invalid: Decimal

    @property
    def whole(self) -> Decimal:
        return self.duplicate + self.invalid


def cost(source: Source, account: Account) -> Cost | None:
    """At the source's price of today, to the cent; None where no price is set."""
    if source.price_per_lead is None:
        return None
    each = source.price_per_lead
    return Cost(
        source.currency,
        (each * account.duplicate).quantize(CENT),
        (each * account.invalid).quantize(CENT),
    )


def costs(priced: Mapping[int, Cost]) -> list[Cost]:
    """The sum for each currency, by its name."""
    found: dict[str, Cost] = {}
    for one in priced.values():
        sum_ = found.get(one.currency, Cost(one.currency, Decimal(0), Decimal(0)))
        found[one.currency] = Cost(
            one.currency, sum_.duplicate + one.duplicate, sum_.invalid + one.invalid
        )
    return [found[currency] for currency in sorted(found)]
