"""A process whose parent was killed ends, even where it hangs in code that is not Python's."""

import os
import subprocess
import sys
import time
from pathlib import Path

from canter.ros_nodes.graph.parent_watch import GRACE_S, PARENT

HANGS = """
import time
from canter.ros_nodes.graph.parent_watch import limit_life_without_parent
limit_life_without_parent()
print("up", flush=True)
time.sleep(60)
"""
STARTS = f"""
import os, subprocess, sys, time
environ = {{**os.environ, {PARENT!r}: str(os.getpid())}}
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], env=environ)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_what_hangs_ends_soon_after_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS, HANGS], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path(f"/proc/{int(parent.stdout.readline())}")
        assert parent.stdout.readline() == "up\n"
        assert child.exists()
        parent.kill()
        killed = time.monotonic()
        while child.exists() and " Z " not in (child / "stat").read_text():
            assert time.monotonic() - killed < GRACE_S + 5.0
            time.sleep(0.05)
        assert time.monotonic() - killed > 0.5 * GRACE_S


def test_a_process_without_such_a_parent_is_left_alone() -> None:
    environ = {name: value for name, value in os.environ.items() if name != PARENT}
    code = HANGS.replace("60", "0.1") + "import threading; print(threading.active_count())"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ
    )
    assert ran.stdout.split() == ["up", "1"]
