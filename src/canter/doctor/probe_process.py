"""Trying something that may crash or hang: in a process of its own, with a time limit."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

PROBE_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """How a separate process ended.

    Attributes:
        works: it exited with 0 in time.
        said: last line it wrote, or how it ended.
    """

    works: bool
    said: str


def attempt(command: Sequence[str], timeout_s: float = PROBE_TIMEOUT_S) -> ProbeResult:
    """Run a command in a process of its own, which may crash or hang."""
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return ProbeResult(works=False, said=f"no answer within {timeout_s:.0f} s")
    lines = (ran.stdout if ran.returncode == 0 else ran.stdout + ran.stderr).strip().splitlines()
    said = lines[-1].strip() if lines else f"ended with exit code {ran.returncode}"
    return ProbeResult(works=ran.returncode == 0, said=said)
