"""Rows for tests, each legal for every constraint of its table."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from django.utils import timezone

from leads.models import (
    Dialer,
    DialerList,
    DncEdition,
    DncList,
    DncNumber,
    EditionStatus,
    Import,
    ImportStatus,
    Lead,
    LeadStatus,
    PushAttempt,
    PushBatch,
    Source,
)
from leads.models.dialer import CODE_LETTERS

S = LeadStatus
_number = itertools.count(1)
WITH_BATCH = {S.QUEUED, S.SENDING, S.UNCLEAR, S.PUSHED, S.REFUSED}
PASSWORD = "a-password-of-tests"
AREA_CODES = [201, 202, 203, 205, 206, 212, 213, 214, 215, 303, 305, 312, 404, 415, 512, 617, 727]


class QuickHasher(PBKDF2PasswordHasher):
    """The portal's own hasher with one round: what it makes, a real web server can check."""

    iterations = 1


def make_user(role: str | None = None, **columns: Any) -> User:
    """A member of staff with the role's group; role "superuser" has all rights, None has none."""
    name = columns.pop("username", f"{(role or 'nobody').lower()}{next(_number)}")
    user = User.objects.create_user(
        name, password=PASSWORD, is_staff=True, is_superuser=role == "superuser", **columns
    )
    if role not in (None, "superuser"):
        user.groups.add(Group.objects.get(name=role))
    return user


def make_source(**columns: Any) -> Source:
    return Source.objects.create(**{"name": f"Vendor {next(_number)}", **columns})


def make_import(lead_source: Source | None = None, **columns: Any) -> Import:
    number = next(_number)
    values = {
        "lead_source": lead_source or make_source(),
        "filename": f"leads-{number}.csv",
        "sha256": f"{number:064x}",
        "status": ImportStatus.DONE,
        "compared_at": timezone.now(),
        "header": ["phone", "first name"],
        "mapping": ["phone_number", "first_name"],
    }
    return Import.objects.create(**{**values, **columns})


def make_dialer(**columns: Any) -> Dialer:
    number = next(_number)
    values = {"name": f"dialer{number}", "base_url": "http://127.0.0.1:9/", "api_user": "6666"}
    # Those made by chance meet once in some thousand tests of thirty dialers.
    letters = [
        CODE_LETTERS[number // len(CODE_LETTERS) ** place % len(CODE_LETTERS)] for place in range(4)
    ]
    values["code_prefix"] = "LP" + "".join(letters)
    return Dialer.objects.create(**{**values, **columns})


def make_dialer_list(dialer: Dialer | None = None, **columns: Any) -> DialerList:
    values = {"dialer": dialer or make_dialer(), "list_id": 101, "seen_at": timezone.now()}
    return DialerList.objects.create(**{**values, **columns})


def make_batch(dialer_list: DialerList | None = None, **columns: Any) -> PushBatch:
    target = dialer_list or make_dialer_list()
    values = {"dialer": target.dialer, "dialer_list": target, "options": target.options()}
    return PushBatch.objects.create(**{**values, **columns})


def make_lead(status: LeadStatus = S.STAGED, **columns: Any) -> Lead:
    """A lead in any status, with what the constraints want of it."""
    number = next(_number)
    area = AREA_CODES[number // 100 % len(AREA_CODES)]
    national = f"{area}55501{number % 100:02}"
    run = columns.pop("import_run", None) or make_import(columns.pop("lead_source", None))
    values: dict[str, Any] = {
        "lead_source": run.lead_source,
        "import_run": run,
        "line": number + 1,
        "raw": [national, "Ann"],
        "phone_code": "1",
        "phone_number": national,
        "phone_e164": f"+1{national}",
        "first_name": "Ann",
        "status": status,
    }
    if status in WITH_BATCH and not columns.get("batch"):
        columns["batch"] = make_batch()
    if columns.get("batch"):
        values["dialer"] = columns["batch"].dialer
    values.update(_standing(status, number))
    return Lead.objects.create(**{**values, **columns})


def _standing(status: LeadStatus, number: int) -> dict[str, Any]:
    now = timezone.now()
    decided = {} if status in {S.STAGED, S.INVALID, S.DUPLICATE} else {"decided_at": now}
    wanted: dict[LeadStatus, dict[str, Any]] = {
        S.INVALID: {"reasons": ["PHONE_LENGTH"]},
        S.REJECTED: {"decision_reason": "BAD_DATA"},
        S.SENDING: {"lease_until": now + timedelta(minutes=5)},
        S.UNCLEAR: {"settle_at": now + timedelta(minutes=2)},
        S.PUSHED: {
            "vicidial_lead_id": 1_000 + number,
            "vicidial_list_id": 101,
            "vicidial_status": "NEW",
            "pushed_at": now,
        },
        S.REFUSED: {"refusal_reason": "DNC"},
    }
    if status == S.DUPLICATE:
        return {"duplicate_of": make_lead(), "duplicate_why": "PHONE"}
    return {**decided, **wanted.get(status, {})}


def make_attempt(lead: Lead, **columns: Any) -> PushAttempt:
    batch = columns.pop("batch", None) or lead.batch or make_batch()
    values = {
        "lead": lead,
        "batch": batch,
        "dialer": batch.dialer,
        "number": 1,
        "request": {"phone_number": lead.phone_number},
        "asked_list_id": batch.dialer_list.list_id,
        "opened_at": timezone.now(),
    }
    return PushAttempt.objects.create(**{**values, **columns})


def make_dnc_list(*phones: str | int, **columns: Any) -> DncList:
    """A loaded list with these numbers (E.164 or its digits); `as_of` and `expires_on` are its
    edition's."""
    edition = {key: columns.pop(key) for key in ("as_of", "expires_on") if key in columns}
    made = DncList.objects.create(**{"name": f"DNC {next(_number)}", **columns})
    return make_edition(made, *phones, **edition).dnc_list


def make_edition(dnc_list: DncList, *phones: str | int, **columns: Any) -> DncEdition:
    """A loaded edition that counts from now on."""
    numbers = {int(str(phone).lstrip("+")) for phone in phones}
    values = {
        "as_of": timezone.localdate(),
        "status": EditionStatus.DONE,
        "rows_read": len(numbers),
        "rows_stored": len(numbers),
    }
    edition = DncEdition.objects.create(dnc_list=dnc_list, **{**values, **columns})
    DncNumber.objects.bulk_create([DncNumber(phone=one, edition=edition) for one in numbers])
    dnc_list.current, dnc_list.changed_at = edition, timezone.now()
    dnc_list.save()
    return edition
