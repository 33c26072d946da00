"""Where the embedded servers keep their data, and the addresses that follow from it."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
DEFAULT_DATA_DIR = PROJECT_ROOT / ".demo"
DATABASE = "portal"
DATABASE_USER = "postgres"
# Unix socket paths end at 107 bytes on Linux and 103 elsewhere; the longest name we put
# behind the folder is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_DIR = 80


class EmbeddedError(Exception):
    """The embedded servers cannot run here; the text says why and what to do."""


@dataclass(frozen=True)
class DataFolder:
    """The folder that holds the embedded servers' data, keys, logs and process list.

    `path` may be as long as it likes and may hold spaces: the sockets live in `socket_dir`.
    """

    path: Path

    @classmethod
    def at(cls, path: Path | str) -> DataFolder:
        return cls(Path(path).expanduser().resolve())

    @property
    def env_file(self) -> Path:
        return self.path / "env"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def socket_dir(self) -> Path:
        """A short folder that only follows from `path` and the user's id, so that a second
        terminal finds the servers without asking anybody."""
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        name = f"lead-portal-{os.getuid()}-{digest}"
        wanted = Path(tempfile.gettempdir()) / name
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIR:
            return wanted
        return Path("/tmp") / name  # noqa: S108 - made 0700 and its owner verified

    @property
    def database_url(self) -> str:
        return f"postgres://{DATABASE_USER}@/{DATABASE}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def database_socket(self) -> Path:
        """There while PostgreSQL runs."""
        return self.socket_dir / ".s.PGSQL.5432"

    @property
    def broker_socket(self) -> Path:
        return self.socket_dir / "valkey.sock"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.broker_socket))}"

    def make_socket_dir(self, server_uid: int) -> None:
        """Make `socket_dir` for this user and `server_uid` alone.

        Raises EmbeddedError if somebody else has put something of that name there first.
        """
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        found = self.socket_dir.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.getuid(), server_uid}:
            raise EmbeddedError(
                f"{self.socket_dir} belongs to another user (uid {found.st_uid}) or is no folder, "
                "so the embedded servers' sockets would not be safe there; remove it, or set "
                "TMPDIR to a folder of your own."
            )
        os.chown(self.socket_dir, server_uid, -1)
        self.socket_dir.chmod(0o700)
