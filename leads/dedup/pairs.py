"""Pairs of leads that may be one: kept, decided, and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from leads.dedup.levels import LEVELS
from leads.dedup.people import FIELDS, person
from leads.dedup.same_number import Judgement
from leads.dedup.score import column_of, compare, score, worth_keeping
from leads.models import Lead, Pair, PairKind, PairState, Treatment

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PHONE_RULE = "same phone"
BY_HAND = "by hand"
HANDED_OVER = "like a duplicate of it"
MOST_IN_A_CLUSTER = 12
_DECISION = ["state", "decided_by", "decided_at", "comment"]
_VALUES = "jsonb_build_object({})".format(
    ", ".join(f"'{field}', coalesce({{lead}}.{column_of(field)}::text, '')" for field in LEVELS)
)
# Who asks years later what was decided upon finds it, whatever the leads have become.
_KEEP_VALUES = f"""
UPDATE leads_pair AS pair SET reasons = (
    SELECT jsonb_agg(
        said || jsonb_build_object(
            'lead', one.had -> (said ->> 'field'), 'other', two.had -> (said ->> 'field')
        ) ORDER BY place
    ) FROM jsonb_array_elements(pair.reasons) WITH ORDINALITY AS each (said, place)
)
FROM leads_lead AS lead, leads_lead AS other,
    LATERAL (SELECT {_VALUES.format(lead="lead")} AS had) AS one,
    LATERAL (SELECT {_VALUES.format(lead="other")} AS had) AS two
WHERE pair.id = ANY(%s) AND lead.id = pair.lead_id AND other.id = pair.other_id
    AND pair.reasons <> '[]'
"""  # noqa: S608 - our own words

# A lead that may be another one's duplicate, as long as nobody has decided it.
HELD = Exists(Pair.objects.filter(lead=OuterRef("pk"), state=PairState.OPEN))


def pair_of(lead_id: int, import_id: int, judgement: Judgement) -> Pair:
    """What was judged of a lead with a number that another has: open, or let pass. Unsaved.

    `import_id` is that of the newer of the two.
    """
    held = judgement.treatment is Treatment.HOLD
    return Pair(
        lead_id=max(lead_id, judgement.twin),
        other_id=min(lead_id, judgement.twin),
        import_run_id=import_id,
        kind=judgement.kind,
        score=judgement.score,
        rule=PHONE_RULE,
        reasons=judgement.reasons,
        state=PairState.OPEN if held else PairState.PASSED,
        decided_at=None if held else timezone.now(),
    )


def hold(lead_id: int, judgement: Judgement) -> None:
    """Hold a lead until a person has decided; a decision that was taken already stays."""
    run = _imports([max(lead_id, judgement.twin)])[max(lead_id, judgement.twin)]
    Pair.objects.bulk_create([pair_of(lead_id, run, judgement)], ignore_conflicts=True)


def _imports(leads: Iterable[int]) -> dict[int, int]:
    """The import of each lead."""
    return dict(Lead.objects.filter(pk__in=list(leads)).values_list("pk", "import_run"))


def found_different(lead_id: int) -> set[int]:
    """The leads that were found not to be the same as this one: it is never asked again."""
    pairs = Pair.objects.filter(Q(lead=lead_id) | Q(other=lead_id), state=PairState.DIFFERENT)
    return {id_ for pair in pairs.values_list("lead", "other") for id_ in pair} - {lead_id}


def remember_different(
    pairs: Iterable[tuple[int, int]], *, by: User | None, comment: str = ""
) -> None:
    """Keep of these pairs of lead ids that they are not the same, whatever was kept before."""
    now, pairs = timezone.now(), list(pairs)
    runs = _imports(max(one) for one in pairs)
    kept = Pair.objects.bulk_create(
        [
            Pair(
                lead_id=max(one),
                other_id=min(one),
                import_run_id=runs[max(one)],
                kind=PairKind.PERSON,
                score=1.0,
                rule=BY_HAND,
                state=PairState.DIFFERENT,
                decided_by=by,
                decided_at=now,
                comment=comment,
            )
            for one in pairs
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["lead", "other"],
        update_fields=_DECISION,
    )
    _keep_values([pair.pk for pair in kept])


def decide(pairs: Iterable[int], state: PairState, *, by: User | None, comment: str = "") -> int:
    """Set the state of pairs (by id), and keep with their reasons the values that these are of;
    return how many there were."""
    ids = list(pairs)
    _keep_values(ids)
    return Pair.objects.filter(pk__in=ids).update(
        state=state, decided_by=by, decided_at=timezone.now(), comment=comment
    )


def let_pass(leads: QuerySet[Lead], *, by: User | None, comment: str = "") -> int:
    """Close what holds these leads: somebody has decided that they go on all the same."""
    held = Pair.objects.filter(lead__in=leads.order_by(), state=PairState.OPEN)
    return decide(held.values_list("pk", flat=True), PairState.PASSED, by=by, comment=comment)


def _keep_values(pairs: list[int]) -> None:
    if pairs:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP_VALUES, [pairs])


def cluster(lead_id: int) -> list[Pair]:
    """The open pairs that hang together with a lead, directly or over others, with both leads.

    In the order in which they are reached from the lead; a cluster of more than MOST_IN_A_CLUSTER
    leads is cut there.
    """
    found: dict[int, Pair] = {}
    seen, reached = {lead_id}, [lead_id]
    while reached and len(seen) < MOST_IN_A_CLUSTER:
        touching = Q(lead__in=reached) | Q(other__in=reached)
        pairs = Pair.objects.filter(touching, state=PairState.OPEN).select_related(
            "lead__import_run", "lead__lead_source", "other__import_run", "other__lead_source"
        )
        reached = []
        for pair in pairs.order_by("-score", "id")[:MOST_IN_A_CLUSTER]:
            found[pair.pk] = pair
            for id_ in (pair.lead_id, pair.other_id):
                if id_ not in seen:
                    seen.add(id_)
                    reached.append(id_)
    return list(found.values())


def alike(lead_id: int) -> int:
    """How many open pairs a lead is one of."""
    return Pair.objects.filter(Q(lead=lead_id) | Q(other=lead_id), state=PairState.OPEN).count()


def hand_over(gone: Lead, kept: Lead, *, by: User | None) -> tuple[list[int], list[int]]:
    """Close the open pairs of a lead that goes, and ask instead whether the others are the one
    that is kept: as far as the comparison with that one itself says so.

    Returns the ids of the pairs that were closed, and of those that are new.
    """
    closed = list(
        Pair.objects.filter(Q(lead=gone) | Q(other=gone), state=PairState.OPEN)
        .exclude(Q(lead=kept) | Q(other=kept))
        .select_related("lead", "other")
    )
    others = [pair.other if pair.lead_id == gone.pk else pair.lead for pair in closed]
    between = Pair.objects.filter(
        Q(lead=kept, other__in=others) | Q(other=kept, lead__in=others)
    ).values_list("pk", flat=True)
    known = list(between)
    new = [pair for other in others if (pair := _compared(kept, other))]
    Pair.objects.bulk_create(new, ignore_conflicts=True)
    made = list(between.filter(rule=HANDED_OVER).exclude(pk__in=known)) if new else []
    ids = [pair.pk for pair in closed]
    decide(ids, PairState.PASSED, by=by)
    return ids, made


def _compared(one: Lead, other: Lead) -> Pair | None:
    """The pair of two leads, unsaved; None if nobody need know of it."""
    newer, older = (one, other) if one.pk > other.pk else (other, one)
    both = [{name: getattr(lead, name) for name in FIELDS} for lead in (newer, older)]
    if not worth_keeping(score(*map(person, both)))[0]:
        return None
    found = compare(*both)
    return Pair(
        lead=newer,
        other=older,
        import_run_id=newer.import_run_id,
        kind=found.kind,
        score=found.score,
        rule=HANDED_OVER,
        reasons=found.reasons,
    )
