"""Workers of a parent that is killed are gone within a moment, idle and busy ones."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from canter.control.child_process import end_with_parent
if __name__ == "__main__":
    context = multiprocessing.get_context("{method}")
    with ProcessPoolExecutor(2, context, initializer=end_with_parent) as pool:
        pids = set()
        while len(pids) < 2:
            pids |= set(pool.map(worker, range(2)))
        print(*pids, flush=True)
        pool.submit(time.sleep, 60)
        time.sleep(60)
"""
WORKER = "import os, time\ndef worker(_):\n    time.sleep(0.2)\n    return os.getpid()\n"
PATIENCE_S = 5.0


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_workers_end_with_a_parent_that_is_killed(method: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(WORKER + PROGRAM.format(method=method))
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        workers = [int(word) for word in parent.stdout.readline().split()]
        assert len(workers) == 2
        parent.send_signal(signal.SIGKILL)
    end = time.monotonic() + PATIENCE_S
    while any(lives(worker) for worker in workers):
        assert time.monotonic() < end, "a worker outlived its parent"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
