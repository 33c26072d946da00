"""Who sees which push attempts and history: reviewers those about leads of their own imports."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User

from leads.models import Lead


def sees_all_pushes(user: User | AnonymousUser) -> bool:
    """Whether the user's role sees the attempts and history of every lead."""
    return user.has_perm("leads.push_lead") or user.has_perm("leads.export_lead")


def sees_pushes_of(user: User | AnonymousUser, lead: Lead) -> bool:
    """Whether the user sees the attempts and history of `lead` (its import_run is read)."""
    return sees_all_pushes(user) or (
        user.pk is not None and lead.import_run.created_by_id == user.pk
    )
