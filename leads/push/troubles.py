"""What answers say of the dialer rather than of the lead, and when that is enough to pause it."""

from __future__ import annotations

from dataclasses import dataclass

from leads.vicidial.answers import AddLeadAnswer

# A run of calls without a usable answer, in points: one that failed at once is one, one that a
# connection was held up for, or that did not even leave, is two.
MOST_POINTS = 10
SLOW = {"TIMEOUT", "NOT_SENT"}


@dataclass
class Troubles:
    """The run of unusable answers so far."""

    points: int = 0
    calls: int = 0

    def see(self, asked_list_id: int, answer: AddLeadAnswer) -> tuple[str, str] | None:
        """Take note of an answer; return reason and text if the dialer must be paused."""
        if answer.pauses and answer.left:
            return answer.reason, answer.sentence
        if answer.outcome == "added" and answer.list_id != asked_list_id:
            return (
                "WRONG_LIST",
                f"A lead for list {asked_list_id} was taken into list {answer.list_id} (lead_id"
                f" {answer.lead_id}). Look at list {asked_list_id} in VICIdial, then resume.",
            )
        if answer.outcome != "unclear" and answer.left:
            self.points = self.calls = 0
            return None
        self.points += 2 if answer.reason in SLOW else 1
        self.calls += 1
        if self.points < MOST_POINTS:
            return None
        return (
            "NO_ANSWER",
            f"{self.calls} calls in a row had no usable answer. The last one: {answer.sentence}"
            " A probe asks the dialer again by itself; if this comes back, look at its web server.",
        )
