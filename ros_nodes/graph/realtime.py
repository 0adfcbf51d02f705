"""Real-time priority and memory that stays in place, where the system permits them.

Root may do both, others as `ulimit -r` and `ulimit -l` say; all works without.
"""

import ctypes
import os
from pathlib import Path

LOWEST = 1
"""Priority of what may wait, such as drawing a picture."""
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
"""Of Linux's mlockall(2)."""
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


def keep_memory() -> str:
    """Keep every page that the process has touched, or will, in memory (mlockall).

    Without it the kernel drops program code that was not run for a while, and the tick that needs
    it again waits for the disk.

    Returns:
        What kept it from being done; empty if nothing did.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT):
        return f"memory is not kept in place ({os.strerror(ctypes.get_errno())})"
    return ""


def lower_this_thread() -> None:
    """Let the calling thread run after all other real-time ones; an ordinary one stays as it is."""
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(LOWEST))
