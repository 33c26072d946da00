"""What Celery beat starts, and how often.

A kick from a page or a command starts work at once; these sweeps find the work whose kick was
lost. Each entry expires before its next tick, so that none pile up while no worker runs.
"""

from __future__ import annotations

from typing import Any

# In sweeps: a task that is idle costs one to three short queries.
EVERY_SWEEPS = {
    "leads.tasks.push_waiting": 1,
    "leads.tasks.settle": 1,
    "leads.tasks.probe_dialers": 2,
    "leads.tasks.resume_imports": 8,
    "leads.tasks.resume_follow_ups": 24,
    "leads.tasks.count_up": 24,
    "leads.tasks.sweep_dnc": 36,
    "leads.tasks.forget_claims": 120,
}


def beat_schedule(sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Celery's beat schedule with a sweep every `sweep_seconds` (1 or more)."""
    return {
        task: {
            "task": task,
            "schedule": float(sweep_seconds * sweeps),
            "options": {"expires": sweep_seconds * sweeps * 0.8},
        }
        for task, sweeps in EVERY_SWEEPS.items()
    }
