"""How leads that the dialer was given before have ended there: asked where a policy lets somebody
pass whom it never would after a sale or an entry in a DNC list.

The portal learns a lead's status when it is pushed, and the agents' work comes after that. Only
those are asked for with which a staged lead of the import has a pair that the policy let pass.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction

from leads.dedup.on_dialer import Checked, Connected, connected, paced
from leads.dedup.policy import in_scope, policy_for
from leads.history.context import because
from leads.models import Dialer, DuplicatePolicy, Import, Lead, LeadStatus, Treatment
from leads.sentence import say
from leads.vicidial import lookups

_AT_ONCE = 1000
# What is longer is no status of a dialer.
_LONGEST = Lead._meta.get_field("vicidial_status").max_length or 0
_PASSED = """
FROM leads_pair pair
JOIN leads_lead item ON item.id = pair.lead_id
JOIN leads_lead known ON known.id = pair.other_id
WHERE item.import_run_id = %(run)s AND item.status = 'staged' AND known.status = 'pushed'
    AND pair.state = 'passed' AND pair.decided_by_id IS NULL AND {counts}
"""
_ASKED = f"SELECT DISTINCT known.dialer_id, known.id, known.vicidial_lead_id {_PASSED}"
# What nobody has decided but the policy.
_OPEN_AGAIN = f"""
UPDATE leads_pair SET state = 'open', decided_at = NULL
WHERE id IN (SELECT pair.id {_PASSED} AND known.vicidial_status = ANY(%(final)s))
"""  # noqa: S608 - our own words


def ask(run: Import, leads: Sequence[int] | None = None) -> Checked:
    """Ask how those have ended for which the import's policy let leads pass (all of the import, or
    these ids), and keep it with them.

    Each is asked for on the dialer that has it, as politely as `on_dialer.check` asks. Raises
    nothing of a dialer: see `Checked.note`.
    """
    checked = Checked()
    if not _lets_pass(policy_for(run)):
        return checked
    for dialer, known in _asked(run, leads).items():
        answer = Checked()
        connected(dialer, answer, partial(_ask, known, answer))
        checked.asked += answer.asked
        checked.found += answer.found
        checked.again |= answer.again
        if answer.note:
            checked.note = say("%(dialer)s: %(why)s", dialer=dialer.name, why=answer.note)
    return checked


def open_again(run: Import) -> int:
    """Open the pairs that the policy let pass although the older lead has ended in one of its final
    outcomes; return how many. `apply` says what becomes of them."""
    policy = policy_for(run)
    if not _lets_pass(policy):
        return 0
    counting = in_scope(policy, run)
    values = {**counting.values, "run": run.pk, "final": list(policy.never_after)}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_AGAIN.format(counts=counting.sql), values)
        opened: int = cursor.rowcount
        return opened


def _lets_pass(policy: DuplicatePolicy) -> bool:
    """Whether it lets leads pass that it would not after a final outcome."""
    treated = (policy.same_person, policy.same_household, policy.same_number, policy.likely)
    return bool(policy.never_after) and (bool(policy.window_days) or Treatment.PASS in treated)


def _asked(run: Import, leads: Sequence[int] | None) -> dict[Dialer, dict[int, int]]:
    """By dialer the lead_id of each lead that is asked for, by its id."""
    counting = in_scope(policy_for(run), run)
    statement, values = _ASKED.format(counts=counting.sql), {**counting.values, "run": run.pk}
    if leads is not None:
        statement, values = f"{statement} AND item.id = ANY(%(leads)s)", {**values, "leads": leads}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    dialers = Dialer.objects.in_bulk({dialer for dialer, _, _ in rows})
    asked: defaultdict[Dialer, dict[int, int]] = defaultdict(dict)
    for dialer, lead, lead_id in rows:
        asked[dialers[dialer]][lead] = lead_id
    return dict(asked)


def _ask(leads: dict[int, int], checked: Checked, on: Connected) -> None:
    ids = list(leads)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        statuses = paced(
            on, lambda lead: lookups.field_info(on.client, leads[lead], "status"), some
        )
        checked.asked += len(some)
        ended: defaultdict[str, list[int]] = defaultdict(list)
        for lead, status in zip(some, statuses, strict=True):
            # Of a lead that is gone from the dialer, what was known last holds.
            if status and len(status) <= _LONGEST:
                ended[status].append(lead)
        with transaction.atomic(), because("asked how it ended"):
            for status, ids in ended.items():
                others = Lead.objects.filter(pk__in=ids, status=LeadStatus.PUSHED)
                checked.found += others.exclude(vicidial_status=status).update(
                    vicidial_status=status
                )
