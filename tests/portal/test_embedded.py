"""The embedded servers start anywhere, and again after any end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from portal.embedded.account import let_read
from portal.embedded.children import OURSELVES, Account
from portal.embedded.folder import DataFolder, EmbeddedError
from portal.embedded.servers import embedded_servers

LONG_NAME = "a folder with a space and a name that is far longer than a Unix socket's path may be "
KEEP_RUNNING = """
import sys, time
from portal.embedded.folder import DataFolder
from portal.embedded.servers import embedded_servers
with embedded_servers(DataFolder.at(sys.argv[1])):
    print("up", flush=True)
    time.sleep(600)
"""


def silent(text: str) -> None:
    """For what the servers say on the console."""


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    """A path with spaces and more than 120 characters, which a plain user may pass."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o711)
        folder = DataFolder.at(Path(top) / (LONG_NAME + "x" * 40) / ".demo")
        assert len(str(folder.path)) > 120
        yield folder
        shutil.rmtree(folder.socket_dir, ignore_errors=True)


def connect(folder: DataFolder) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(folder.database_url, autocommit=True)


def keep(folder: DataFolder) -> subprocess.Popen[str]:
    """Another process that runs the servers and waits."""
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP_RUNNING, str(folder.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def test_they_start_in_a_long_path_with_spaces_and_keep_their_data(folder: DataFolder) -> None:
    for durable in (True, False):
        with embedded_servers(folder, durable=durable, say=silent), connect(folder) as database:
            database.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
            database.execute("INSERT INTO kept VALUES (1)")
            assert database.execute("SHOW fsync").fetchone() == ("on" if durable else "off",)
            assert database.execute("SHOW server_encoding").fetchone() == ("UTF8",)
            assert database.execute("SHOW listen_addresses").fetchone() == ("",)
    with embedded_servers(folder, say=silent), connect(folder) as database:
        assert database.execute("SELECT count(*) FROM kept").fetchone() == (2,)


def test_killed_with_9_they_start_again_and_have_lost_nothing(folder: DataFolder) -> None:
    with keep(folder) as parent:
        with (
            connect(folder) as database,
            redis.Redis(unix_socket_path=str(folder.broker_socket)) as broker,
        ):
            database.execute("CREATE TABLE kept AS SELECT 42 AS id")
            broker.rpush("queue", "task")
        parent.kill()
    with (
        embedded_servers(folder, say=silent),
        connect(folder) as database,
        redis.Redis(unix_socket_path=str(folder.broker_socket)) as broker,
    ):
        assert database.execute("SELECT id FROM kept").fetchone() == (42,)
        assert broker.lrange("queue", 0, -1) == [b"task"]


def test_a_crashed_server_whose_process_id_is_taken_starts_again(folder: DataFolder) -> None:
    """postmaster.pid names a process that lives, but it is ours: not a server at all."""
    with keep(folder) as parent:
        pid_file = folder.postgres / "postmaster.pid"
        server = int(pid_file.read_text().splitlines()[0])
        os.kill(server, signal.SIGKILL)
        text = pid_file.read_text()
        parent.kill()
    pid_file.write_text(text.replace(str(server), str(os.getpid()), 1))
    with embedded_servers(folder, say=silent), connect(folder) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_runs_on_without_its_parent_is_ended_first(folder: DataFolder) -> None:
    """As where the kernel does not tell children of a killed parent."""
    with keep(folder) as parent:
        server = int((folder.postgres / "postmaster.pid").read_text().splitlines()[0])
        orphan = psutil.Process(server)
        orphan.suspend()  # it cannot follow the kernel's signal now
        parent.kill()
    (folder.path / "children.json").unlink()
    assert orphan.is_running()
    orphan.resume()
    with embedded_servers(folder, say=silent), connect(folder) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_a_folder_in_use_is_not_taken_over(folder: DataFolder) -> None:
    with (
        embedded_servers(folder, durable=False, say=silent),
        pytest.raises(EmbeddedError, match=f"Process {os.getpid()} already runs the servers"),
        embedded_servers(folder, durable=False, say=silent),
    ):
        pass


def test_a_half_made_database_is_made_anew(folder: DataFolder) -> None:
    half = folder.path / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded_servers(folder, durable=False, say=silent), connect(folder) as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_data_of_another_postgresql_is_left_alone(folder: DataFolder) -> None:
    folder.postgres.mkdir(parents=True)
    (folder.postgres / "PG_VERSION").write_text("12\n")
    with (
        pytest.raises(EmbeddedError, match="made by PostgreSQL 12 and cannot be read by 18"),
        embedded_servers(folder, durable=False, say=silent),
    ):
        pass
    assert (folder.postgres / "PG_VERSION").read_text() == "12\n"


def test_nothing_runs_after_the_end(folder: DataFolder) -> None:
    with embedded_servers(folder, durable=False, say=silent) as children:
        pids = [child.pid for child in children._children]
    time.sleep(0.05)
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_only_missing_rights_are_given_to_the_servers_user(tmp_path: Path) -> None:
    wheel = tmp_path / "closed" / "wheel"
    wheel.mkdir(parents=True)
    program, data = wheel / "program", wheel / "data"
    for path, mode in ((program, 0o700), (data, 0o600), (wheel, 0o700), (wheel.parent, 0o700)):
        path.touch()
        path.chmod(mode)
    said: list[str] = []
    let_read(OURSELVES, wheel, said.append)
    assert said == []
    let_read(Account(12345, 12345), wheel, said.append)
    modes = [path.stat().st_mode & 0o777 for path in (wheel.parent, wheel, program, data)]
    assert modes == [0o701, 0o705, 0o705, 0o604]
    assert any(str(wheel.parent) in text for text in said)
