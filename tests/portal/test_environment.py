"""The demo's environment: made once, kept, and never anybody else's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from portal.embedded import environment
from portal.embedded.folder import LONGEST_SOCKET_DIR, DataFolder, EmbeddedError


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A demo's folder in place of the project's; os.environ is put back after the test."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    os.environ["PORTAL_DEMO_DIR"] = str(tmp_path / "my demo")
    return DataFolder.at(tmp_path / "my demo")


def test_a_demo_never_uses_the_database_that_the_shell_names(demo: DataFolder) -> None:
    os.environ |= {
        "DATABASE_URL": "postgres://portal@production.example.com/leads",
        "CELERY_BROKER_URL": "redis://production.example.com/0",
        "LEADS_DATA_DIR": "/var/lib/lead-portal",
        "PORTAL_ENV_FILE": "/etc/lead-portal.env",
    }
    environment.use_demo_environment()
    assert os.environ["DATABASE_URL"] == demo.database_url
    assert os.environ["CELERY_BROKER_URL"] == demo.broker_url
    assert os.environ["LEADS_DATA_DIR"] == str(demo.path)
    assert os.environ["PORTAL_ENV_FILE"] == str(demo.env_file)


def test_a_second_demo_has_the_keys_of_the_first(demo: DataFolder) -> None:
    environment.use_demo_environment()
    first = environment.kept_keys(demo)
    environment.use_demo_environment()
    assert environment.kept_keys(demo) == first
    assert os.environ["DIALER_PASSWORD_KEY"] == first["DIALER_PASSWORD_KEY"]


def test_only_the_owner_reads_the_keys(demo: DataFolder) -> None:
    environment.use_demo_environment()
    assert stat.S_IMODE(demo.env_file.stat().st_mode) == 0o600


def test_a_demo_that_was_moved_follows_its_folder(demo: DataFolder, tmp_path: Path) -> None:
    environment.use_demo_environment()
    keys = environment.kept_keys(demo)
    moved = DataFolder(demo.path.rename(tmp_path / "moved"))
    os.environ["PORTAL_DEMO_DIR"] = str(moved.path)
    environment.use_demo_environment()
    assert os.environ["DATABASE_URL"] == moved.database_url != demo.database_url
    assert environment.kept_keys(moved) == keys


def test_keys_that_two_processes_make_at_once_are_the_same(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    first = environment.kept_keys(folder)
    environment._write_once(folder.env_file, environment.new_keys())
    assert environment.kept_keys(folder) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["env"]


def test_a_folder_that_cannot_be_used_is_a_sentence(demo: DataFolder) -> None:
    demo.path.write_text("a file, not a folder")
    with pytest.raises(SystemExit, match=r"The demo cannot use its folder .* PORTAL_DEMO_DIR"):
        environment.use_demo_environment()


@pytest.mark.parametrize("length", [10, 300])
def test_sockets_are_short_however_long_the_folder(length: int) -> None:
    folder = DataFolder(Path("/srv") / ("x" * length))
    assert len(os.fsencode(folder.socket_dir)) <= LONGEST_SOCKET_DIR


def test_sockets_are_short_where_the_temporary_folder_is_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/var/" + "y" * 100)
    assert len(os.fsencode(DataFolder(Path("/srv/x")).socket_dir)) <= LONGEST_SOCKET_DIR


def test_two_clones_have_two_socket_folders() -> None:
    assert DataFolder(Path("/srv/a")).socket_dir != DataFolder(Path("/srv/b")).socket_dir


def test_a_socket_folder_that_is_a_link_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/tmp")  # noqa: S108
    folder = DataFolder.at(tmp_path)
    folder.socket_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedError, match=r"belongs to another user .* set TMPDIR"):
            folder.make_socket_dir(os.getuid())
    finally:
        folder.socket_dir.unlink()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make another user's folder")
def test_a_socket_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    folder.socket_dir.mkdir()
    os.chown(folder.socket_dir, 65534, -1)
    try:
        with pytest.raises(EmbeddedError, match=r"another user \(uid 65534\)"):
            folder.make_socket_dir(os.getuid())
    finally:
        folder.socket_dir.rmdir()
