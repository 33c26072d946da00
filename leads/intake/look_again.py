"""An import that a person looks at before it is loaded: read anew, mapped anew, started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leads.intake import mapping
from leads.intake.stored import HOW_READ, layout_of
from leads.intake.upload import columns_of
from leads.models import Import, ImportStatus

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def look_again(run: Import) -> None:
    """Read the file as the import says now; its columns are mapped anew. Raises IntakeError."""
    layout = layout_of(run)
    run.header = list(layout.header)
    known = mapping.remembered(run.lead_source, layout.header)
    run.mapping = (
        known.mapping
        if known and len(known.mapping) == len(layout.header)
        else list(columns_of(run.file.path, layout, need_phone=False).columns)
    )
    run.save(update_fields=HOW_READ)


def keep(run: Import) -> None:
    """Keep the mapping and the fixed values, and load nothing yet."""
    run.save(update_fields=["mapping", "fixed", "dialer"])


def start(run: Import, *, by: User | None) -> bool:
    """Have the import loaded as it is mapped, and remember the mapping for the source's next file
    with this header. Returns False if it was started or cancelled meanwhile."""
    keep(run)
    mapping.remember(run, by=by)
    new = Import.objects.filter(pk=run.pk, status=ImportStatus.NEW)
    return bool(new.update(status=ImportStatus.WAITING))


def is_remembered(run: Import) -> bool:
    """Whether the mapping is the one that was settled for an earlier file with this header."""
    known = mapping.remembered(run.lead_source, run.header)
    return known is not None and known.mapping == run.mapping
