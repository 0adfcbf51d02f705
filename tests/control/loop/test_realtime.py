"""Real-time helpers, each tried in a process of its own: what they change lasts."""

import os
import subprocess
import sys

import pytest


def run(code: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return ran.stdout


def test_memory_is_kept_or_the_reason_is_said() -> None:
    refusal, kilobytes = run(
        "from canter.control.loop.realtime import keep_memory\n"
        "print(keep_memory())\n"
        "lines = open('/proc/self/status').read().splitlines()\n"
        "print(next(line.split()[1] for line in lines if line.startswith('VmLck')))"
    ).splitlines()
    assert (int(kilobytes) > 1000) == (refusal == "")
    if refusal:
        assert "memory is not kept" in refusal


@pytest.mark.skipif(os.geteuid() != 0, reason="others may not raise a priority")
def test_threads_are_lowered_again_and_one_that_spins_meanwhile_is_ended() -> None:
    said = run(
        "import os, resource, threading\n"
        "from canter.control.loop.realtime import lower_threads, raise_threads\n"
        "waits = threading.Event()\n"
        "thread = threading.Thread(target=waits.wait)\n"
        "thread.start()\n"
        "refusal = raise_threads(7)\n"
        "print(refusal or os.sched_getscheduler(thread.native_id) == os.SCHED_FIFO)\n"
        "lower_threads()\n"
        "print(os.sched_getscheduler(thread.native_id) == os.SCHED_OTHER)\n"
        "waits.set()\n"
        "raise_threads(7)\n"
        "if os.fork() == 0:\n"
        "    while True: pass\n"
        "_, status = os.wait()\n"
        "print(refusal or os.WTERMSIG(status) == 24)\n"  # SIGXCPU
    ).splitlines()
    assert said[1] == "True"
    assert said[0] == said[2] == "True" or "no real-time priority" in said[0]


@pytest.mark.skipif(os.geteuid() != 0, reason="others may not raise a priority")
def test_threads_are_raised_and_one_is_lowered() -> None:
    said = run(
        "import os, threading\n"
        "from canter.control.loop.realtime import LOWEST, lower_this_thread, raise_threads\n"
        "assert raise_threads(0) == '' and os.sched_getscheduler(0) == os.SCHED_OTHER\n"
        "refusal = raise_threads(7)\n"
        "raised = os.sched_getparam(0).sched_priority\n"
        "lower_this_thread()\n"
        "lowered = os.sched_getparam(0).sched_priority\n"
        "print(refusal or raised, lowered == (0 if refusal else LOWEST))"
    )
    assert said.split()[-1] == "True"
    assert "7" in said or "no real-time priority" in said
