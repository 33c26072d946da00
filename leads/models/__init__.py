"""The tables. Constraints and triggers say what must never be; verbs live elsewhere."""

from leads.models.dialer import Dialer, DialerList
from leads.models.dnc import (
    DncEdition,
    DncEntry,
    DncList,
    DncNumber,
    DncOrigin,
    DncUnreadable,
    EditionStatus,
)
from leads.models.history import LeadCorrection, LeadStanding
from leads.models.intake import Import, ImportStatus, Source, SourceMapping
from leads.models.lead import Lead
from leads.models.pair import Pair, PairKind, PairState
from leads.models.push import AttemptKind, BatchStatus, Outcome, PushAttempt, PushBatch
from leads.models.status import MOVES, LeadStatus

__all__ = [
    "MOVES",
    "AttemptKind",
    "BatchStatus",
    "Dialer",
    "DialerList",
    "DncEdition",
    "DncEntry",
    "DncList",
    "DncNumber",
    "DncOrigin",
    "DncUnreadable",
    "EditionStatus",
    "Import",
    "ImportStatus",
    "Lead",
    "LeadCorrection",
    "LeadStanding",
    "LeadStatus",
    "Outcome",
    "Pair",
    "PairKind",
    "PairState",
    "PushAttempt",
    "PushBatch",
    "Source",
    "SourceMapping",
]
