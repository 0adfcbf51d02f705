"""A simulated Go2 in a process of its own, and what it reports at its end."""

import itertools
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOMAINS = itertools.count(20 + os.getpid() % 10 * 20)
"""Domains of this test run's own, one a test: a killed process haunts its domain for 10 s."""
LONGEST_S = 60


@dataclass
class Robot:
    """The process.

    Attributes:
        domain: its DDS domain.
        report: what it printed, once it has ended.
    """

    domain: int
    report: str = field(default="")

    def refused(self) -> dict[str, int]:
        pairs = [e.rpartition(" ") for e in self._last("refused: (.*)").split(", ") if e != "none"]
        return {reason: int(count) for reason, _, count in pairs}

    def accepted(self) -> int:
        return int(self._last(r"(\d+) accepted"))

    def damped_after_ms(self) -> float | None:
        """Age of the last command when the robot was damped for it; None if it never was."""
        return float(self._last(r"last after (\d+) ms")) if "last after" in self.report else None

    def _last(self, pattern: str) -> str:
        """What the newest of its reports says."""
        found: list[str] = re.findall(pattern, self.report)
        assert found, self.report
        return found[-1]


@contextmanager
def simulated(domain: int, *arguments: str) -> Iterator[Robot]:
    """A robot on the bus while the block lasts; Ctrl-C ends it."""
    command = [sys.executable, "-m", "canter", "unitree", "sim"]
    command += ["--domain", str(domain), "--seconds", str(LONGEST_S), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        robot = Robot(domain)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("a Go2 on DDS domain")
            yield robot
        finally:
            process.send_signal(signal.SIGINT)
            robot.report, _ = process.communicate(timeout=20)
        assert process.returncode == 130


def python(*arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run Python to its end."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout, cwd=ROOT, check=False
    )
