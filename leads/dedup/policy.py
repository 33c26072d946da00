"""Which policy an import has, and which known leads count under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from leads.models import DuplicatePolicy, Import, Scope
from leads.models.status import KNOWN, quoted


@dataclass(frozen=True)
class Within:
    """The leads that count: SQL conditions over the alias `known` of the leads' table, with their
    named parameters. None of them: all leads that stand for themselves."""

    conditions: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def sql(self) -> str:
        """What is true for a lead that counts."""
        return " AND ".join((f"known.status IN ({quoted(KNOWN)})", *self.conditions))


def is_about(policy: DuplicatePolicy, run: Import) -> bool:
    """Whether an import is of the policy's source and for its list."""
    return policy.lead_source_id in (None, run.lead_source_id) and policy.list_id in (
        None,
        run.list_id,
    )


def rank(policy: DuplicatePolicy) -> tuple[bool, bool]:
    """How special a policy is: of several for an import the highest counts."""
    return policy.lead_source_id is not None, policy.list_id is not None


def policy_for(run: Import) -> DuplicatePolicy:
    """The policy of an import: its source's and list's own before more general ones.

    Where nobody has made one, an unsaved one with the defaults.
    """
    found = DuplicatePolicy.objects.filter(
        Q(lead_source=run.lead_source_id) | Q(lead_source=None),
        Q(list_id=run.list_id) | Q(list_id=None) if run.list_id else Q(list_id=None),
    )
    return max(found, key=rank, default=DuplicatePolicy())


def in_scope(policy: DuplicatePolicy, run: Import) -> Within:
    """What the policy's scope alone means for an import, whenever a lead was pushed."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if scope := _SCOPES.get(Scope(policy.scope)):
        condition, column = scope
        value = getattr(run, column)
        # An import for no list, or no dialer yet, is compared with everything.
        if value is not None:
            conditions.append(condition)
            values["scope"] = value
    return Within(tuple(conditions), values)


def within(policy: DuplicatePolicy, run: Import) -> Within:
    """What the policy's scope and window mean for an import."""
    scope = in_scope(policy, run)
    conditions, values = [*scope.conditions], {**scope.values}
    if policy.window_days:
        conditions.append(
            "(known.pushed_at IS NULL OR known.pushed_at > %(since)s"
            " OR known.vicidial_status = ANY(%(final)s))"
        )
        values["since"] = timezone.now() - timedelta(days=policy.window_days)
        values["final"] = list(policy.never_after)
    return Within(tuple(conditions), values)


_SCOPES = {
    Scope.FILE: ("known.import_run_id = %(scope)s", "pk"),
    Scope.SOURCE: ("known.lead_source_id = %(scope)s", "lead_source_id"),
    Scope.LIST: ("coalesce(known.vicidial_list_id, known.list_id) = %(scope)s", "list_id"),
    Scope.DIALER: (
        "coalesce(known.dialer_id, (SELECT dialer_id FROM leads_import"
        " WHERE id = known.import_run_id)) = %(scope)s",
        "dialer_id",
    ),
}
