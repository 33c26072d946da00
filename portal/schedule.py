"""What Celery beat starts, and how often.

A kick from a page or a command starts work at once; these sweeps find the work whose kick was
lost. Each entry expires before its next tick, so that none pile up while no worker runs.
"""

from __future__ import annotations

from typing import Any

EVERY_SECONDS = {
    "leads.tasks.push_waiting": 5,
    "leads.tasks.settle": 5,
    "leads.tasks.probe_dialers": 10,
    "leads.tasks.resume_imports": 30,
}

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": float(seconds), "options": {"expires": seconds - 1}}
    for task, seconds in EVERY_SECONDS.items()
}
