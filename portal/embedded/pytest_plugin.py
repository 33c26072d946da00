"""Gives a test run PostgreSQL and Valkey of its own, unless DATABASE_URL names others.

Loaded by `-p` in pyproject.toml: the environment must stand before pytest-django reads the
settings. No .env file is read, so that a developer's own values decide no test.

With `-n` of pytest-xdist, each worker process has servers of its own: what one test leaves in
Valkey, or locks in the whole of a PostgreSQL server, is not met by another's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from .folder import DataFolder
from .servers import embedded_servers, throwaway_folder, throwaway_values

FOLDER = pytest.StashKey[DataFolder]()
STACK = pytest.StashKey[ExitStack]()
# Tells a worker of pytest-xdist, which inherits the environment, that no person named the servers.
OURS = "PORTAL_TESTS_DATABASE_URL"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    if os.environ.get("DATABASE_URL", "") in ("", os.environ.get(OURS)):
        stack = early_config.stash[STACK] = ExitStack()
        folder = stack.enter_context(throwaway_folder("lead-portal-tests-"))
        early_config.stash[FOLDER] = folder
        os.environ.update(throwaway_values(folder))
        os.environ[OURS] = os.environ["DATABASE_URL"]
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Start the servers only where tests really run: not for --help or --collect-only."""
    stash = session.config.stash
    option = session.config.option
    handed_on = getattr(option, "dist", "no") != "no"
    if FOLDER in stash and not option.collectonly and not handed_on:
        stash[STACK].enter_context(embedded_servers(stash[FOLDER], durable=False))
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if STACK in config.stash:
        config.stash[STACK].close()
