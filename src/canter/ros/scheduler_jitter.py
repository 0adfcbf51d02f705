"""A loop at 500 Hz that does nothing: how many of its deadlines does this machine let anybody hold?

Runs as a process of its own beside what is measured,
``python -m canter.ros.scheduler_jitter SECONDS RATE_HZ FIFO_PRIORITY``; prints how many deadlines
it held, 0..1.
"""

import os
import subprocess
import sys
import time

from canter.control.loop.clock import LoopClock
from canter.control.loop.realtime import raise_threads


def start(seconds: float, rate_hz: float, priority: int) -> "subprocess.Popen[str]":
    """Start one; `held` waits for its end.

    Args:
        seconds: how long it runs, s.
        rate_hz: its deadlines a second, 1/s.
        priority: its real-time priority (SCHED_FIFO) where permitted; 0 for none.
    """
    words = [
        sys.executable,
        "-m",
        "canter.ros.scheduler_jitter",
        str(seconds),
        str(rate_hz),
        str(priority),
    ]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def held(process: "subprocess.Popen[str]") -> float:
    """Wait for the end and return the fraction of deadlines that were held, 0..1."""
    said, _ = process.communicate()
    return float(said)


def main(seconds: float, rate_hz: float, priority: int) -> None:
    """Wait for one deadline after the other, then print; ends with the process that started it."""
    raise_threads(priority)
    clock, parent = LoopClock(1 / rate_hz), os.getppid()
    end = time.monotonic() + seconds
    while time.monotonic() < end and os.getppid() == parent:
        clock.wait()
    print(1 - clock.missed / (seconds * rate_hz), flush=True)


if __name__ == "__main__":
    duration, rate, level = sys.argv[1:]
    main(float(duration), float(rate), int(level))
