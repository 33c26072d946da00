"""A glance at pairs that share a key: which are worth comparing text by text.

Only the parts of their keys are looked at: are they the same, others, or not known? The weights
(weights.json, `glance`) are fitted so that next to nothing is lost that a full comparison would
show to anybody.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leads.dedup.keys import PHONE, Atoms
from leads.dedup.levels import Mask
from leads.dedup.texts import Places

_FITTED = json.loads(Path(__file__).with_name("glance.json").read_text(encoding="utf-8"))
PARTS: tuple[str, ...] = ("first", "last", "born", "postal", "house", "street", "city", "email",
                          "local", "phone", "phone_less")  # fmt: skip


def glance(atoms: Atoms, one: Places, other: Places, kind: npt.NDArray[np.int64]) -> Mask:
    """Which of these pairs are worth it; all that share a phone number are."""
    total = np.full(len(one), _FITTED["bias"])
    for name in PARTS:
        same, differ = looks(atoms, name, one, other)
        weights = _FITTED["weights"][name]
        total += same * weights["same"] + differ * weights["differs"]
    return (total >= _FITTED["least"]) | (kind == PHONE)


def looks(atoms: Atoms, name: str, one: Places, other: Places) -> tuple[Mask, Mask]:
    """Whether a part is the same, and whether both have it and it differs."""
    first, second = atoms[name][one], atoms[name][other]
    same = (first == second) & (first != 0)
    return same, (first != second) & (first != 0) & (second != 0)
