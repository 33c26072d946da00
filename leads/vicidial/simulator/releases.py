"""Which release has which function; an unknown parameter is ignored by all of them."""

from __future__ import annotations

# In the order in which they came.
ORDER = (
    "2.4-27",
    "2.4-35",
    "2.10-69",
    "2.14-107",
    "2.14-136",
    "2.14-179",
    "2.14-194",
    "2.14-202",
)
SINCE = {
    "version": "2.4-27",
    "add_lead": "2.4-27",
    "update_lead": "2.4-27",
    "check_phone_number": "2.10-69",
    "lead_field_info": "2.14-107",
    "lead_status_search": "2.14-107",
    "list_info": "2.14-136",
    "list_custom_fields": "2.14-136",
    "campaigns_list": "2.14-136",
    "add_dnc_phone": "2.14-136",
    "list_exists_check": "2.14-179",
    "lead_search": "2.14-179",
    "lead_all_info": "2.14-179",
    "hopper_bulk_insert": "2.14-202",
}
# A fork that numbers itself otherwise: what 2.14-107 has, and list_info.
FORK = "3.0.1-2"


def has(release: str, what: str) -> bool:
    """Whether `release` has the function (or the parameter) `what`."""
    if release == FORK:
        return what == "list_info" or has("2.14-107", what)
    return what in SINCE and ORDER.index(release) >= ORDER.index(SINCE[what])
