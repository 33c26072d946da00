"""What becomes of rows whose phone number is known already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from leads.dedup.exact import MOST_OF_ONE_NUMBER, SAME_PHONE, leads_with
from leads.dedup.policy import within
from leads.dedup.score import compare, compare_many
from leads.models import DuplicatePolicy, Import, Lead, PairKind, Treatment

# What the scoring looks at, by Lead's field names.
PERSON = (
    "first_name",
    "last_name",
    "date_of_birth",
    "address1",
    "city",
    "postal_code",
    "phone_e164",
    "alt_phone",
    "email",
)
# Lead.duplicate_why, by what the two have in common.
WHY = {
    PairKind.PERSON: SAME_PHONE,
    PairKind.HOUSEHOLD: "HOUSEHOLD",
    PairKind.NUMBER: "NUMBER",
}
BY_NUMBER = frozenset(WHY.values())
Person = Mapping[str, Any]


class Judgement(NamedTuple):
    """The older lead with the row's number, what the two have in common, and what the policy makes
    of the row for it."""

    twin: int
    kind: PairKind
    score: float
    reasons: list[dict[str, Any]]
    treatment: Treatment


class Judge:
    """Judges the rows of one import by its policy."""

    def __init__(self, policy: DuplicatePolicy, run: Import) -> None:
        self._within = within(policy, run)
        self._treatments = {
            PairKind.PERSON: Treatment(policy.same_person),
            PairKind.HOUSEHOLD: Treatment(policy.same_household),
            PairKind.NUMBER: Treatment(policy.same_number),
        }

    def judge(
        self,
        ids: Sequence[int],
        phones: Sequence[str],
        places: Iterable[int],
        person: Callable[[int], Person],
        *,
        but: Collection[int] = (),
        older_than: int | None = None,
    ) -> dict[int, Judgement]:
        """Judge the rows at these places, which have the ids and phones (E.164) given by place.

        Returns, by place, a judgement for each row whose number another lead has: one in the table
        (but none of the ids `but`, and only with ids below `older_than`), or an earlier row that
        stands for itself. `person`
        gives what is known of a row, by Lead's field names.
        """
        places = list(places)
        known = leads_with(
            {phones[place] for place in places}, self._within, but=but, older_than=older_than
        )
        there = persons(lead for leads in known.values() for lead in leads)
        times = Counter(phones[place] for place in places)
        rows = {p: person(p) for p in places if phones[p] in known or times[phones[p]] > 1}
        standing = {
            phone: [_Standing(lead, there[lead]) for lead in leads]
            for phone, leads in known.items()
        }
        found = _compared(rows, phones, ids, standing)
        judged: dict[int, Judgement] = {}
        for place in rows:
            others = standing.setdefault(phones[place], [])
            if others:
                judged[place] = self._closest(rows[place], others, found[place])
            if place not in judged or judged[place].treatment is not Treatment.MARK:
                others.append(_Standing(ids[place], rows[place]))
        return judged

    def _closest(
        self, row: Person, others: Sequence[_Standing], found: Mapping[int, tuple[PairKind, float]]
    ) -> Judgement:
        """Of several leads with the number, the same person goes before an unknown one, and that
        before another one of the household."""
        compared = [one for one in others if one.lead in found]
        twin = max(compared, key=lambda one: (_CLOSENESS[found[one.lead][0]], found[one.lead][1]))
        kind, score = found[twin.lead]
        treatment = self._treatments[kind]
        # Only what a person will look at is told field by field.
        told = [] if treatment is Treatment.MARK else compare(row, twin.person).reasons
        return Judgement(twin.lead, kind, score, [dict(one) for one in told], treatment)


class _Standing(NamedTuple):
    """A lead that stands for itself."""

    lead: int
    person: Person


def _compared(
    rows: Mapping[int, Person],
    phones: Sequence[str],
    ids: Sequence[int],
    standing: Mapping[str, Sequence[_Standing]],
) -> dict[int, dict[int, tuple[PairKind, float]]]:
    """What each row has in common with every lead of its number, and with each row before it that
    has it, all compared at once: kind and score by the other one's id, by place."""
    before: defaultdict[str, list[_Standing]] = defaultdict(list)
    asked: list[tuple[int, _Standing]] = []
    for place, row in rows.items():
        phone = phones[place]
        asked += [(place, one) for one in (*standing.get(phone, ()), *before[phone])]
        # More than these are not told apart.
        if len(before[phone]) < MOST_OF_ONE_NUMBER:
            before[phone].append(_Standing(ids[place], row))
    found: dict[int, dict[int, tuple[PairKind, float]]] = {place: {} for place in rows}
    compared = compare_many([rows[place] for place, _ in asked], [one.person for _, one in asked])
    for (place, one), (kind, score) in zip(asked, compared, strict=True):
        found[place][one.lead] = PairKind(kind), score
    return found


_CLOSENESS = {PairKind.HOUSEHOLD: 0, PairKind.NUMBER: 1, PairKind.PERSON: 2}


def persons(ids: Iterable[int]) -> dict[int, Person]:
    """What is known of these leads, as the scoring takes it, by id."""
    wanted = list(ids)
    found = Lead.objects.filter(pk__in=wanted).values("pk", *PERSON) if wanted else []
    return {row["pk"]: row for row in found}
