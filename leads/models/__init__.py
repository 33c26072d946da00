"""The tables. Constraints and triggers say what must never be; verbs live elsewhere."""

from leads.models.desk import Decision, DecisionVerb, DeskClaim
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
from leads.models.export import Export
from leads.models.history import LeadCorrection, LeadStanding
from leads.models.intake import Import, ImportStatus, Source, SourceMapping
from leads.models.lead import Lead
from leads.models.match_key import MatchAgain, MatchAtoms, MatchKeys
from leads.models.pair import Pair, PairKind, PairState
from leads.models.policy import DuplicatePolicy, Scope, Treatment
from leads.models.push import AttemptKind, BatchStatus, Outcome, PushAttempt, PushBatch
from leads.models.saved_filter import FilteredPage, SavedFilter
from leads.models.status import MOVES, LeadStatus
from leads.models.tally import LatencyTally, LeadTally, PushTally, TallyState

__all__ = [
    "MOVES",
    "AttemptKind",
    "BatchStatus",
    "Decision",
    "DecisionVerb",
    "DeskClaim",
    "Dialer",
    "DialerList",
    "DncEdition",
    "DncEntry",
    "DncList",
    "DncNumber",
    "DncOrigin",
    "DncUnreadable",
    "DuplicatePolicy",
    "EditionStatus",
    "Export",
    "FilteredPage",
    "Import",
    "ImportStatus",
    "LatencyTally",
    "Lead",
    "LeadCorrection",
    "LeadStanding",
    "LeadStatus",
    "LeadTally",
    "MatchAgain",
    "MatchAtoms",
    "MatchKeys",
    "Outcome",
    "Pair",
    "PairKind",
    "PairState",
    "PushAttempt",
    "PushBatch",
    "PushTally",
    "SavedFilter",
    "Scope",
    "Source",
    "SourceMapping",
    "TallyState",
    "Treatment",
]
