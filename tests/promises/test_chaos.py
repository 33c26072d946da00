"""Faults, kills and restarts: in the end every lead is on the dialer once, with its own id."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.worker
def test_a_night_of_faults_kills_and_restarts_loses_and_doubles_nothing(
    project: Path, bare_environment: dict[str, str]
) -> None:
    # With servers of its own, since it kills and restarts them.
    night = subprocess.run(
        [sys.executable, project / "benchmarks" / "chaos.py", "--leads", "1000"],
        env=bare_environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert night.returncode == 0, night.stdout + night.stderr
    assert json.loads(night.stdout.splitlines()[-1]) == {
        "leads": 1000,
        "doubles": 0,
        "lost": 0,
        "wrong_ids": 0,
        "unclear_left": 0,
        "kills": 3,
    }
