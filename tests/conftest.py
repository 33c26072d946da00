"""What more than one folder of tests needs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def project() -> Path:
    """The folder of manage.py."""
    return PROJECT


@pytest.fixture
def bare_environment() -> dict[str, str]:
    """An environment for subprocesses in which no setting of the portal is made."""
    ours = {line.lstrip("#").split("=")[0] for line in _example_lines()}
    ours |= {"PORTAL_DEMO_DIR", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    # This copy of the project, whichever is installed.
    search = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | {"PORTAL_ENV_FILE": os.devnull, "PYTHONPATH": search}


def _example_lines() -> list[str]:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if "=" in line and not line.startswith("# ")]
