"""Reads the settings' environment variables and refuses, in sentences, what cannot work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ  # type: ignore[import-untyped]
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from .embedded.environment import kept_keys
from .embedded.folder import DEFAULT_DATA_DIR, PROJECT_ROOT, DataFolder

HOW_TO_SET = {
    "SECRET_KEY": 'python -c "import secrets; print(secrets.token_urlsafe(50))"',
    "DIALER_PASSWORD_KEY": (
        'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    ),
    "ALLOWED_HOSTS": "leads.example.com",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "CELERY_BROKER_URL": "redis://host:6379/0",
}
MADE_BY_A_COMMAND = ("SECRET_KEY", "DIALER_PASSWORD_KEY")
BROKERS = ("redis", "rediss", "redis+socket", "amqp", "amqps")
WORDS = {"on": True, "true": True, "yes": True, "1": True}
WORDS |= {"off": False, "false": False, "no": False, "0": False, "": False}


def read_env_file() -> None:
    """Add one env file's variables to the environment, which goes before the file.

    The file is PORTAL_ENV_FILE if that is set, else `.env` in the project, else that of a demo
    which is running, so that commands in a second terminal work on it.
    """
    named = os.environ.get("PORTAL_ENV_FILE")
    usual = [PROJECT_ROOT / ".env"]
    demo = DataFolder(DEFAULT_DATA_DIR)
    if demo.database_socket.exists():
        usual.append(demo.env_file)
    path = Path(named) if named else next((p for p in usual if p.exists()), None)
    if path is None:
        return
    if not path.exists() or not os.access(path, os.R_OK):
        raise ImproperlyConfigured(
            f"The env file {path} is not there or may not be read by this user; correct "
            "PORTAL_ENV_FILE, or the file's owner and mode."
        )
    environ.Env.read_env(path)


def switch(env: environ.Env, name: str, *, default: bool) -> bool:
    """An on/off variable; anything else is refused, for `HTTPS=of` must not mean off."""
    word = env.str(name, default="on" if default else "off").strip().lower()
    if word not in WORDS:
        raise ImproperlyConfigured(f"{name} is {word!r}; set it to on or off.")
    return WORDS[word]


def whole_number(env: environ.Env, name: str, default: int, least: int = 0) -> int:
    """A whole number of `least` or more."""
    text = env.str(name, default=str(default)).strip()
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; set a whole number from {least} up.")
    return int(text)


def words(env: environ.Env, name: str) -> list[str]:
    """A comma-separated list; empty entries and spaces around them do not count."""
    return [word.strip() for word in env.str(name, default="").split(",") if word.strip()]


def fill_in(env: environ.Env, folder: DataFolder) -> None:
    """For DEBUG only: what is not set is made up, and kept in the data folder."""
    made: dict[str, str] = {
        "DATABASE_URL": folder.database_url,
        "CELERY_BROKER_URL": folder.broker_url,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    }
    if not all(env.str(name, default="") for name in MADE_BY_A_COMMAND):
        made |= kept_keys(folder)
    for name, value in made.items():
        if not env.str(name, default=""):
            os.environ[name] = value


def require(env: environ.Env) -> None:
    """Refuse to start without what production needs, saying how to set all that is missing."""
    missing = [name for name in HOW_TO_SET if not env.str(name, default="").strip()]
    if not missing:
        return
    how = "; ".join(
        f"{name}, made by `{HOW_TO_SET[name]}`"
        if name in MADE_BY_A_COMMAND
        else f"{name}, for example {HOW_TO_SET[name]}"
        for name in missing
    )
    raise ImproperlyConfigured(
        f"Set in the environment or in .env (see .env.example): {how}. "
        "To try the portal, `python manage.py demo` needs none of them; "
        "for development DEBUG=on makes them up."
    )


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL; `?host=/folder` is a socket's folder.

    Never repeats the URL in an error: there is a password in it.
    """
    scheme = urlsplit(url).scheme
    if scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {scheme or 'nothing'}://, and the portal works with "
            f"PostgreSQL only; set {HOW_TO_SET['DATABASE_URL']}."
        )
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}); set {HOW_TO_SET['DATABASE_URL']}, with "
            "special characters in the password percent-encoded."
        ) from None
    if not config["NAME"]:
        raise ImproperlyConfigured(
            f"DATABASE_URL names no database; set {HOW_TO_SET['DATABASE_URL']}."
        )
    options = config.setdefault("OPTIONS", {})
    config["HOST"] = unquote(options.pop("host", config["HOST"]))
    config["OPTIONS"] = {"application_name": "lead-portal", "connect_timeout": 10} | options
    return {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | config


def broker(url: str) -> str:
    """The broker's URL, if it is of a kind that the portal is tried with."""
    scheme = urlsplit(url).scheme
    if scheme not in BROKERS:
        raise ImproperlyConfigured(
            f"CELERY_BROKER_URL begins with {scheme or 'nothing'}://; set one that begins with "
            f"{', '.join(BROKERS)}, for example {HOW_TO_SET['CELERY_BROKER_URL']}."
        )
    return url


def fernet_keys(env: environ.Env) -> list[str]:
    """DIALER_PASSWORD_KEY's keys, newest first: the first encrypts, each of them decrypts."""
    keys = words(env, "DIALER_PASSWORD_KEY")
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"Key {place} of {len(keys)} in DIALER_PASSWORD_KEY is no Fernet key; make one by "
                f"`{HOW_TO_SET['DIALER_PASSWORD_KEY']}` and keep the old ones behind it, after a "
                "comma, or dialer passwords stored with them cannot be read."
            ) from None
    return keys
