"""The demo: one command, real parts, every row accounted for, nothing lost by a kill."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT

# With the sockets' names this would be far over the 107 bytes that a Unix socket may have.
LONG_NAME = "a folder with spaces " + "and a long name " * 7


@pytest.fixture
def environment(tmp_path: Path, bare_environment: dict[str, str]) -> dict[str, str]:
    folder = tmp_path / LONG_NAME.strip()
    assert len(str(folder)) > 120
    return bare_environment | {"PORTAL_DEMO_DIR": str(folder)}


def demo(environment: dict[str, str], *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "manage.py"), "demo", "--port", "8400", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def row(text: str, name: str) -> list[int]:
    """The numbers of a row of the printed table."""
    line = next(line for line in text.splitlines() if re.match(rf"\W*{name}\s", line))
    return [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", line)]


def processes_of(folder: str) -> list[str]:
    """Command lines of the processes that work in the demo's folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if folder in " ".join([*process.cmdline(), *process.environ().values()]):
                found.append(" ".join(process.cmdline()))
    return found


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = demo(environment)
    yield process
    process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()


def test_killed_in_the_middle_and_started_again_it_has_lost_nothing(
    environment: dict[str, str], running: subprocess.Popen[str]
) -> None:
    assert running.stdout
    for line in running.stdout:
        if "The main job" in line:
            break
    time.sleep(1.5)  # somewhere in the import or the push
    os.kill(running.pid, signal.SIGKILL)
    again = demo(environment, "--once")
    text, _ = again.communicate(timeout=120)
    assert again.returncode == 0, text
    rows, now = row(text, "rows in")
    assert rows == now > 1000
    staged, invalid, duplicate = (row(text, name) for name in ("staged", "invalid", "duplicate"))
    assert rows == staged[0] + invalid[0] + duplicate[0]
    assert row(text, "pushed")[0] + row(text, "refused")[0] == staged[0]
    assert row(text, "unclear") == [0]
    assert staged[1] == 0


def test_ctrl_c_ends_every_child(
    environment: dict[str, str], running: subprocess.Popen[str]
) -> None:
    assert running.stdout
    for line in running.stdout:
        if "Ctrl-C ends it" in line:
            break
    assert len(processes_of(environment["PORTAL_DEMO_DIR"])) >= 6
    running.send_signal(signal.SIGINT)
    text = running.stdout.read()
    assert running.wait(timeout=60) == 0, text
    assert processes_of(environment["PORTAL_DEMO_DIR"]) == []
