"""What is looked at before the first command reaches a robot, and how sport mode is released."""

import time
from collections.abc import Callable

import numpy as np

from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.control.robot import GO2
from canter.control.types import RobotState
from canter.control.unitree import api
from canter.control.unitree.postures import LYING_Q
from canter.drivers.unitree.bus import Bus
from canter.drivers.unitree.link import Link
from canter.drivers.unitree.rpc import Client

STATE_TIMEOUT_S = 10.0
RATE_WINDOW_S = 0.5
LEAST_RATE_HZ = 100.0
"""Of states, of 500 Hz, for a loop that can still be closed; simulators on busy machines lag."""
LEAST_BATTERY_PERCENT = 20
MOST_TILT_RAD = 0.5
MOST_SPEED_RAD_S = 0.5
JOINT_MARGIN_RAD = 0.15
"""A resting joint may read this much beyond its limit, rad."""
SERVICE_TIMEOUT_S = 3.0
LYING_S = 4.0
"""Time that the robot is given to lie down before its sport mode is released, s."""
LYING_RAD, LYING_SPEED = 0.3, 0.2
"""A robot lies whose joints are this near to lying, rad, and this slow, rad/s."""
RELEASE_TRIES = 5

Say = Callable[[str], None]


def check(link: Link) -> RobotState:
    """Look at the robot and return its state.

    Raises:
        CanterError: with all that speaks against driving it.
    """
    link.wait(STATE_TIMEOUT_S)
    before, begin = link.states, time.monotonic()
    state = link.wait(STATE_TIMEOUT_S)
    while time.monotonic() - begin < RATE_WINDOW_S:
        state = link.wait(STATE_TIMEOUT_S)
    rate = (link.states - before) / (time.monotonic() - begin)
    problems = objections(state)
    if rate < LEAST_RATE_HZ:
        problems.append(f"states come at {rate:.0f} Hz, needed are {LEAST_RATE_HZ:.0f}")
    if link.crc_errors:
        problems.append(f"{link.crc_errors} states had a wrong CRC")
    if link.other_writers:
        problems.append(
            f"{link.other_writers} others write {api.LOW_CMD_TOPIC}; end them "
            "(one that was killed is forgotten after ten seconds)"
        )
    soc = int(link.record["bms_state"]["soc"]) if link.record is not None else 0
    if soc < LEAST_BATTERY_PERCENT:
        problems.append(f"the battery is at {soc} %, needed are {LEAST_BATTERY_PERCENT}")
    if problems:
        raise CanterError(f"the robot is not ready: {'; '.join(problems)}")
    return state


def objections(state: RobotState) -> list[str]:
    """Return what of a state speaks against taking the motors over."""
    if not all(np.isfinite(v).all() for v in (state.q, state.qd, state.quat, state.gyro)):
        return ["the state holds NaN or infinity"]
    found = []
    tilt = float(np.arccos(np.clip(-state.projected_gravity().item(2), -1.0, 1.0)))
    if tilt > MOST_TILT_RAD:
        found.append(f"it is tilted by {tilt:.2f} rad; put it on its feet or belly")
    beyond = np.maximum(GO2.q_min - state.q, state.q - GO2.q_max)
    worst = int(beyond.argmax())
    if beyond[worst] > JOINT_MARGIN_RAD:
        found.append(
            f"{GO2.joint_names[worst]} reads {state.q[worst]:.2f} rad, beyond its limit by "
            f"{beyond[worst]:.2f}; compare order and signs"
        )
    fastest = int(np.abs(state.qd).argmax())
    if abs(state.qd[fastest]) > MOST_SPEED_RAD_S:
        found.append(f"{GO2.joint_names[fastest]} moves at {state.qd[fastest]:.1f} rad/s")
    return found


def release_sport_mode(bus: Bus, link: Link, *, required: bool, say: Say) -> None:
    """Let the robot lie down and release its sport mode, so that it obeys rt/lowcmd.

    Args:
        bus: where.
        link: tells when the robot lies.
        required: a robot without a motion switcher is refused; some simulators have none.
        say: told what happens.

    Raises:
        CanterError: the sport mode was not released.
    """
    switcher, sport = Client(bus, api.MOTION_SWITCHER), Client(bus, api.SPORT)
    if not switcher.wait(SERVICE_TIMEOUT_S):
        if required:
            raise CanterError("no motion switcher on the bus; is the robot's firmware too old?")
        say("no motion switcher on the bus: a simulator without sport mode")
        return
    name = _mode(switcher)
    if not name:
        return
    say(f"sport mode '{name}' is on: asking it to lie down, then releasing it")
    if sport.wait(SERVICE_TIMEOUT_S):
        sport.call(api.STAND_DOWN, timeout_s=SERVICE_TIMEOUT_S)
        _wait_until_it_lies(link)
    for _ in range(RELEASE_TRIES):
        switcher.call(api.RELEASE_MODE, timeout_s=SERVICE_TIMEOUT_S)
        name = _mode(switcher)
        if not name:
            return
    raise CanterError(f"sport mode '{name}' does not let go; release it in the robot's app")


def stop_walking(bus: Bus, link: Link, say: Say) -> bool:
    """Ask the robot's own sport mode to stand still; take nothing over. Tells what else moves it.

    Returns:
        Whether nothing moves the robot any more that this can tell of.
    """
    sport = Client(bus, api.SPORT)
    stands = False
    if sport.wait(SERVICE_TIMEOUT_S):
        stands = sport.call(api.STOP_MOVE, timeout_s=SERVICE_TIMEOUT_S).code == api.OK
    if stands:
        say("the robot's sport mode stands still")
    if link.other_writers:
        say("another process drives it motor by motor: type stop there, or end it with Ctrl-C")
    elif not stands:
        say("no sport mode answers on this domain and interface")
    return stands and not link.other_writers


def _wait_until_it_lies(link: Link) -> None:
    """Wait for the robot to lie still; no longer than LYING_S, as its way may be another."""
    deadline = time.monotonic() + LYING_S
    while time.monotonic() < deadline:
        state = link.wait(STATE_TIMEOUT_S)
        near = np.abs(state.q - LYING_Q).max() < LYING_RAD
        if near and np.abs(state.qd).max() < LYING_SPEED:
            return


def _mode(switcher: Client) -> str:
    """Return the name of the mode that has the motors, "" for none."""
    answer = switcher.call(api.CHECK_MODE, timeout_s=SERVICE_TIMEOUT_S)
    try:
        name = parse_json(answer.data)["name"] if answer.code == api.OK else None
    except (ValueError, KeyError, TypeError):
        name = None
    if not isinstance(name, str):
        raise CanterError(
            f"the motion switcher answers code {answer.code}, data {answer.data!r}; "
            "expected is a mode's name"
        )
    return name
