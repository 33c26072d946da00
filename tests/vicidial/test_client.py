"""Calling a dialer: what leaves, and what each failure means."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest
import responses

from leads.vicidial.client import Client, normalise_url
from leads.vicidial.errors import BadAddress, DialerError, NoAnswer, NotSent

from .wild_server import Behave, reply, wild_server

PASSWORD = "CANARY-pw-123"
LEAD = {"phone_number": "7275551212", "list_id": "101"}
OK = b"SUCCESS: add_lead LEAD HAS BEEN ADDED - 7275551212|101|193729|-5|6666\n"


def make(url: str, **settings: float) -> Client:
    timeouts = {"connect_timeout": 1.0, "read_timeout": 0.4, **settings}
    return Client(url, "6666", PASSWORD, "mycrm", **timeouts)  # type: ignore[arg-type]


def answering(data: bytes, *, go_on: bool = True) -> Behave:
    def behave(connection: socket.socket, request: bytes) -> bool:
        connection.sendall(data)
        return go_on

    return behave


def hang_up(connection: socket.socket, request: bytes) -> bool:
    return False


def stay_silent(connection: socket.socket, request: bytes) -> bool:
    time.sleep(1.5)
    return False


def drip(connection: socket.socket, request: bytes) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b"x")
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://host", "https://host/vicidial/non_agent_api.php"),
        (" https://host/ ", "https://host/vicidial/non_agent_api.php"),
        ("https://host/vicidial", "https://host/vicidial/non_agent_api.php"),
        ("https://host/vicidial/", "https://host/vicidial/non_agent_api.php"),
        ("http://10.0.0.5:8080/x/y/", "http://10.0.0.5:8080/x/y/non_agent_api.php"),
        (
            "https://host/vicidial/non_agent_api.php",
            "https://host/vicidial/non_agent_api.php",
        ),
        ("http://[::1]:80", "http://[::1]:80/vicidial/non_agent_api.php"),
    ],
)
def test_a_url_may_be_the_host_the_folder_or_the_script(given: str, url: str) -> None:
    assert normalise_url(given) == url


@pytest.mark.parametrize(
    "given",
    [
        "",
        "   ",
        "host",
        "dialer.example.com/vicidial",
        "ftp://host",
        "file:///etc/passwd",
        "https://",
        "https:///vicidial",
        "https://host:99999",
        "https://host:x",
        "https://[::1",
        "https://ho st",
        "https://host/admin.php",
        "https://user:secret@host",
        "https://secret@host",
        "https://host/?user=6666&pass=secret",
        "https://host/non_agent_api.php?pass=secret",
        "https://host/#secret",
        "https://host\\@secret",
    ],
)
def test_a_url_that_is_none_is_refused_with_a_sentence_and_never_repeated(given: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalise_url(given)
    assert caught.value.reason == "BAD_URL"
    assert caught.value.sentence.endswith(".")
    assert "secret" not in repr(caught.value)


def test_everything_goes_in_the_body_of_a_post_and_nothing_in_the_url() -> None:
    with responses.RequestsMock() as mock:
        mock.post("https://host/vicidial/non_agent_api.php", body="x")
        answer = make("https://host").call("add_lead", {"first_name": "José & Co"})
        request = mock.calls[0].request
    assert request.url == "https://host/vicidial/non_agent_api.php"
    assert parse_qs(str(request.body)) == {
        "first_name": ["José & Co"],
        "user": ["6666"],
        "pass": [PASSWORD],
        "source": ["mycrm"],
        "function": ["add_lead"],
    }
    assert (answer.status, answer.body) == (200, "x")


def test_parameters_cannot_replace_the_login_or_the_function() -> None:
    with responses.RequestsMock() as mock:
        mock.post("https://host/vicidial/non_agent_api.php", body="x")
        make("https://host").call("version", {"pass": "x", "user": "x", "function": "x"})
        sent = parse_qs(str(mock.calls[0].request.body))
    assert (sent["user"], sent["pass"], sent["function"]) == (["6666"], [PASSWORD], ["version"])


def test_connections_are_kept_and_used_again() -> None:
    with wild_server(answering(reply(OK))) as wild, make(wild.url) as client:
        for _ in range(3):
            assert client.add_lead(LEAD).lead_id == 193729
        assert (wild.connections, len(wild.requests)) == (1, 3)


def test_never_more_calls_at_once_than_connections() -> None:
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def slow(connection: socket.socket, request: bytes) -> bool:
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.02)
        with lock:
            running.pop()
        connection.sendall(reply(OK))
        return True

    with wild_server(slow) as wild:
        client = Client(wild.url, "6666", PASSWORD, connections=2)
        with client, ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda _: client.add_lead(LEAD), range(12)))
    assert {answer.outcome for answer in answers} == {"added"}
    assert max(most) <= 2
    assert wild.connections <= 2


def test_a_read_timeout_is_no_answer() -> None:
    with wild_server(stay_silent) as wild, make(wild.url) as client:
        with pytest.raises(NoAnswer) as caught:
            client.call("version")
        assert caught.value.reason == "TIMEOUT"
        assert caught.value.milliseconds >= 300


BROKEN: list[tuple[str, Behave, str]] = [
    ("dropped", hang_up, "DROPPED"),
    ("silent", stay_silent, "TIMEOUT"),
    ("cut in the head", answering(b"HTTP/1.1 200 OK\r\nContent-", go_on=False), "EMPTY"),
    ("cut in the body", answering(reply(OK, length=len(OK) + 10), go_on=False), "DROPPED"),
    ("cut after the line", answering(reply(OK, length=len(OK) + 1), go_on=False), "DROPPED"),
    (
        "cut in a chunk",
        answering(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n46\r\n" + OK[:20], go_on=False
        ),
        "DROPPED",
    ),
    ("stuck in the body", answering(reply(OK, length=len(OK) + 10)), "TIMEOUT"),
    ("no HTTP", answering(b"hello\r\n\r\n", go_on=False), "DROPPED"),
    ("far too large", answering(reply(OK + b"x" * 2_000_000)), "TOO_LARGE"),
    ("drop by drop", drip, "TIMEOUT"),
    (
        "redirect",
        answering(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
        ),
        "REDIRECT",
    ),
]


@pytest.mark.parametrize(
    ("behave", "reason"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_lost_answer_is_never_taken_for_a_success_or_for_nothing_sent(
    behave: Behave, reason: str
) -> None:
    with wild_server(behave) as wild, make(wild.url) as client:
        answer = client.add_lead(LEAD)
        assert (answer.outcome, answer.reason, answer.lead_id) == ("unclear", reason, None)
        assert answer.left
        assert answer.sentence
        assert len(wild.requests) == 1, "it was sent again"


def test_a_kept_connection_that_dies_is_unclear_and_not_tried_again() -> None:
    calls: list[int] = []

    def once(connection: socket.socket, request: bytes) -> bool:
        calls.append(1)
        if len(calls) == 1:
            connection.sendall(reply(OK))
            return True
        return False

    with wild_server(once) as wild, make(wild.url) as client:
        assert client.add_lead(LEAD).outcome == "added"
        answer = client.add_lead(LEAD)
        assert (answer.outcome, answer.reason, answer.left) == ("unclear", "DROPPED", True)
        assert len(wild.requests) == 2


def test_after_a_broken_answer_the_next_call_works() -> None:
    calls: list[int] = []

    def first_broken(connection: socket.socket, request: bytes) -> bool:
        calls.append(1)
        connection.sendall(reply(b"x" * 2_000_000 if len(calls) == 1 else OK))
        return True

    with wild_server(first_broken) as wild, make(wild.url) as client:
        assert client.add_lead(LEAD).reason == "TOO_LARGE"
        assert client.add_lead(LEAD).outcome == "added"


def test_a_refused_connection_certainly_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = make(f"http://127.0.0.1:{port}")
    with pytest.raises(NotSent) as caught:
        client.call("version")
    assert caught.value.reason == "REFUSED"
    answer = client.add_lead(LEAD)
    assert (answer.outcome, answer.reason, answer.left) == ("stop", "NOT_SENT", False)
    assert "127.0.0.1" in answer.sentence


def test_a_host_that_there_is_not_certainly_got_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_host(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    with pytest.raises(NotSent) as caught:
        make("http://no-such-host.invalid").call("version")
    assert caught.value.reason == "DNS"


def test_a_connection_that_is_not_accepted_in_time_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_slow(*args: object, **kwargs: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", too_slow)
    with pytest.raises(NotSent) as caught:
        make("http://127.0.0.1:9").call("version")
    assert caught.value.reason == "CONNECT_TIMEOUT"


def test_a_failed_tls_handshake_sent_nothing() -> None:
    def no_tls(connection: socket.socket, request: bytes) -> bool:
        return False

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak_plainly() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=speak_plainly)
        thread.start()
        with pytest.raises(NotSent) as caught:
            make(f"https://127.0.0.1:{listener.getsockname()[1]}").call("version")
        thread.join(5)
    assert caught.value.reason == "TLS"


def test_a_tls_failure_after_the_request_left_is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    def bad_record(*args: object) -> None:
        raise ssl.SSLError("bad record mac")

    with wild_server(answering(reply(OK))) as wild, make(wild.url) as client:
        monkeypatch.setattr("http.client.HTTPResponse.begin", bad_record)
        answer = client.add_lead(LEAD)
    assert (answer.outcome, answer.reason, answer.left) == ("unclear", "DROPPED", True)


def test_a_missing_file_of_certificates_is_said_to_be_missing() -> None:
    client = Client("https://127.0.0.1:9", "6666", PASSWORD, verify="/no/such/file.pem")
    with pytest.raises(NotSent) as caught:
        client.call("version")
    assert "certificates" in caught.value.sentence


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with wild_server(answering(reply(OK))) as wild, make(wild.url) as client:
        assert client.add_lead(LEAD).outcome == "added"


def test_bytes_that_are_no_utf_8_do_no_harm() -> None:
    with wild_server(answering(reply(b"\xff\xfe" + OK))) as wild, make(wild.url) as client:
        assert client.add_lead(LEAD).lead_id == 193729


def test_an_answer_carries_the_status_and_the_time_it_took() -> None:
    with wild_server(answering(reply(b"", status="500 Oops"))) as wild, make(wild.url) as client:
        answer = client.add_lead(LEAD)
    assert (answer.outcome, answer.reason, answer.http_status) == ("unclear", "HTTP_500", 500)
    assert 0 <= answer.milliseconds < 5000


def test_cookies_of_a_dialer_are_not_sent_back() -> None:
    cookie = reply(OK).replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b\r\n\r\n", 1)
    with wild_server(answering(cookie)) as wild, make(wild.url) as client:
        client.add_lead(LEAD)
        client.add_lead(LEAD)
        assert b"cookie" not in wild.requests[1].lower()


@pytest.mark.parametrize("kind", [NotSent, NoAnswer])
def test_the_error_is_a_sentence_and_a_code(kind: type[DialerError]) -> None:
    error = kind("The dialer is away.", "AWAY", http_status=502, milliseconds=7)
    assert (str(error), error.reason, error.http_status, error.milliseconds) == (
        "The dialer is away.",
        "AWAY",
        502,
        7,
    )
