"""Kills what drives a standing robot on its own bus, and times the first damping that follows.

``python -m tests.killed_bridge 5``, in an environment with cyclonedds: so many times the commander
of the driver's robot end goes, and so many times that end is killed. Prints a line for each.
"""

import json
import os
import signal
import subprocess
import sys
import time

from canter.control.errors import CanterError
from canter.control.unitree import api
from canter.control.unitree.messages import LOW_CMD
from canter.control.unitree.postures import Glide, stand_up
from canter.drivers.unitree.bridge_client import MotorBridge
from canter.drivers.unitree.bus import Bus, RecordReader

DOMAIN, PRIORITY, RATE_HZ = 120, 25, 125.0
STANDS_S, WATCHED_S, GONE_S = 3.2, 1.5, 3.0
TRIES = 4
"""Looks at the robot: DDS remembers a killed writer for a while."""


def taken_over() -> MotorBridge:
    """Return the driver's robot end, once the robot lets itself be taken over."""
    for left in reversed(range(TRIES)):
        try:
            bridge = MotorBridge(DOMAIN, "lo", RATE_HZ, PRIORITY, lambda _: None)
            bridge.take_over()
        except CanterError:
            if not left:
                raise
            time.sleep(GONE_S)
        else:
            return bridge
    raise AssertionError


def stand(bridge: MotorBridge) -> None:
    """Stand the robot up."""
    glide: Glide | None = None
    begin = time.monotonic()
    while (now := time.monotonic()) - begin < STANDS_S:
        measured = bridge.receive(0.05)
        if measured is None:
            continue
        if glide is None:
            glide, begin = stand_up(measured.state.q), now
        bridge.send(glide.command(now - begin, now), now)


def first_damping_s(reader: RecordReader, kill: float) -> float | None:
    """Return when after a kill the first limp command came that no stiff one follows, s."""
    first = None
    while time.monotonic() - kill < WATCHED_S:
        for sample in reader.take():
            stiff = LOW_CMD.from_wire(sample)["motor_cmd"]["kp"].max() > 0
            first = None if stiff else first or time.monotonic() - kill
        time.sleep(0.001)
    return first


def left_behind() -> int:
    """Return how many of the driver's processes still run."""
    pattern = f"(watchdog|motor_bridge) {DOMAIN} lo"
    found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=False)
    return len(found.stdout.split())


def main(times: int) -> None:
    """Kill, and print what followed."""
    words = [sys.executable, "-m", "canter", "unitree", "sim", "--lying", "--quiet"]
    words += ["--domain", str(DOMAIN), "--priority", "30"]
    bus = Bus(DOMAIN, "lo")
    reader = RecordReader(bus, api.LOW_CMD_TOPIC, LOW_CMD)
    with subprocess.Popen(words) as robot:
        for victim in ("commander", "robot's end") * times:
            bridge = taken_over()
            stand(bridge)
            kill = time.monotonic()
            if victim == "commander":
                bridge.leave()
            else:
                os.kill(bridge.pid, signal.SIGKILL)
            damped = first_damping_s(reader, kill)
            bridge.close()
            time.sleep(GONE_S)
            row = {"killed": victim, "damped_s": damped, "left": left_behind()}
            print(json.dumps({**row, "load": os.getloadavg()[0]}), flush=True)
        robot.send_signal(signal.SIGINT)
    bus.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
