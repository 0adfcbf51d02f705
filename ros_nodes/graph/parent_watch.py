"""Nodes end with the process that started them, whatever ended that one."""

import faulthandler
import os
import threading
import time
from typing import Final

PARENT: Final = "CANTER_ROS_PARENT"
"""Environment variable with the process whose end ends a node."""
LOOK_S = 0.1
"""Time between two looks for the parent, s."""
GRACE_S = 3.0
"""Time that a node without its parent has for a clean end, s; then it ends without one."""


def orphaned() -> bool:
    """Tell whether the process that started this one, and said so, has ended."""
    parent = os.environ.get(PARENT)
    return parent is not None and str(os.getppid()) != parent


def limit_life_without_parent() -> None:
    """Have this process ended, GRACE_S after its parent, wherever it hangs by then.

    The thread that looks needs Python's interpreter; the end itself, with a trace of all threads
    on standard error, is faulthandler's and needs nothing.
    """
    if PARENT in os.environ:
        threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    while not orphaned():
        time.sleep(LOOK_S)
    faulthandler.dump_traceback_later(GRACE_S, exit=True)
