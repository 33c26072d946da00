"""Whose servers a test run has, also where it is run by several workers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PYTEST = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider"]
WHOSE = """
import os
from pathlib import Path

def test_it():
    mine = Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"])
    mine.write_text(os.environ["DATABASE_URL"] + " " + os.environ["CELERY_BROKER_URL"])
"""
RUNNING = (
    WHOSE
    + """
    import psycopg, redis
    psycopg.connect(os.environ["DATABASE_URL"]).close()
    assert redis.Redis(unix_socket_path=os.environ["CELERY_BROKER_URL"].partition("://")[2]).ping()
"""
)


def of_two_workers(project: Path, folder: Path, test: str, **environment: str) -> list[str]:
    """What a test writes down in each of two workers of a run of its own."""
    (folder / "test_it.py").write_text(test)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ended = subprocess.run(
        [*PYTEST, "-n", "2", "--dist", "each", str(folder)],
        cwd=project,
        env=ours | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return [(folder / name).read_text() for name in ("gw0", "gw1")]


def test_each_worker_has_servers_of_its_own(project: Path, tmp_path: Path) -> None:
    one, other = (text.split() for text in of_two_workers(project, tmp_path, RUNNING))
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_servers_that_a_person_named_are_those_of_every_worker(
    project: Path, tmp_path: Path
) -> None:
    database, broker = "postgres://portal@db.example.com/portal", "redis://db.example.com:6379/0"
    named = {"DATABASE_URL": database, "CELERY_BROKER_URL": broker}
    assert of_two_workers(project, tmp_path, WHOSE, **named) == [f"{database} {broker}"] * 2
