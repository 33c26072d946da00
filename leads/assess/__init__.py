"""What cells become as a lead: cleaned, held against the wire, with their findings.

`row.py` says it of one row and is the only place with rules; `columns.py` says the same of many
rows at once, quickly.
"""

from leads.assess.row import WIRE_LOSS, Assessment, assess, rules_of

__all__ = ["WIRE_LOSS", "Assessment", "assess", "rules_of"]
