"""Kills a process that others live by, again and again, and waits for these to end by themselves.

Run it in the environment that has what is killed, ROS or cyclonedds:
``python -m tests.killed_parents supervisor --times 20 --busy``. Exits with 1 where anything was
left after LEFT_S, or shared memory, or a robot that still stands.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.ros_nodes.graph.shared_memory import FOLDER, SEGMENT

LEFT_S = 5.0
"""Time in which all must be gone, s."""
ATTEMPTS = 5
MOST_S = 30.0
"""Time after which the script itself ends what is left, s."""
CANTER = (sys.executable, "-m", "canter")
ROBOT_DOMAIN = 63
LYING_M = 0.2
"""Height of the body of a robot that lies or sank, m; a standing one has 0.3."""
DAMPS_S = 4.0
"""Time after which a robot that is damped has sunk, s."""

TRIPPED = "safety monitor"
"""What a drive says that damped the robot because states came late."""

Victim = Literal["supervisor", "recorder", "watchdog", "drive"]


@dataclass(frozen=True, slots=True)
class Killed:
    """What one kill left.

    Attributes:
        seconds: until all were gone, s.
        fault: what is wrong; empty where nothing is.
    """

    seconds: float
    fault: str = ""


class NotReadyError(Exception):
    """A command ended before it was ready, as a drive does that gets its states too seldom."""


def children_of(parent: int) -> list[int]:
    """Return the processes below one, from the kernel's own list."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, fields = stat.read_text(encoding="utf-8").rpartition(")")
        except OSError:
            continue  # it ended meanwhile
        parents.setdefault(int(fields.split()[1]), []).append(int(stat.parent.name))
    found = parents.get(parent, [])
    return found + [below for child in found for below in children_of(child)]


def lives(pid: int) -> bool:
    """Tell whether a process runs; a dead one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until_gone(pids: list[int]) -> float:
    """Return the time until none of them runs, s; what is left after MOST_S is killed."""
    begin = time.monotonic()
    while any(map(lives, pids)) and time.monotonic() - begin < MOST_S:
        time.sleep(0.02)
    seconds = time.monotonic() - begin
    for pid in filter(lives, pids):
        os.kill(pid, signal.SIGKILL)
    return seconds


def segments() -> set[str]:
    """Return the shared memory of Fast DDS."""
    return {path.name for path in FOLDER.iterdir() if SEGMENT.fullmatch(path.name)}


@contextmanager
def running(words: list[str], until: str = "") -> Iterator["subprocess.Popen[str]"]:
    """Run a command of Canter within the block, from the line on that holds `until`."""
    command = [*CANTER, *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            said: list[str] = []
            while until and not (said and until in said[-1]):
                said.append(process.stdout.readline())
                if not said[-1]:
                    raise NotReadyError(" ".join(line.strip() for line in said))
            yield process
        finally:
            process.kill()


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Keep as many cores busy within the block."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


def kill_supervisor(folder: Path) -> Killed:
    """Kill ``canter ros up`` at any moment of its life, from its first node on."""
    before = segments()
    up = ["ros", "up", "--quiet", "--logs", str(folder), "--record", str(folder / "bags")]
    with running(up) as supervisor:
        while len(children_of(supervisor.pid)) < 6:
            time.sleep(0.02)
        time.sleep(random.uniform(0.0, 15.0))
        pids = children_of(supervisor.pid)
        supervisor.kill()
        seconds = wait_until_gone(pids)
    left = segments() - before
    return Killed(seconds, f"shared memory {left}" if left else "")


def kill_recorder(folder: Path) -> Killed:
    """Kill the recorder of a graph; its bag must be mended, and the graph must end as always."""
    up = ["ros", "up", "--quiet", "--logs", str(folder), "--record", str(folder / "bags")]
    with running(up, "are active") as supervisor:
        time.sleep(random.uniform(3.0, 8.0))
        pids = children_of(supervisor.pid)
        recorder = [p for p in pids if b"recorder_node" in Path(f"/proc/{p}/cmdline").read_bytes()]
        os.kill(recorder[0], signal.SIGKILL)
        bag = min((folder / "bags").iterdir())
        time.sleep(1.0)
        supervisor.send_signal(signal.SIGINT)
        wait_until_gone(children_of(supervisor.pid))
    mended = subprocess.run([*CANTER, "ros", "bag", "--repair", str(bag)], check=False)
    return Killed(0.0, "its bag is lost" if mended.returncode else "")  # nothing lives by it


def kill_watchdog(_: Path) -> Killed:
    """Kill the watchdog of a drive: the drive must say so, lie down and exit with an error."""
    said = TRIPPED
    while TRIPPED in said:  # a busy machine makes a drive trip and damp by itself, which is right
        with standing_robot(), driving() as drive:
            watchdog = children_of(drive.pid)
            time.sleep(random.uniform(0.0, 5.0))
            for process in filter(lives, watchdog):
                os.kill(process, signal.SIGKILL)
            seconds = wait_until_gone([drive.pid])
            assert drive.stdout is not None
            said, code = drive.stdout.read(), drive.wait()
    wrong = [] if "watchdog process has ended" in said else [f"it does not say so: {said}"]
    wrong += [f"exit code {code}"] if code != 1 else []
    return Killed(seconds, "; ".join(wrong))


def kill_drive(_: Path) -> Killed:
    """Kill a drive: its watchdog must damp the robot and end."""
    with standing_robot() as height, driving() as drive:
        pids = children_of(drive.pid)
        time.sleep(random.uniform(0.0, 5.0))
        drive.kill()
        seconds = wait_until_gone(pids)
        time.sleep(max(DAMPS_S - seconds, 0.0))
        left = height()
    return Killed(seconds, f"the body is at {left:.2f} m" if left > LYING_M else "")


@contextmanager
def standing_robot() -> Iterator[Callable[[], float]]:
    """Simulate a Go2 within the block; yields what tells the height of its body, m."""
    from canter.control.unitree import api  # noqa: PLC0415 - not where ROS is
    from canter.control.unitree.messages import SPORT_MODE_STATE  # noqa: PLC0415
    from canter.drivers.unitree.bus import Bus, RecordReader  # noqa: PLC0415

    with running(["unitree", "sim", "--lying", "--domain", str(ROBOT_DOMAIN)], "a Go2 on DDS"):
        bus = Bus(ROBOT_DOMAIN, "lo")
        reader = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)

        def height() -> float:
            while not (samples := reader.take()):
                time.sleep(0.01)
            return float(SPORT_MODE_STATE.from_wire(samples[-1])["body_height"])

        try:
            yield height
        finally:
            bus.close()


def driving() -> AbstractContextManager["subprocess.Popen[str]"]:
    """Drive the simulated robot within a block, from its first command on."""
    words = ["unitree", "drive", "--velocity", "0.3", "0", "0", "--seconds", "60", "--yes"]
    return running([*words, "--domain", str(ROBOT_DOMAIN)], "standing up")


KILLS: dict[Victim, Callable[[Path], Killed]] = {
    "supervisor": kill_supervisor,
    "recorder": kill_recorder,
    "watchdog": kill_watchdog,
    "drive": kill_drive,
}


def _tried(kill: Callable[[Path], Killed], folder: Path) -> Killed:
    """Kill once; what is not ready on a busy machine is tried again."""
    for _ in range(ATTEMPTS):
        try:
            return kill(folder)
        except NotReadyError as refusal:
            print(f"not ready: {refusal}", flush=True)
    return Killed(0.0, f"never ready in {ATTEMPTS} attempts")


def main(
    victim: Annotated[Victim, tyro.conf.Positional],
    times: int = 20,
    *,
    busy_cores: Annotated[bool, tyro.conf.arg(name="busy")] = False,
) -> int:
    """Kill and wait.

    Args:
        victim: what is killed.
        times: how often.
        busy_cores: meanwhile a busy loop runs for each core.
    """
    results: list[Killed] = []
    with busy(os.cpu_count() or 1 if busy_cores else 0):
        for number in range(times):
            with tempfile.TemporaryDirectory() as folder:
                results.append(_tried(KILLS[victim], Path(folder)))
            print(f"{number + 1}: {results[-1].seconds:.2f} s {results[-1].fault}", flush=True)
    bad = [it for it in results if it.fault or it.seconds > LEFT_S]
    longest = max(it.seconds for it in results)
    print(f"{victim}: {len(results)} killed, {len(bad)} not right, all gone in {longest:.2f} s")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(tyro.cli(main))
