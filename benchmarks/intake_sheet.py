"""Reading XLSX: the portal's reader beside openpyxl's, for `benchmarks/intake.py`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path


def times_openpyxl(folder: Path, rows: int) -> float | None:
    """How many times faster than openpyxl; None where this release reads no sheets."""
    if find_spec("leads.intake.read_sheet") is None:
        return None
    raise NotImplementedError(folder, rows, import_module)
