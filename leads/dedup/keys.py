"""Keys: leads that share one are compared. Numbers made of parts of the data, in SQL and numpy.

The database makes a number of each part (`ATOMS`), numpy puts parts together (`KINDS`). A number
may by chance be that of another value: it only means one comparison for nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from leads.dedup.emails import PROVIDERS

Keys = npt.NDArray[np.uint64]
Atoms = npt.NDArray[np.void]

# A key is this many bits; 0 is none.
KEY_BITS = 40

_ACCENTS = "áàâäãåāéèêëēíìîïóòôöõøúùûüñçýšž", "aaaaaaaeeeeeiiiioooooouuuuncysz"


def _providers(ignored: str) -> str:
    return ", ".join(f"'{domain}'" for domain, what in PROVIDERS.items() if ignored in what)


def _hash(text: str) -> str:
    """A number of the text; 0 if there is none."""
    return f"CASE WHEN {text} = '' THEN 0 ELSE hashtext({text}) END"


def _letters(column: str, number: int) -> str:
    """The first letters, small and without accents."""
    return f"translate(left(lower({column}), {number}), '{_ACCENTS[0]}', '{_ACCENTS[1]}')"


# What is done to an address before the @, as leads.dedup.emails.normal_email does it.
_NAME = f"""CASE
    WHEN domain = '' THEN ''
    WHEN domain IN ({_providers("dots")}) THEN replace(split_part(name, '+', 1), '.', '')
    WHEN domain IN ({_providers("plus")}) THEN split_part(name, '+', 1)
    ELSE name END"""

# Name -> SQL over a row of leads_lead and of PARTS: a 32-bit number, 0 if it is not known.
ATOMS: dict[str, str] = {
    "phone": _hash("lead.phone_e164"),
    "phone_less": _hash("left(lead.phone_e164, -1)"),
    "email": "CASE WHEN mail.name = '' THEN 0 ELSE hashtext(mail.name || '@' || mail.domain) END",
    "local": _hash("mail.name"),
    "born": "coalesce(lead.date_of_birth - date '1800-01-01', 0)",
    "postal": _hash("left(lead.postal_code, 5)"),
    "first": _hash(_letters("lead.first_name", 3)),
    "last": _hash(_letters("lead.last_name", 3)),
    "first_letter": f"ascii({_letters('lead.first_name', 1)})",
    "last_letter": f"ascii({_letters('lead.last_name', 1)})",
    "house": _hash("split_part(lead.address1, ' ', 1)"),
    "street": _hash("lower(substr(lead.address1, strpos(lead.address1, ' ') + 1, 4))"),
    "city": _hash(_letters("lead.city", 4)),
    "code": "CASE WHEN lead.vendor_lead_code = '' THEN 0"
    " ELSE hashtext(lead.lead_source_id || ' ' || lead.vendor_lead_code) END",
}
PARTS = f"""
CROSS JOIN LATERAL (
    SELECT domain, {_NAME} AS name FROM (
        SELECT split_part(lower(lead.email), '@', 1) AS name,
            split_part(lower(lead.email), '@', 2) AS domain
    ) AS given
) AS mail"""  # noqa: S608 - our own words


# Of a row of leads_lead, its numbers beside phone_e164, as far as they are numbers.
OTHER_PHONES = r"""
SELECT lead.id, hashtext(CASE WHEN given LIKE '+%%' THEN '' ELSE '+' || lead.phone_code END
    || regexp_replace(given, '[^0-9+]', '', 'g'))
FROM leads_lead AS lead CROSS JOIN LATERAL (
    SELECT lead.alt_phone AS given
    UNION ALL SELECT split_part(part, '_', 1)
    FROM regexp_split_to_table(lead.multi_alt_phones, '!') AS part
    UNION ALL SELECT lead.address3 WHERE lead.address3 ~ '^[0-9+(][0-9 ().-]{6,}$'
) AS more
WHERE (lead.alt_phone <> '' OR lead.multi_alt_phones <> '' OR lead.address3 <> '')
    AND given ~ '[0-9]{2}.*[0-9]{2}' AND """


class Kind(NamedTuple):
    """A kind of key: its name, which is the rule of a pair; the atoms that it is made of; and the
    most leads that may share one key before it is too common to mean anything."""

    name: str
    atoms: tuple[str, ...]
    most: int
    in_order: bool = True

    def of(self, atoms: Atoms) -> Keys:
        """The keys of these leads; 0 where a part is not known."""
        return self.made_of(
            *(atoms[name].astype(np.uint32).astype(np.uint64) for name in self.atoms)
        )

    def made_of(self, *parts: Keys) -> Keys:
        """The keys of these parts."""
        known = np.logical_and.reduce([part != 0 for part in parts])
        if not self.in_order:
            parts = (np.minimum(*parts[:2]), np.maximum(*parts[:2]), *parts[2:])
        made = np.zeros(len(known), dtype=np.uint64)
        for part in parts:
            made = _mix(made ^ part)
        return np.where(known, np.maximum(made >> np.uint64(64 - KEY_BITS), np.uint64(1)), 0)


def _mix(numbers: Keys) -> Keys:
    """Each number to another one whose bits all depend on all of its (splitmix64)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


# The first kinds say most: a pair that several find is told by the first of them. What each finds
# on known data is in docs/dedup.md.
KINDS: tuple[Kind, ...] = (
    Kind("same phone", ("phone",), 30),
    Kind("same e-mail", ("email",), 30),
    Kind("same code of the source", ("code",), 30),
    Kind("date of birth, postal code", ("born", "postal"), 30),
    Kind("initials, date of birth", ("first_letter", "last_letter", "born"), 30, in_order=False),
    Kind("given name, postal code", ("first", "postal"), 30),
    Kind("family name, postal code", ("last", "postal"), 30),
    Kind("house, postal code", ("house", "postal"), 30),
    Kind("street, city", ("street", "city"), 30),
    Kind("e-mail before the @", ("local",), 30),
    Kind("phone less a digit", ("phone_less",), 30),
    Kind("house, family name", ("house", "last"), 10),
    Kind("given name, family name", ("first", "last"), 10, in_order=False),
)
RULES = tuple(kind.name for kind in KINDS)
PHONE = RULES.index("same phone")
