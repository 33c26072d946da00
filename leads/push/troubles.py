"""What answers say of the dialer rather than of the lead, and when that is enough to pause it."""

from __future__ import annotations

from leads.sentence import say
from leads.vicidial.answers import AddLeadAnswer
from leads.vicidial.reasons import with_advice

# A run of calls without a usable answer that pauses the dialer, beyond one for each connection:
# the slow ones of many good calls come last, all together, and mean nothing.
LONGEST_RUN = 5
# What one lead is refused for, and all others of its batch would be.
OF_THE_LIST = {"LIST_NOT_DEFINED", "LIST_NOT_ALLOWED"}


class Troubles:
    """The run of unusable answers so far."""

    def __init__(self) -> None:
        self.run = 0

    def see(
        self, asked_list_id: int, answer: AddLeadAnswer, connections: int
    ) -> tuple[str, str] | None:
        """Take note of an answer; return reason and text if the dialer must be paused."""
        if answer.pauses and answer.left:
            return answer.reason, with_advice(answer.reason, answer.sentence)
        if answer.outcome == "added" and answer.list_id != asked_list_id:
            return (
                "WRONG_LIST",
                say(
                    "A lead for list %(asked_list_id)s was taken into list %(list_id)s "
                    "(lead_id %(lead_id)s). Look at list %(asked_list_id)s in VICIdial, then "
                    "resume.",
                    asked_list_id=asked_list_id,
                    list_id=answer.list_id,
                    lead_id=answer.lead_id,
                ),
            )
        if answer.outcome != "unclear" and answer.left:
            self.run = 0
            return None
        self.run += 1
        if self.run < LONGEST_RUN + connections:
            return None
        return (
            "NO_ANSWER",
            say(
                "%(run)s calls in a row had no usable answer. The last one: %(sentence)s A "
                "probe asks the dialer again by itself; if this comes back, look at its web "
                "server.",
                run=self.run,
                sentence=answer.sentence,
            ),
        )


def of_the_batch(asked_list_id: int, answer: AddLeadAnswer) -> str:
    """Why the batch of the lead must be paused, in words; empty if it need not be."""
    if answer.outcome != "refused" or answer.reason not in OF_THE_LIST:
        return ""
    return say(
        "List %(asked_list_id)s: %(sentence)s So would all other leads of the batch be "
        "refused. Look at the list in VICIdial, then resume the batch; the refused leads "
        "can be queued again.",
        asked_list_id=asked_list_id,
        sentence=answer.sentence,
    )
