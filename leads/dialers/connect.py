"""The one place where a dialer's password is sealed and opened."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from leads.models import Dialer
from leads.sentence import say
from leads.vicidial.client import Client
from leads.vicidial.errors import DialerError


class NoPasswordError(DialerError):
    """The dialer has no password, or one that the present keys cannot open."""


def _keys() -> MultiFernet:
    """The keys of the setting DIALER_PASSWORD_KEY; the first one seals, all of them open."""
    return MultiFernet([Fernet(key) for key in settings.DIALER_PASSWORD_KEY])


def seal(password: str) -> str:
    """The password as it may be kept in `Dialer.password_token`."""
    return _keys().encrypt(password.encode()).decode()


def client_for(dialer: Dialer, connections: int | None = None) -> Client:
    """A client for the dialer with its timeouts and at most `connections` calls at once, or as
    many as the dialer's limit.

    Raises DialerError (NoPasswordError among them) with a sentence for an admin.
    """
    return Client(
        dialer.base_url,
        dialer.api_user,
        _open(dialer),
        dialer.api_source,
        connect_timeout=dialer.connect_timeout,
        read_timeout=dialer.read_timeout,
        connections=connections or dialer.connections,
        verify=dialer.verify_tls,
    )


def _open(dialer: Dialer) -> str:
    if not dialer.password_token:
        raise NoPasswordError(
            say(
                "Dialer %(name)s has no API password. Set it on the dialer's page.",
                name=dialer.name,
            ),
            "NO_PASSWORD",
        )
    try:
        return _keys().decrypt(dialer.password_token.encode()).decode()
    except InvalidToken:
        raise NoPasswordError(
            say(
                "The password of dialer %(name)s cannot be opened with the keys in "
                "DIALER_PASSWORD_KEY. Put the key back that it was saved with, or set it anew.",
                name=dialer.name,
            ),
            "PASSWORD_KEY",
        ) from None
