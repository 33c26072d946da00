"""The one URL of a dialer's API, from whatever of it a person typed."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from leads.sentence import say
from leads.vicidial.errors import BadAddress

SCRIPT = "non_agent_api.php"
EXAMPLE = say("for example https://dialer.example.com/vicidial/")


def normalise_url(base_url: str) -> str:
    """Return the URL of the API script for a host, its `/vicidial/` folder or the script itself.

    Raises BadAddress with a sentence; it never repeats what may be a password in the URL.
    """
    parts = _split(base_url.strip())
    path = parts.path.rstrip("/")
    if not path.endswith(".php"):
        path = f"{path or '/vicidial'}/{SCRIPT}"
    elif not path.endswith(f"/{SCRIPT}"):
        raise BadAddress(
            say(
                "The dialer's URL must end in %(script)s or a folder, %(example)s.",
                script=SCRIPT,
                example=EXAMPLE,
            ),
            "BAD_URL",
        )
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _split(text: str) -> SplitResult:
    if not text:
        raise BadAddress(
            say("The dialer has no URL; give one, %(example)s.", example=EXAMPLE), "BAD_URL"
        )
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        port_is_fine, parts = False, SplitResult("", "", "", "", "")
    if "@" in parts.netloc or "@" in text.partition("?")[0]:
        raise BadAddress(
            say(
                "The dialer's URL holds a user or a password; leave them out of it and put "
                "them into their own fields."
            ),
            "BAD_URL",
        )
    if parts.query or parts.fragment:
        raise BadAddress(
            say(
                "The dialer's URL must end before the ? or #: give the folder only, %(example)s.",
                example=EXAMPLE,
            ),
            "BAD_URL",
        )
    strange = not text.isascii() or any(c.isspace() or c in '\\<>"{}|^`' for c in text)
    if strange or parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise BadAddress(
            say("The dialer's URL is none; it starts with https://, %(example)s.", example=EXAMPLE),
            "BAD_URL",
        )
    return parts
