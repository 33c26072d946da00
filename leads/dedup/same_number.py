"""What becomes of rows whose phone number is known already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from leads.dedup.exact import SAME_PHONE, leads_with
from leads.dedup.policy import within
from leads.dedup.score import compare
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
        standing = {
            phone: [(lead, there[lead]) for lead in leads] for phone, leads in known.items()
        }
        times = Counter(phones[place] for place in places)
        judged: dict[int, Judgement] = {}
        for place in places:
            phone = phones[place]
            others = standing.setdefault(phone, [])
            if not others and times[phone] == 1:
                continue
            this = person(place)
            if others:
                judged[place] = self._closest(this, others)
            if place not in judged or judged[place].treatment is not Treatment.MARK:
                others.append((ids[place], this))
        return judged

    def _closest(self, row: Person, others: Sequence[tuple[int, Person]]) -> Judgement:
        """Of several leads with the number, the same person goes before an unknown one, and that
        before another one of the household."""
        found = [(lead, compare(row, other)) for lead, other in others]
        twin, best = max(found, key=lambda one: (_CLOSENESS[PairKind(one[1].kind)], one[1].score))
        kind = PairKind(best.kind)
        return Judgement(twin, kind, best.score, best.reasons, self._treatments[kind])


_CLOSENESS = {PairKind.HOUSEHOLD: 0, PairKind.NUMBER: 1, PairKind.PERSON: 2}


def persons(ids: Iterable[int]) -> dict[int, Person]:
    """What is known of these leads, as the scoring takes it, by id."""
    wanted = list(ids)
    found = Lead.objects.filter(pk__in=wanted).values("pk", *PERSON) if wanted else []
    return {row["pk"]: row for row in found}
