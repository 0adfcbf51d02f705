"""Real-time priority where the system permits it (root, `ulimit -r`); all works without it."""

import os
from pathlib import Path

LOWEST = 1
"""Priority of what may wait, such as drawing a picture."""
TASKS = Path("/proc/self/task")


def raise_threads(priority: int) -> str:
    """Let all threads that this process has now run before ordinary ones (SCHED_FIFO).

    That includes DDS's, without which a prompt loop would wait for its messages.

    Args:
        priority: 1..99; 0 changes nothing.

    Returns:
        What kept it from being done; empty if nothing did.
    """
    if not priority:
        return ""
    for task in TASKS.iterdir():
        try:
            os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(priority))
        except ProcessLookupError:
            continue  # it ended meanwhile
        except OSError as error:
            return f"no real-time priority ({error.strerror}); ticks may be late on a busy machine"
    return ""


def lower_this_thread() -> None:
    """Let the calling thread run after all other real-time ones; an ordinary one stays as it is."""
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(LOWEST))
