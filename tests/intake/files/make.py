"""Make every file of the corpus: `python -m tests.intake.files.make FOLDER`.

What each file is, and what becomes of it, stands in `expected.csv`, by its name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.intake.files import books, jsons, strangers, texts


def make(folder: Path) -> list[str]:
    """Write the files into the folder, and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in {**texts.files(), **jsons.files(), **strangers.files()}.items():
        (folder / name).write_bytes(content)
        names.append(name)
    return [*names, *books.make(folder)]


if __name__ == "__main__":
    print(*make(Path(sys.argv[1])), sep="\n")  # noqa: T201
