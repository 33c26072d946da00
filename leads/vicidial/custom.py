"""Custom fields of VICIdial's lists: each label is a parameter of add_lead of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leads.vicidial.fields import FIELDS
from leads.vicidial.request import LABEL, RESERVED

# Stands before a label where fields and labels may both stand.
CUSTOM = "custom:"


def is_label(label: str) -> bool:
    """Whether a custom field can have this label without being taken for something else."""
    return bool(LABEL.fullmatch(label)) and label not in RESERVED and label not in FIELDS


def custom_values(targets: Sequence[str | None], cells: Sequence[str | None]) -> Mapping[str, str]:
    """The values of a row's custom fields by label: of the cells whose target is `custom:label`.

    Empty ones are left out; several cells of one label are joined with a space.
    """
    found: dict[str, str] = {}
    for target, cell in zip(targets, cells, strict=False):
        if target and cell and cell.strip() and target.startswith(CUSTOM):
            label = target.removeprefix(CUSTOM)
            if is_label(label):
                found[label] = f"{found[label]} {cell}" if label in found else cell
    return found
