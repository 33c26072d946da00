"""The API password is in nothing that is kept."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest
import requests
import responses

from leads.vicidial import lookups
from leads.vicidial.answers import read_add_lead
from leads.vicidial.client import Client
from leads.vicidial.doctor import examine
from leads.vicidial.errors import DialerError
from leads.vicidial.redact import MASK, redact, redact_params
from leads.vicidial.releases import probe

from .corpus import CANARY, Pair, with_canary

URL = "https://dialer.test/vicidial/non_agent_api.php"
PAIRS = list(with_canary())


@pytest.mark.parametrize("one", PAIRS, ids=lambda one: one.name)
def test_the_canary_is_in_no_answer_that_was_read(one: Pair) -> None:
    answer = read_add_lead(one.body, one.request, one.status)
    shown = [answer.text, answer.sentence, *answer.notices, repr(answer), str(answer)]
    assert not [text for text in shown if CANARY in text]


CALLS: list[Callable[[Client], object]] = [
    lambda client: client.add_lead({"phone_number": "7275551212", "list_id": "101"}),
    lambda client: client.call("update_lead", {"lead_id": "1"}),
    lookups.version,
    lambda client: lookups.no_update_by_code(client, "LP00001"),
    lambda client: lookups.no_update_by_phone(client, "7275551212"),
    lambda client: lookups.search_by_codes(client, ["LP00001", "LP00002"]),
    lambda client: lookups.search_by_phones(client, ["7275551224", "7275559999"]),
    lambda client: lookups.field_info(client, 193715, "status"),
    lambda client: lookups.list_info(client, 101),
    lookups.campaigns,
    lambda client: lookups.custom_fields(client, 102),
    lambda client: lookups.check_phone(client, "7275551213"),
    lambda client: lookups.delete_lead(client, 193716),
    probe,
    lambda client: examine(client, [101]),
]


def everything_about(error: BaseException | None) -> str:
    """What a log, a page or a debugger may show of an exception, and of all it hangs on."""
    texts = []
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(vars(error))]
        texts += traceback.format_exception(error)
        frames = traceback.walk_tb(error.__traceback__)
        ours = [frame for frame, _ in frames if "leads/vicidial" in frame.f_code.co_filename]
        # `body`, `values` and their like are locals of readers and hold the answer as it came.
        texts += [repr(frame.f_locals.get("self")) for frame in ours]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@pytest.mark.parametrize("one", PAIRS, ids=lambda one: one.name)
def test_the_canary_is_in_no_result_exception_or_log(
    one: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client("https://dialer.test", "6666", CANARY)
    for call in CALLS:
        with responses.RequestsMock() as mock:
            mock.post(URL, body=one.body, status=one.status)
            try:
                shown = repr(call(client))
            except DialerError as error:
                shown = everything_about(error)
        assert CANARY not in shown
    assert CANARY not in caplog.text
    assert CANARY not in repr(client)
    assert CANARY not in repr(vars(client))


@pytest.mark.parametrize(
    "failure",
    [
        requests.ConnectTimeout(f"user=6666&pass={CANARY}"),
        requests.ReadTimeout(f"user=6666&pass={CANARY}"),
        requests.ConnectionError(f"user=6666&pass={CANARY}"),
        requests.exceptions.SSLError(f"user=6666&pass={CANARY}"),
        requests.exceptions.ChunkedEncodingError(f"user=6666&pass={CANARY}"),
        OSError(f"user=6666&pass={CANARY}"),
        ValueError(f"user=6666&pass={CANARY}"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_no_exception_of_requests_hangs_on_ours(failure: Exception) -> None:
    client = Client("https://dialer.test", "6666", CANARY)
    with responses.RequestsMock() as mock:
        mock.post(URL, body=failure)
        with pytest.raises(DialerError) as caught:
            client.call("version")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert CANARY not in everything_about(caught.value)


TRICKY = "p&ss'w\"o rd+%/<é>ü"
FORMS = [
    TRICKY,
    "p%26ss%27w%22o%20rd%2B%25%2F%3C%C3%A9%3E%C3%BC",
    "p%26ss%27w%22o+rd%2B%25%2F%3C%C3%A9%3E%C3%BC",
    "p%26ss%27w%22o%20rd%2b%25%2f%3c%c3%a9%3e%c3%bc",
    "p&amp;ss&#x27;w&quot;o rd+%/&lt;é&gt;ü",
    "pssword",
    "psswordéü",
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_that_a_server_may_print_is_masked(form: str) -> None:
    assert redact(f"x {form} y", TRICKY) == f"x {MASK} y"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "ERROR: Login incorrect, please try again: |6666|what-ever|BAD|",
            f"ERROR: Login incorrect, please try again: |6666|{MASK}|BAD|",
        ),
        (
            "ERROR: Login incorrect, please try again: |6666|cut-of",
            f"ERROR: Login incorrect, please try again: |6666|{MASK}",
        ),
        ("x: |6666|what-ever|BAD|", f"x: |6666|{MASK}|BAD|"),
        ("GET /x.php?user=1&pass=what-ever&a=b", f"GET /x.php?user=1&pass={MASK}&a=b"),
        ("password=what-ever", f"password={MASK}"),
        ("{'user': '1', 'pass': 'what-ever'}", f"{{'user': '1', 'pass': '{MASK}'}}"),
        ('{"pass": "what-ever"}', f"{{\"pass\": '{MASK}'}}"),
        ("https://user:what-ever@dialer.test/", f"https://user:{MASK}@dialer.test/"),
    ],
)
def test_a_password_is_masked_where_one_stands_even_if_unknown(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    ("secret", "text", "masked"),
    [
        ("1", "7275551212|101|11|1|6666", f"7275551212|101|11|{MASK}|6666"),
        ("1234", "phone 7275551234, 1234", f"phone 7275551234, {MASK}"),
        ("727555", "phone 7275551234", "phone 7275551234"),
        ("-", "a - b|-5", f"a {MASK} b|-5"),
        ("!-!", "a - b", "a - b"),
        ("", "a b", "a b"),
        ("abcdef", "xabcdefy", f"x{MASK}y"),
    ],
)
def test_a_weak_password_does_not_wreck_the_numbers(secret: str, text: str, masked: str) -> None:
    assert redact(text, secret) == masked


def test_only_the_password_of_the_parameters_is_masked() -> None:
    params = {"user": "6666", "pass": CANARY, "phone_number": "7275551212"}
    assert redact_params(params) == {"user": "6666", "pass": MASK, "phone_number": "7275551212"}
    assert params["pass"] == CANARY
