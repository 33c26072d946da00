"""Become another program that ends when the process that asked for it ends.

Run by path, with no site-packages: `python -I -S launch.py SIGNAL PARENT_PID UID GID PROGRAM ARG…`
(UID -1 keeps the user). A small program of its own rather than a preexec_fn, which is not safe
in a process that has threads.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(words: list[str]) -> None:
    signal, parent, uid, gid = (int(word) for word in words[:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # elsewhere the list of children is what finds leftovers
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        sys.exit("the process that started this one has ended already")
    os.execv(words[4], words[4:])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
