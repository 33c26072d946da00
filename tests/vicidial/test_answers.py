"""What an answer to add_lead means."""

from __future__ import annotations

import pytest

from leads.vicidial.answers import AddLeadAnswer, is_warning, read_add_lead

from .corpus import Pair, add_lead_pairs, as_published, pair, pairs

SENT = {
    "user": "6666",
    "pass": "Sesame-4711",
    "phone_number": "7275551212",
    "list_id": "101",
    "function": "add_lead",
}
OK = "SUCCESS: add_lead LEAD HAS BEEN ADDED - 7275551212|101|193729|-5|6666"


def read(body: str, status: int = 200, sent: dict[str, str] | None = None) -> AddLeadAnswer:
    return read_add_lead(body, {**SENT, **(sent or {})}, status)


# name of the pair -> outcome, reason, lead_id, list_id
EXPECTED = {
    "dup list": ("duplicate", "DUPLICATE_PHONE_LIST", 193729, 101),
    "dup campaign": ("duplicate", "DUPLICATE_PHONE_CAMPAIGN", 193729, 101),
    "dup system": ("duplicate", "DUPLICATE_PHONE_SYSTEM", 193729, 101),
    "dup phone alt system": ("duplicate", "DUPLICATE_PHONE_SYSTEM", 193730, 101),
    "dup phone alt list": ("duplicate", "DUPLICATE_PHONE_LIST", 193730, 101),
    "dup title altphone list": ("duplicate", "DUPLICATE_TITLE_ALT_PHONE_LIST", 193730, 101),
    "dup title altphone system": ("duplicate", "DUPLICATE_TITLE_ALT_PHONE_SYSTEM", 193730, 101),
    "dup name phone list": ("duplicate", "DUPLICATE_NAME_PHONE_LIST", 193730, 101),
    "dup name phone system": ("duplicate", "DUPLICATE_NAME_PHONE_SYSTEM", 193730, 101),
    "dup name with apostrophe kills the script": ("unclear", "HTTP_500", None, None),
    "trailing backslash kills the script": ("unclear", "HTTP_500", None, None),
    "dupcamp with undefined list kills the script": ("unclear", "HTTP_500", None, None),
    "dnc": ("refused", "DNC", None, None),
    "campaign dnc": ("refused", "CAMPAIGN_DNC", None, None),
    "short phone": ("refused", "PHONE_LENGTH", None, None),
    "no phone": ("refused", "PHONE_LENGTH", None, None),
    "two phones": ("refused", "PHONE_LENGTH", None, None),
    "bad prefix": ("refused", "PHONE_PREFIX", None, None),
    "bad areacode": ("refused", "PHONE_AREACODE", None, None),
    "list undefined": ("refused", "LIST_NOT_DEFINED", None, None),
    "source too short": ("stop", "SOURCE", None, None),
    "source of symbols": ("stop", "SOURCE", None, None),
    "unknown function": ("stop", "NO_FUNCTION", None, None),
    "bad password, printed back": ("stop", "LOGIN", None, None),
    "locked": ("stop", "LOCKED", None, None),
    "no permission": ("stop", "NO_PERMISSION", None, None),
    "function not allowed": ("stop", "FUNCTION_NOT_ALLOWED", None, None),
    "list not allowed": ("refused", "LIST_NOT_ALLOWED", None, None),
}
ADDED = [pair for pair in add_lead_pairs() if pair.name not in EXPECTED]


def test_eighteen_pairs_of_the_corpus_are_leads_added() -> None:
    assert len(ADDED) == 18


@pytest.mark.parametrize("order", ["real", "published"])
@pytest.mark.parametrize("one", ADDED, ids=lambda one: one.name)
def test_an_added_lead_has_the_right_lead_id_and_list_in_both_orders(one: Pair, order: str) -> None:
    line = next(line for line in one.body.splitlines() if "SUCCESS" in line)
    values = line.split(" - ")[1].split("|")
    body = one.body if order == "real" else as_published(one)
    answer = read_add_lead(body, one.request, one.status)
    assert (answer.outcome, answer.reason) == ("added", "")
    assert (answer.list_id, answer.lead_id) == (int(values[1]), int(values[2]))
    assert answer.gmt_offset == values[3]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_other_answer_of_the_corpus_is_what_it_says(name: str) -> None:
    one = pair(name)
    answer = read_add_lead(one.body, one.request, one.status)
    assert (answer.outcome, answer.reason, answer.lead_id, answer.list_id) == EXPECTED[name]
    assert answer.sentence


@pytest.mark.parametrize("one", pairs(), ids=lambda one: one.name)
def test_no_answer_of_the_corpus_is_a_false_success(one: Pair) -> None:
    answer = read_add_lead(one.body, one.request, one.status)
    assert (answer.outcome == "added") == (one in ADDED)


@pytest.mark.parametrize("one", pairs(), ids=lambda one: one.name)
def test_every_notice_is_kept(one: Pair) -> None:
    answer = read_add_lead(one.body, one.request, one.status)
    assert len(answer.notices) == one.body.count("NOTICE:")
    assert all(notice in one.body for notice in answer.notices)


# values, what was sent otherwise -> lead_id, list_id, gmt_offset
ORDERS = [
    ("7275551212|101|193729|-5|6666", {}, (193729, 101, "-5")),
    ("7275551212|6666|101|193729|-5", {}, (193729, 101, "-5")),
    ("7275551212|101|8||6666", {}, (8, 101, "")),
    ("7275551212|6666|101|8|", {}, (8, 101, "")),
    ("7275551212|101|8|5.5|6666", {}, (8, 101, "5.5")),
    ("7275551212|6666|101|8|5.75", {}, (8, 101, "5.75")),
    ("7275551212|101|8|-5.00|6666", {}, (8, 101, "-5.00")),
    ("7275551212|101|8|0|6666", {}, (8, 101, "0")),
    # the default list, where the one sent was no list
    ("7275551212|999|8|-5|6666", {"list_id": "abc"}, (8, 999, "-5")),
    ("7275551212|6666|999|8|-5", {"list_id": ""}, (8, 999, "-5")),
    ("7275551212|101|8|-5|6666", {"list_id": "101x"}, (8, 101, "-5")),
    # a list that was not asked for: the lead exists all the same
    ("7275551212|999|8|-5|6666", {}, (8, 999, "-5")),
    ("7275551212|6666|999|8|-5", {}, (8, 999, "-5")),
    # the user's digits are those of the list, of the lead_id, of a gmt_offset
    ("7275551212|101|8|-5|101", {"user": "101"}, (8, 101, "-5")),
    ("7275551212|101|101|8|-5", {"user": "101"}, (8, 101, "-5")),
    ("7275551212|101|101|-5|101", {"user": "101"}, (101, 101, "-5")),
    ("7275551212|101|101|101|-5", {"user": "101"}, (101, 101, "-5")),
    ("7275551212|101|101|5|101", {"user": "101"}, (101, 101, "5")),
    ("7275551212|101|101||101", {"user": "101"}, (101, 101, "")),
    ("7275551212|101|101|101|", {"user": "101"}, (101, 101, "")),
    ("7275551212|101|6666|-5|6666", {}, (6666, 101, "-5")),
    ("7275551212|6666|101|6666|-5", {}, (6666, 101, "-5")),
    ("7275551212|101|7|5|10", {"user": "10"}, (7, 101, "5")),
    ("7275551212|10|101|7|10", {"user": "10"}, (7, 101, "10")),
    ("7275551212|101|102|7|5", {"user": "5"}, (102, 101, "7")),
    ("7275551212|5|101|7|5", {"user": "5"}, (7, 101, "5")),
    ("7275551212|101|8|-5|-5", {"user": "-5"}, (8, 101, "-5")),
    ("7275551212|7275551212|101|8|-5", {"user": "7275551212"}, (8, 101, "-5")),
    # users that the server reduces
    ("7275551212|101|8|-5|apiuser", {"user": "api.user"}, (8, 101, "-5")),
    ("7275551212|api_1-x|101|8|-5", {"user": "api_1-x"}, (8, 101, "-5")),
    # phones that the server reduces
    ("7275551212|101|8|-5|6666", {"phone_number": "(727) 555-1212"}, (8, 101, "-5")),
    # spaces and a bar more
    ("7275551212 | 101 | 8 | -4 | 6666", {}, (8, 101, "-4")),
    ("7275551212|101|8|-4|6666|", {}, (8, 101, "-4")),
    # without the user, the list tells
    ("7275551212|101|8|-5|6666", {"user": ""}, (8, 101, "-5")),
    ("7275551212|6666|101|8|-5", {"user": ""}, (8, 101, "-5")),
    ("7275551212|101|4294967295|-5|6666", {}, (4294967295, 101, "-5")),
    ("7275551212|123456789012|8|-5|6666", {"list_id": "123456789012"}, (8, 123456789012, "-5")),
]


@pytest.mark.parametrize(("values", "sent", "expected"), ORDERS)
def test_the_order_of_the_values_is_told_by_what_was_sent(
    values: str, sent: dict[str, str], expected: tuple[int, int, str]
) -> None:
    answer = read(f"SUCCESS: add_lead LEAD HAS BEEN ADDED - {values}\n", sent=sent)
    assert (answer.outcome, answer.reason) == ("added", "")
    assert (answer.lead_id, answer.list_id, answer.gmt_offset) == expected


UNREADABLE = [
    ("", {}, "UNREADABLE_SUCCESS"),
    ("7275551212", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8", {}, "UNREADABLE_SUCCESS"),
    # the lead_id or the user may have been cut
    ("7275551212|101|8|-5", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8|-5|66", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|6666|101|8", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|6666|101|8|-", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|101|8", {"user": "101"}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8|-5|7777", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|0|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|-8|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101||-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8x|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|08|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|12345678901|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|٨|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|10|8|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|abc|8|-5|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8|99|6666", {}, "UNREADABLE_SUCCESS"),
    ("7275551212|101|8|-5|6666|7", {}, "UNREADABLE_SUCCESS"),
    ("7275551213|101|8|-5|6666", {}, "OTHER_PHONE"),
    ("17275551212|101|8|-5|6666", {}, "OTHER_PHONE"),
    ("|101|8|-5|6666", {}, "OTHER_PHONE"),
    ("|101|8|-5|6666", {"phone_number": ""}, "OTHER_PHONE"),
    ("7275551212|101|101|7|5", {"user": ""}, "AMBIGUOUS_ORDER"),
    ("7275551212|102|8|-5|6666", {"user": ""}, "UNREADABLE_SUCCESS"),
]


@pytest.mark.parametrize(("values", "sent", "reason"), UNREADABLE)
def test_a_success_that_does_not_fit_what_was_sent_is_unclear(
    values: str, sent: dict[str, str], reason: str
) -> None:
    answer = read(f"SUCCESS: add_lead LEAD HAS BEEN ADDED - {values}\n", sent=sent)
    assert (answer.outcome, answer.reason) == ("unclear", reason)
    assert answer.lead_id is None


WRAPPED = [
    OK,
    f"{OK}\n",
    f"{OK}\r\n",
    f"\ufeff{OK}\n",
    f"\n\n  {OK}  \n",
    f"<html><body><pre>{OK}</pre></body></html>",
    f"{OK}<br>\nNOTICE: add_lead ADDED TO HOPPER - 7275551212|193729|4|6666<br>",
    f"<br />\n<b>Warning</b>: mysqli_query(): x in <b>/srv/www</b> on line <b>7</b><br />\n{OK}",
    f"7275551212|1|work{OK}",
    f"{OK}NOTICE: add_lead MULTI-ALT-PHONE NUMBERS LOADED - 2|193729|6666",
    OK.replace(" - ", ": |", 1),
    OK.replace(" - ", ": ", 1),
    OK.replace("SUCCESS: ", "SUCCESS:"),
]


@pytest.mark.parametrize("body", WRAPPED)
def test_a_success_is_found_anywhere_in_the_body(body: str) -> None:
    answer = read(body)
    assert (answer.outcome, answer.lead_id, answer.list_id) == ("added", 193729, 101)


UNCLEAR = [
    ("", 200, "EMPTY"),
    (" \r\n", 200, "EMPTY"),
    ("\ufeff", 200, "EMPTY"),
    ("OK", 200, "NO_RESULT"),
    ("success", 200, "NO_RESULT"),
    ("<html><h1>502 Bad Gateway</h1></html>", 200, "NO_RESULT"),
    ("NOTICE: add_lead ADDED TO HOPPER - 7275551212|8|4|6666", 200, "NO_RESULT"),
    ("7275551212|101|193729|-5|6666", 200, "NO_RESULT"),
    ("", 500, "HTTP_500"),
    (OK, 500, "HTTP_500"),
    (OK, 502, "HTTP_502"),
    (OK, 201, "HTTP_201"),
    (OK, 302, "HTTP_302"),
    ("ERROR: add_lead PHONE NUMBER IN DNC - 7275551212|6666", 503, "HTTP_503"),
    (f"{OK}\n{OK}", 200, "SEVERAL_SUCCESSES"),
    (f"{OK}\nERROR: add_lead PHONE NUMBER IN DNC - 7275551212|6666", 200, "CONTRADICTION"),
    (f"{OK}\nERROR: something new", 200, "CONTRADICTION"),
    (f"{OK}\nERROR: Login incorrect, please try again: |6666|x|BAD|", 200, "CONTRADICTION"),
    (
        "ERROR: add_lead PHONE NUMBER IN DNC - 7275551212|6666\n"
        "ERROR: add_lead NOT AN ALLOWED LIST ID - 7275551212|101",
        200,
        "CONTRADICTION",
    ),
    ("ERROR: add_lead SOMETHING NEW - 7275551212|6666", 200, "UNKNOWN_ERROR"),
    ("ERROR: check_phone_number PHONE NUMBER IN DNC - 7275551212|6666", 200, "UNKNOWN_ERROR"),
    ("ERROR: PHONE NUMBER IN DNC - 7275551212|6666", 200, "UNKNOWN_ERROR"),
    ("ERROR: add_lead PHONE NUMBER IN DNC - 7275551213|6666", 200, "OTHER_PHONE"),
    ("ERROR: add_lead DUPLICATE PHONE NUMBER IN LIST - 7275551213|101|5", 200, "OTHER_PHONE"),
    ("SUCCESS: update_lead LEAD HAS BEEN DELETED 0|0 - 6666|8|1|0|0|", 200, "OTHER_SUCCESS"),
    (OK.replace("add_lead", "update_lead"), 200, "OTHER_SUCCESS"),
    (OK.replace("HAS BEEN", "HAS NOT BEEN"), 200, "OTHER_SUCCESS"),
    (OK.replace("LEAD HAS", "LEADS HAVE"), 200, "OTHER_SUCCESS"),
]


@pytest.mark.parametrize(("body", "status", "reason"), UNCLEAR)
def test_what_is_not_known_for_sure_is_unclear(body: str, status: int, reason: str) -> None:
    answer = read(body, status)
    assert (answer.outcome, answer.reason, answer.lead_id) == ("unclear", reason, None)
    assert answer.http_status == status
    assert answer.sentence


def test_a_comment_that_looks_like_a_success_does_not_make_one() -> None:
    sql = f"INSERT INTO vicidial_list SET comments='{OK}'"
    body = f"ERROR: add_lead LEAD HAS NOT BEEN ADDED - 7275551212|101|{sql}|6666\n"
    assert read(body).outcome == "unclear"


REFUSALS = [
    ("INVALID PHONE NUMBER - 7275551212|6666", "PHONE_LENGTH"),
    ("INVALID PHONE NUMBER NANPA AREACODE PREFIX - 7275551212|6666", "PHONE_NANPA"),
    ("LEAD HAS NOT BEEN ADDED - 7275551212|101|INSERT INTO x SET a='1|2'|6666", "NOT_INSERTED"),
    ("PHONE NUMBER IN DNC: |7275551212|6666|", "DNC"),
    ("PHONE NUMBER IN DNC", "DNC"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_a_refusal_is_final_for_this_lead_only(text: str, reason: str) -> None:
    answer = read(f"ERROR: add_lead {text}\n")
    assert (answer.outcome, answer.reason) == ("refused", reason)
    assert not answer.pauses


DUPLICATES = [
    ("PHONE NUMBER IN LIST - 7275551212|101|5", "DUPLICATE_PHONE_LIST", 5, 101),
    ("PHONE NUMBER IN LIST - 7275551212|101|5|ALT", "DUPLICATE_PHONE_LIST", 5, 101),
    ("PHONE NUMBER IN LIST - 7275551212|101|5 ", "DUPLICATE_PHONE_LIST", 5, 101),
    (
        "PHONE NUMBER IN CAMPAIGN LISTS - 7275551212|101|5|102|PHONE",
        "DUPLICATE_PHONE_CAMPAIGN",
        5,
        102,
    ),
    ("PHONE NUMBER IN SYSTEM - 7275551212|101|5|102", "DUPLICATE_PHONE_SYSTEM", 5, 102),
    (
        "TITLE ALT_PHONE IN CAMPAIGN LISTS - Mr|7275551226|101|5|102",
        "DUPLICATE_TITLE_ALT_PHONE_CAMPAIGN",
        5,
        102,
    ),
    ("TITLE ALT_PHONE IN LIST - ||101|5", "DUPLICATE_TITLE_ALT_PHONE_LIST", 5, 101),
    (
        "NAME PHONE IN CAMPAIGN LISTS - Bob|Smith|7275551212|101|5|102",
        "DUPLICATE_NAME_PHONE_CAMPAIGN",
        5,
        102,
    ),
    ("NAME PHONE IN LIST - A|B|Smith|7275551212|101|5", "DUPLICATE_NAME_PHONE_LIST", 5, 101),
    ("NAME PHONE IN LIST - ||7275551212|101|5", "DUPLICATE_NAME_PHONE_LIST", 5, 101),
    # values missing or cut: still a duplicate, of an unknown lead
    ("PHONE NUMBER IN LIST - 7275551212|101", "DUPLICATE_PHONE_LIST", None, None),
    ("PHONE NUMBER IN SYSTEM - 7275551212|101|5", "DUPLICATE_PHONE_SYSTEM", None, None),
    ("PHONE NUMBER IN LIST - 7275551212|101|0", "DUPLICATE_PHONE_LIST", None, 101),
    ("NAME PHONE IN LIST", "DUPLICATE_NAME_PHONE_LIST", None, None),
]


@pytest.mark.parametrize(("text", "reason", "lead_id", "list_id"), DUPLICATES)
def test_a_duplicate_names_the_lead_that_is_there_already(
    text: str, reason: str, lead_id: int | None, list_id: int | None
) -> None:
    answer = read(f"ERROR: add_lead DUPLICATE {text}\n")
    assert (answer.outcome, answer.reason) == ("duplicate", reason)
    assert (answer.lead_id, answer.list_id) == (lead_id, list_id)


STOPS = [
    ("Login incorrect, please try again: |6666|Sesame-4711|BAD|", "LOGIN"),
    ("Login incorrect, please try again: |6666|Sesame-4711|", "LOGIN"),
    ("Too many login attempts, try again in 15 minutes: |6666|LOCK|", "LOCKED"),
    ("Your IP Address is not allowed: IP: |203.0.113.9|", "IP"),
    (
        "add_lead USER DOES NOT HAVE PERMISSION TO ADD LEADS TO THE SYSTEM - 6666|0",
        "NO_PERMISSION",
    ),
    (
        "auth USER DOES NOT HAVE PERMISSION TO USE THIS FUNCTION: |6666|add_lead|",
        "FUNCTION_NOT_ALLOWED",
    ),
    ("user_group DOES NOT EXIST: |AGENTS|", "USER_GROUP"),
    ("NO FUNCTION SPECIFIED", "NO_FUNCTION"),
    ("Invalid Source - m", "SOURCE"),
    ("Invalid Source -", "SOURCE"),
]


@pytest.mark.parametrize("status", [200, 401, 403, 500])
@pytest.mark.parametrize(("text", "reason"), STOPS)
def test_an_answer_about_the_login_pauses_the_dialer(text: str, reason: str, status: int) -> None:
    answer = read(f"ERROR: {text}\n", status)
    assert (answer.outcome, answer.reason, answer.pauses) == ("stop", reason, True)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_closed_door_pauses_the_dialer_and_concludes_nothing(status: int) -> None:
    answer = read("<h1>Not here</h1>", status)
    assert (answer.outcome, answer.pauses) == ("unclear", True)


NOTICES = [
    ("ADDED TO HOPPER - 7275551215|193720|4|6666", False),
    ("NOT ADDED TO HOPPER, OUTSIDE OF LOCAL TIME - 7275551212|8|-5|0|6666", True),
    ("NOT ADDED TO HOPPER - 7275551212|8|INSERT INTO vicidial_hopper SET x='1'|6666", True),
    ("CUSTOM FIELDS VALUES ADDED - 7275551216|193721|102|1", False),
    ("CUSTOM FIELDS VALUES ADDED - 7275551216|193721|102|0", True),
    ("CUSTOM FIELDS NOT ADDED, CUSTOM FIELDS DISABLED - 7275551218|193723|Y|0", True),
    (
        "CUSTOM FIELDS NOT ADDED, NO CUSTOM FIELDS DEFINED FOR THIS LIST - 7275551217|193722|101",
        True,
    ),
    ("CUSTOM FIELDS NOT ADDED, NO FIELDS DEFINED - 7275551217|8|101", True),
    ("SCHEDULED CALLBACK ADDED - 193725|TESTCAMP|2026-12-01 10:00:00|ANYONE||CALLBK", False),
    ("SCHEDULED CALLBACK NOT ADDED, CAMPAIGN NOT VALID - 193726|NOPE", True),
    ("SCHEDULED CALLBACK NOT ADDED, USER NOT VALID - 193727|TESTCAMP|nobody|USERONLY", True),
    ("MULTI-ALT-PHONE NUMBERS LOADED - 2|193724|6666", False),
    ("MULTI-ALT-PHONE NUMBERS LOADED - 0|193724|6666", True),
    ("NANPA options disabled, NANPA prefix data not loaded - 0|6666", True),
    ("SOMETHING NEW - 1|2", True),
]


@pytest.mark.parametrize(("text", "warns"), NOTICES)
def test_a_notice_that_something_was_not_done_is_a_warning(text: str, warns: bool) -> None:
    answer = read(f"{OK}\nNOTICE: add_lead {text}\n")
    assert answer.outcome == "added"
    assert len(answer.notices) == 1
    assert is_warning(answer.notices[0]) is warns
    assert answer.warnings == (answer.notices if warns else ())


def test_sql_stays_out_of_the_short_text_and_in_the_whole_one() -> None:
    sql = "INSERT INTO vicidial_hopper SET lead_id='8'"
    answer = read(f"{OK}\nNOTICE: add_lead NOT ADDED TO HOPPER - 7275551212|8|{sql}|6666\n")
    assert "INSERT" not in answer.notices[0]
    assert "NOT ADDED TO HOPPER - 7275551212|8|" in answer.notices[0]
    assert sql in answer.text


def test_notices_before_an_error_are_kept() -> None:
    answer = read(
        "NOTICE: add_lead NANPA options disabled, NANPA prefix data not loaded - 0|6666\n"
        "ERROR: add_lead PHONE NUMBER IN DNC - 7275551212|6666\n"
    )
    assert (answer.outcome, answer.reason, len(answer.notices)) == ("refused", "DNC", 1)


@pytest.mark.parametrize("password", ["1", "7", "101", "193729", "6666", "-5", "5"])
def test_a_short_password_changes_no_id(password: str) -> None:
    answer = read(OK, sent={"pass": password})
    assert (answer.outcome, answer.lead_id, answer.list_id) == ("added", 193729, 101)
    assert "727555" in answer.text
