"""HTTP under the client: connections that notice when a request leaves, and what failures mean."""

from __future__ import annotations

import threading
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from leads.sentence import say
from leads.vicidial.errors import DialerError, NoAnswer, NotSent

_CHUNK = 64 * 1024
_HEADERS = {
    "User-Agent": "vicidial-lead-portal",
    "Accept": "text/html, text/plain",
    # A small compressed answer could swell.
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    "Connection": "keep-alive",
}

# Whether this thread's call has begun to leave: before its first byte the dialer cannot have done
# anything, after it, anything.
CALL = threading.local()


class TooLarge(Exception):
    """The answer has more bytes than an answer can have."""


class TooSlow(Exception):
    """The answer came drop by drop and was not there in time."""


class _Noticing(HTTPConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        CALL.left = True
        super().send(data)


class _NoticingTLS(_Noticing, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Noticing


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _NoticingTLS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}


def new_adapter() -> HTTPAdapter:
    """Return requests' transport with one kept-alive connection and no retries. What a Session
    would add (redirects, cookies, the environment's proxies) no call of ours wants."""
    return _Adapter(pool_connections=1, pool_maxsize=1, max_retries=0, pool_block=True)


def prepared(url: str, body: str) -> requests.PreparedRequest:
    """Return the POST of a form body, made by hand: `requests` takes half of a call's time to work
    out headers, cookies and URL that are the same every time. `url` as of `normalise_url`."""
    request = requests.PreparedRequest()
    request.method = "POST"
    request.url = url
    request.headers = CaseInsensitiveDict(_HEADERS)
    request.headers["Content-Length"] = str(len(body))
    request.body = body
    return request


def read_body(response: requests.Response, largest: int, deadline: float) -> str:
    """Return the answer's text, UTF-8 with replacement characters for what is none.

    Raises TooLarge beyond `largest` bytes, TooSlow when time.monotonic() passes `deadline`.
    """
    parts: list[bytes] = []
    size = 0
    # read1, since iter_content waits for a whole chunk, however slowly it drips.
    while part := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > largest:
            raise TooLarge
        if time.monotonic() > deadline:
            raise TooSlow
    return b"".join(parts).decode("utf-8", "replace")


def failure(error: Exception, host: str) -> DialerError:
    """Return what the `error` of this thread's call means; nothing of `error` itself is kept.

    NotSent only where it is certain: no byte had left, and the error is one of connecting.
    """
    if not CALL.left and (problem := _not_sent(error, host)):
        return problem
    if isinstance(error, TooLarge):
        return NoAnswer(
            say("%(host)s sent far more than an answer of VICIdial.", host=host), "TOO_LARGE"
        )
    if isinstance(error, requests.Timeout | ReadTimeoutError | TooSlow):
        return NoAnswer(say("%(host)s did not answer in time.", host=host), "TIMEOUT")
    return NoAnswer(
        say("The connection to %(host)s was lost before the answer came.", host=host), "DROPPED"
    )


def _not_sent(error: Exception, host: str) -> NotSent | None:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, NameResolutionError):
        return NotSent(say("There is no machine called %(host)s.", host=host), "DNS")
    if isinstance(reason, NewConnectionError):
        return NotSent(say("%(host)s does not accept connections.", host=host), "REFUSED")
    if isinstance(error, requests.ConnectTimeout):
        return NotSent(
            say("%(host)s took too long to accept a connection.", host=host), "CONNECT_TIMEOUT"
        )
    if isinstance(error, requests.exceptions.SSLError):
        why = say("its certificate or its TLS was not accepted")
        return NotSent(say("No secure connection to %(host)s: %(why)s.", host=host, why=why), "TLS")
    if isinstance(error, ValueError):
        # InvalidURL, InvalidSchema, MissingSchema and their like, before any connection.
        return NotSent(say("The dialer's URL is none that can be called."), "BAD_URL")
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException):
        # requests looks at the CA bundle before it connects.
        return NotSent(
            say("The file of certificates for %(host)s cannot be read.", host=host), "TLS"
        )
    return None
