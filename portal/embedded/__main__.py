"""`python -m portal.embedded [--data FOLDER] COMMAND …`: run a command with both servers up.

Without --data the servers' folder is fresh and thrown away after the command.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import nullcontext

from .environment import embedded_values, kept_keys
from .folder import DataFolder, EmbeddedError
from .servers import embedded_servers, throwaway_folder, throwaway_values


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.embedded", description=__doc__)
    parser.add_argument("--data", help="keep the servers' data in this folder")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="program and arguments")
    options = parser.parse_args()
    if not options.command:
        parser.error("a command to run is needed, for example: python manage.py migrate")
    kept = DataFolder.at(options.data) if options.data else None
    with nullcontext(kept) if kept else throwaway_folder() as folder:
        values = embedded_values(folder, kept_keys(folder)) if kept else throwaway_values(folder)
        try:
            with embedded_servers(folder, durable=kept is not None):
                return subprocess.run(
                    options.command, env=os.environ | values, check=False
                ).returncode
        except EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
            return 1


if __name__ == "__main__":
    sys.exit(main())
