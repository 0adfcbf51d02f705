"""Memory of the benchmark's task, measured in a process of its own."""

import json
import re
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from canter.control.errors import CanterError
from canter.evals.benchmarks.bench_isaacgym_task import FlatTask
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot

STEPS = 5
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Memory:
    """Peak resident memory of a process that runs the task on the height field.

    Attributes:
        envs: robots.
        imported: before the simulation is made: Python, PyTorch, MuJoCo, bytes.
        peak: after some steps, bytes.
    """

    envs: int
    imported: int
    peak: int

    @property
    def simulation(self) -> int:
        """What the simulation adds, bytes."""
        return self.peak - self.imported


def measure(envs: int, name: str = ROBOT) -> Memory:
    """Return the memory of so many robots, by name or by robot.yaml.

    Raises:
        CanterError: the process failed.
    """
    module = "canter.evals.benchmarks.bench_isaacgym_memory"
    command = [sys.executable, "-m", module, str(envs), name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        raise CanterError(f"the memory of {envs} robots could not be measured: {last}")
    return Memory(**json.loads(done.stdout.splitlines()[-1]))


def here(envs: int, name: str = ROBOT) -> Memory:
    """Run the task in this process and return its memory."""
    imported = _peak()
    task = FlatTask(envs, "field", robot(name))
    for _ in range(STEPS):
        task.step(torch.zeros(envs, 12))
    task.close()
    return Memory(envs, imported, _peak())


def _peak() -> int:
    """Return the peak resident memory of this process, bytes.

    Linux hands `ru_maxrss` on to the programs that a process starts; VmHWM is the program's own.
    """
    if STATUS.exists():
        found = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    in_bytes = sys.platform == "darwin"
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if in_bytes else 1024)


if __name__ == "__main__":
    print(json.dumps(asdict(here(int(sys.argv[1]), sys.argv[2]))))
