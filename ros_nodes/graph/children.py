"""Processes of a graph: start, watch, restart within bounds, and end them all without a trace."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from canter.control.errors import CanterError
from canter.ros_nodes.graph.parent_watch import PARENT
from canter.ros_nodes.graph.shared_memory import sweep

MAX_RESTARTS = 3
RESTART_WINDOW_S = 60.0
ESCALATION: tuple[tuple[signal.Signals, float], ...] = (
    (signal.SIGINT, 4.0),
    (signal.SIGTERM, 2.0),
    (signal.SIGKILL, 2.0),
)
"""Signals in order, and how long each may take, s."""


@dataclass(slots=True)
class Child:
    """One process.

    Attributes:
        name: of its node.
        command: to start it.
        log: file that takes its output.
        process: the running one, None before the start.
        ends: when it died by itself, monotonic, s.
    """

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    ends: list[float] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id, 0 if it does not run."""
        return self.process.pid if self.process is not None and self.alive else 0

    def start(self) -> None:
        """Start it; its output goes to the end of its log."""
        environ = {**os.environ, PARENT: str(os.getpid())}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environ,
                start_new_session=True,  # Ctrl-C at the terminal is ours to pass on
            )

    def last_words(self) -> str:
        """Return the last line of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


class Children:
    """All processes of one graph; leaving the ``with`` block ends them."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.all = tuple(children)

    def __enter__(self) -> "Children":
        """Start all."""
        for child in self.all:
            child.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End all."""
        self.stop()

    def revive(self) -> list[Child]:
        """Restart those that died and return them.

        Raises:
            CanterError: one died too often; names it, with its last words.
        """
        dead = [child for child in self.all if not child.alive]
        now = time.monotonic()
        for child in dead:
            child.ends = [end for end in child.ends if now - end < RESTART_WINDOW_S] + [now]
            if len(child.ends) > MAX_RESTARTS:
                raise CanterError(
                    f"{child.name} died {len(child.ends)} times within {RESTART_WINDOW_S:.0f} s; "
                    f"the last it said ({child.log}): {child.last_words()}"
                )
            child.start()
        return dead

    def stop(self) -> None:
        """End all, those that give the robot commands first, with ever stronger signals."""
        for number, patience in ESCALATION:
            living = [child for child in reversed(self.all) if child.alive]
            for child in living:
                if child.process is not None:
                    child.process.send_signal(number)
            _wait(living, patience)
        sweep()


def node_command(node: str, arguments: Sequence[str]) -> list[str]:
    """Return the command of a node of this package with these ROS arguments."""
    module = f"canter.ros_nodes.nodes.{node}"
    # The log takes their output; a second one in the home directory would tell the same.
    quiet = ("--disable-external-lib-logs",)
    return [sys.executable, "-m", module, "--ros-args", *quiet, *arguments]


def _wait(children: Sequence[Child], seconds: float) -> None:
    """Wait until all have ended, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(child.alive for child in children):
        time.sleep(0.02)
