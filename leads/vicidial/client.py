"""Call a dialer: POST over kept-alive connections, with time-outs, and no password in any text.

Each call takes one of at most `connections` transport adapters of requests from a pool and gives it
back: each keeps one connection. A Session on top of it would work out redirects, cookies, proxies
and headers anew for every call, which takes more time than the call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from queue import LifoQueue
from types import TracebackType
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from leads.sentence import say
from leads.vicidial.address import normalise_url
from leads.vicidial.answers import AddLeadAnswer, read_add_lead
from leads.vicidial.errors import DialerError, NoAnswer, NotSent
from leads.vicidial.reasons import sentence_for
from leads.vicidial.redact import redact
from leads.vicidial.transport import (
    CALL,
    TooLarge,
    TooSlow,
    failure,
    new_adapter,
    prepared,
    read_body,
)

__all__ = ["Answer", "Client", "normalise_url"]

LARGEST_ANSWER = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """An answer as it came: `body` may hold the password, so it is not part of the repr."""

    status: int
    body: str = field(repr=False)
    milliseconds: int


class Client:
    """A dialer and the API user to call it with. Safe for threads.

    `base_url` as in `normalise_url`; `source` is 2 to 20 letters or digits that VICIdial writes
    into its API log; time-outs are seconds, `read_timeout` for the whole answer as well; at most
    `connections` calls run at once, further ones wait; `verify` is True, or the path of a CA
    bundle, or False for no check of the certificate. Raises BadAddress for a URL that is none.
    """

    def __init__(
        self,
        base_url: str,
        user: str,
        password: str,
        source: str = "portal",
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 30.0,
        connections: int = 8,
        verify: bool | str = True,
    ) -> None:
        self.url = normalise_url(base_url)
        self.user = user
        self.source = source
        self.timeouts = (connect_timeout, read_timeout)
        self._host = urlsplit(self.url).netloc
        self._verify = verify
        if verify is False:
            # Said once by who switched it off, not with every call.
            urllib3.disable_warnings(InsecureRequestWarning)
        # Closures, so that nobody who looks at the object or a stack frame sees the password.
        self._login: Callable[[], dict[str, str]] = lambda: {"user": user, "pass": password}
        self.redact: Callable[[str], str] = lambda text: redact(text, password)
        self._pool: LifoQueue[HTTPAdapter] = LifoQueue()
        for _ in range(max(connections, 1)):
            self._pool.put(new_adapter())

    def __repr__(self) -> str:
        return f"<Client {self.user} at {self._host}>"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are not in use; the client may be used again."""
        for adapter in tuple(self._pool.queue):
            adapter.close()

    def call(self, function: str, params: Mapping[str, str] | None = None) -> Answer:
        """Call an API function and return what came back.

        Raises NotSent if certainly nothing reached the dialer, NoAnswer if it may have and no
        usable answer came. The exceptions chain to nothing: those of requests hold the body.
        """
        outcome = self._call(function, params or {})
        if isinstance(outcome, DialerError):
            raise outcome
        return outcome

    def add_lead(self, params: Mapping[str, str]) -> AddLeadAnswer:
        """Call add_lead and return what the answer means; never raises a DialerError.

        Where nothing reached the dialer the outcome is `stop`, reason `NOT_SENT`, `left` False:
        the lead may be queued again. Where no usable answer came it is `unclear`.
        """
        outcome = self._call("add_lead", params)
        if isinstance(outcome, Answer):
            sent = {**params, **self._login()}
            answer = read_add_lead(outcome.body, sent, outcome.status)
            return replace(answer, milliseconds=outcome.milliseconds)
        left = not isinstance(outcome, NotSent)
        return AddLeadAnswer(
            "unclear" if left else "stop",
            outcome.reason if left else "NOT_SENT",
            sentence=outcome.sentence,
            http_status=outcome.http_status,
            milliseconds=outcome.milliseconds,
            left=left,
        )

    def _call(self, function: str, params: Mapping[str, str]) -> Answer | DialerError:
        adapter = self._pool.get()
        started = time.monotonic()
        CALL.left = False
        try:
            request = prepared(self.url, self._body(function, params))
            with adapter.send(
                request, stream=True, timeout=self.timeouts, verify=self._verify
            ) as response:
                deadline = started + sum(self.timeouts)
                text = read_body(response, LARGEST_ANSWER, deadline)
                status = response.status_code
        except (requests.RequestException, HTTPError, TooLarge, TooSlow, OSError, ValueError) as e:
            problem = failure(e, self._host)
            problem.milliseconds = _since(started)
            return problem
        finally:
            self._pool.put(adapter)
        if 300 <= status < 400:
            return NoAnswer(
                say(
                    "%(redirect)s Set the dialer's URL to the one it leads to (https instead of "
                    "http?). HTTP status %(status)s of %(host)s.",
                    redirect=sentence_for("REDIRECT"),
                    status=status,
                    host=self._host,
                ),
                "REDIRECT",
                http_status=status,
                milliseconds=_since(started),
            )
        return Answer(status, text, _since(started))

    def _body(self, function: str, params: Mapping[str, str]) -> str:
        call = {**params, **self._login(), "source": self.source, "function": function}
        return urlencode(call, errors="replace")


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
