"""Child processes that never outlive their parent, however it ends."""

# psutil is not typed
# mypy: disallow-untyped-calls = False

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

import psutil

LAUNCHER = Path(__file__).with_name("launch.py")
SAME_START_SECONDS = 2.0


def server_environment() -> dict[str, str]:
    """What a server needs of the environment: none of our keys, and no PGDATA to redirect it."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """The OS user that a child runs as; -1 is the present one."""

    uid: int = -1
    gid: int = -1


OURSELVES = Account()


@dataclass(frozen=True)
class Child:
    """One started process, as the list in the data folder remembers it.

    `created` is the process's start in seconds since 1970: a process id alone may be
    somebody else's by now. `stop_signal` asks it to end in order within `stop_seconds`.
    """

    name: str
    pid: int
    created: float
    stop_signal: int
    stop_seconds: float

    def process(self) -> psutil.Process | None:
        """The running process, or None if it has ended."""
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < SAME_START_SECONDS
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None


class Children:
    """The processes started for one data folder, ended in the opposite order.

    Each runs in a session of its own, so that Ctrl-C reaches the parent only, and on Linux the
    kernel sends it its stop signal should the parent be killed. Start them from the main
    thread: the kernel counts the end of the starting *thread*.
    """

    def __init__(self, record: Path) -> None:
        self.record = record
        self._children: list[Child] = []
        self._handles: dict[int, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Sequence[object],
        log: Path,
        *,
        account: Account = OURSELVES,
        stop_signal: int = signal.SIGTERM,
        stop_seconds: float = 10.0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Start `command` (an absolute path and its arguments), its output appended to `log`.

        Each part is turned into text; no shell sees it, so nothing needs quoting. `pass_fds` are
        open files, sockets among them, that it inherits under their numbers.
        """
        who = [str(part) for part in (int(stop_signal), os.getpid(), account.uid, account.gid)]
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), *who]
        with log.open("ab") as output:
            handle = subprocess.Popen(
                [*launcher, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=env,
                cwd=cwd,
                pass_fds=pass_fds,
            )
        created = psutil.Process(handle.pid).create_time()
        child = Child(name, handle.pid, created, int(stop_signal), stop_seconds)
        self._children.append(child)
        self._handles[handle.pid] = handle
        self._write()
        return child

    def exit_status(self, child: Child) -> int | None:
        """None while the child runs; else its exit status (negative: the signal that ended it)."""
        return self._handles[child.pid].poll()

    def first_ended(self) -> Child | None:
        """A child that has ended although nobody stopped it, or None."""
        return next((c for c in self._children if self.exit_status(c) is not None), None)

    def stop(self, child: Child) -> None:
        """End one child and everything in its process group, and forget it."""
        end_group(child)
        self._handles.pop(child.pid).wait()
        self._children.remove(child)
        self._write()

    def stop_all(self) -> None:
        """End every child, the last started first."""
        for child in reversed(self._children.copy()):
            self.stop(child)

    def end_leftovers(self) -> list[str]:
        """End what a killed parent left running; the names of what was found.

        The caller must hold the data folder's lock: else these are a living parent's children.
        """
        found = [child for child in self._read() if child.process() is not None]
        for child in reversed(found):
            end_group(child)
        self.record.unlink(missing_ok=True)
        return [child.name for child in found]

    def _read(self) -> list[Child]:
        try:
            return [Child(**entry) for entry in json.loads(self.record.read_text())]
        except (FileNotFoundError, ValueError, TypeError):
            return []  # none, or half written by a parent that was killed

    def _write(self) -> None:
        new = self.record.with_suffix(".new")
        new.write_text(json.dumps([asdict(child) for child in self._children], indent=1))
        new.replace(self.record)

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_all()


def end_group(child: Child) -> None:
    """Ask the child to end; after its `stop_seconds`, kill its whole process group."""
    process = child.process()
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(child.pid, child.stop_signal)
        _wait(process, child.stop_seconds)
    if child.process() is None and psutil.pid_exists(child.pid) and not _is_zombie(child.pid):
        return  # the id is another program's by now
    with suppress(ProcessLookupError, PermissionError):  # a worker's own children too
        os.killpg(child.pid, signal.SIGKILL)


def _is_zombie(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    return True


def _wait(process: psutil.Process, seconds: float) -> None:
    """Until the process has ended or is a zombie that only its starter may collect."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return
