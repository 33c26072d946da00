"""What can go wrong between the portal and a dialer, as sentences for people.

No sentence and no attribute of these exceptions ever holds the API password.
"""

from __future__ import annotations


class DialerError(Exception):
    """A call did not do what it was made for.

    `sentence` is for people; `reason` is a stable code; `http_status` is what the server answered,
    if it did; `milliseconds` is how long the call took.
    """

    def __init__(
        self,
        sentence: str,
        reason: str = "",
        *,
        http_status: int | None = None,
        milliseconds: int = 0,
    ) -> None:
        super().__init__(sentence, reason)
        self.sentence = sentence
        self.reason = reason
        self.http_status = http_status
        self.milliseconds = milliseconds

    def __str__(self) -> str:
        return self.sentence


class BadAddress(DialerError):
    """The dialer's URL is none that may be called."""


class NotSent(DialerError):
    """Certainly nothing of the request reached the dialer: it may be made again."""


class NoAnswer(DialerError):
    """The request may have reached the dialer and no usable answer came: conclude nothing."""


class Unclear(NoAnswer):
    """An answer came, and it does not say what was asked for: conclude nothing."""


class Stop(DialerError):
    """The dialer refuses this API user (login, lock, address, user group): pause the dialer."""


class NotAllowed(Stop):
    """The API user may log in but lacks the right for this function."""


class Unsupported(DialerError):
    """The dialer's release does not have this function."""
