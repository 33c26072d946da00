"""Child processes never outlive their parent."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portal.embedded.children import Child, Children

SLEEP = ["/bin/sleep", "600"]
STUBBORN = [
    *(sys.executable, "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready', flush=True); time.sleep(600)",
]
PARENT = """
import sys, time
from pathlib import Path
from portal.embedded.children import Children
folder = Path(sys.argv[1])
child = Children(folder / "children.json").start("sleep", ["/bin/sleep", "600"], folder / "log")
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    with Children(tmp_path / "children.json") as children:
        yield children


def wait_for(log: Path, text: str) -> None:
    until = time.monotonic() + 10
    while text not in log.read_text():
        assert time.monotonic() < until, f"{text!r} never came"
        time.sleep(0.02)


def is_gone(pid: int, seconds: float = 5.0) -> bool:
    """Ended, or a zombie that only init may collect."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_stopping_ends_the_last_started_first(children: Children, tmp_path: Path) -> None:
    for name in ("first", "second"):
        children.start(name, SLEEP, tmp_path / "log")
    names = [entry["name"] for entry in json.loads(children.record.read_text())]
    ended: list[str] = []
    original = children.stop

    def stop(child: Child) -> None:
        ended.append(child.name)
        original(child)

    children.stop = stop  # type: ignore[method-assign]
    children.stop_all()
    assert (names, ended) == (["first", "second"], ["second", "first"])
    assert json.loads(children.record.read_text()) == []


def test_a_child_that_ignores_its_stop_signal_is_killed(children: Children, tmp_path: Path) -> None:
    child = children.start("stubborn", STUBBORN, tmp_path / "log", stop_seconds=0.2)
    wait_for(tmp_path / "log", "ready")
    children.stop(child)
    assert is_gone(child.pid)


def test_a_child_that_ended_by_itself_is_told(children: Children, tmp_path: Path) -> None:
    child = children.start("brief", ["/bin/sh", "-c", "exit 3"], tmp_path / "log")
    until = time.monotonic() + 10
    while children.first_ended() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert children.first_ended() == child
    assert children.exit_status(child) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children on Linux only")
def test_a_killed_parent_takes_its_children_along(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        wait_until_sleeping(pid)
        parent.kill()
    assert is_gone(pid)


def wait_until_sleeping(pid: int) -> None:
    """Until the launcher has become the program."""
    until = time.monotonic() + 10
    while psutil.Process(pid).name() != "sleep":
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_a_killed_parent_left_is_ended_by_the_next_run(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as orphan:
        left(tmp_path, orphan.pid, psutil.Process(orphan.pid).create_time())
        assert Children(tmp_path / "children.json").end_leftovers() == ["sleep"]
        assert orphan.wait() == -signal.SIGTERM


def test_a_process_that_only_has_the_number_of_a_leftover_is_spared(tmp_path: Path) -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as stranger:
        left(tmp_path, stranger.pid, psutil.Process(stranger.pid).create_time() - 3600)
        assert Children(tmp_path / "children.json").end_leftovers() == []
        assert stranger.poll() is None
        stranger.kill()


def left(folder: Path, pid: int, created: float) -> None:
    entry = {"name": "sleep", "pid": pid, "created": created}
    entry |= {"stop_signal": int(signal.SIGTERM), "stop_seconds": 5}
    (folder / "children.json").write_text(json.dumps([entry]))


def test_a_half_written_list_of_leftovers_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "children.json").write_text('[{"name": "post')
    assert Children(tmp_path / "children.json").end_leftovers() == []
