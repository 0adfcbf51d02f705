"""Real-time priority and memory that stays in place, where the system permits them.

Root may do both, others as `ulimit -r` and `ulimit -l` say; all works without.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

LOWEST = 1
"""Priority of what may wait, such as drawing a picture."""
HIGHEST_PRIORITY = 90
"""Above it the kernel's own threads would wait."""
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
"""Of Linux's mlockall(2)."""
TASKS = Path("/proc/self/task")
_ORDINARY = """import os, runpy, sys
os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"""
BUSY_S = (1, 2)
"""Time that a real-time thread may compute without ever waiting: then a signal that ends the
process, and then one that nothing can ignore, s. A healthy one waits hundreds of times a second."""


def raise_threads(priority: int) -> str:
    """Let all threads that this process has now run before ordinary ones (SCHED_FIFO).

    That includes DDS's, without which a prompt loop would wait for its messages. The kernel ends
    the process when one of them spins for BUSY_S: nothing else could, on a core that it holds.

    Args:
        priority: 1..99; 0 changes nothing.

    Returns:
        What kept it from being done; empty if nothing did.
    """
    if not priority:
        return ""
    _, most = resource.getrlimit(resource.RLIMIT_RTTIME)
    limits = [s * 1_000_000 if most < 0 else min(s * 1_000_000, most) for s in BUSY_S]
    resource.setrlimit(resource.RLIMIT_RTTIME, (limits[0], limits[1]))
    refusal = _schedule_all(os.SCHED_FIFO, priority)
    if not refusal:
        return ""
    return f"no real-time priority ({refusal}); ticks may be late on a busy machine"


def lower_threads() -> None:
    """Let all threads of this process run as ordinary ones again, as before its end.

    At equal real-time priority a thread that spins on what another one holds waits forever.
    """
    _schedule_all(os.SCHED_OTHER, 0)


def _schedule_all(policy: int, priority: int) -> str:
    """Give all threads a policy and a priority; return why not, empty where it was done."""
    for task in TASKS.iterdir():
        try:
            os.sched_setscheduler(int(task.name), policy, os.sched_param(priority))
        except ProcessLookupError:
            continue  # it ended meanwhile
        except OSError as error:
            return str(error.strerror)
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


def ordinary_python(module: str, *arguments: str) -> list[str]:
    """Return the command of a process of Python that a real-time one may start.

    The child begins with the priority of the thread that starts it, which waits for it to begin: an
    ordinary one would keep a real-time process waiting on a busy machine. Then it becomes ordinary.
    """
    return [sys.executable, "-c", _ORDINARY, module, *arguments]


def lower_this_thread() -> None:
    """Let the calling thread run after all other real-time ones; an ordinary one stays as it is."""
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(LOWEST))
