"""LowCmd_: what the motors are told, as a record of ``messages.LOW_CMD``.

A motor executes tau + kp (q - q_m) + kd (dq - dq_m), which is our impedance law with a speed
set-point; `to_joint_command` folds that set-point into the feed-forward torque.
"""

import numpy as np
from numpy.typing import NDArray

from canter.control.types import JointCommand
from canter.control.unitree.crc import is_sealed, seal
from canter.control.unitree.messages import LOW_CMD
from canter.control.unitree.order import (
    MOTORS,
    gains_to_canonical,
    gains_to_vendor,
    to_canonical,
    to_vendor,
)

HEAD = (0xFE, 0xEF)
"""First bytes of every command."""
LOW_LEVEL = 0xFF
"""Level flag of commands to single motors."""
MODE_SERVO = 0x01
"""Motor mode that executes the law."""
MODE_STOPPED = 0x00
"""Motor mode without any torque."""
NO_POSITION = 2.146e9
"""Angle that means: no position control."""
NO_SPEED = 16000.0
"""Speed that means: no speed control."""

NUMBERS = ("q", "dq", "tau", "kp", "kd")
Record = NDArray[np.void]


def do_nothing() -> Record:
    """Return a sealed command under which every motor is on and exerts no torque."""
    record = _framed()
    motors = record["motor_cmd"]
    motors["q"], motors["dq"] = NO_POSITION, NO_SPEED
    seal(record)
    return record


def from_joint_command(command: JointCommand) -> Record:
    """Return the sealed command of a joint command of shape (12,)."""
    record = do_nothing()
    motors = record["motor_cmd"][: len(MOTORS)]
    motors["q"] = to_vendor(command.q_target)
    motors["dq"] = 0.0
    motors["tau"] = to_vendor(command.tau_ff)
    motors["kp"] = gains_to_vendor(command.kp)
    motors["kd"] = gains_to_vendor(command.kd)
    seal(record)
    return record


def to_joint_command(record: Record, valid_until: float) -> JointCommand:
    """Return what the motors of a checked command execute, canonical order, (12,).

    Args:
        record: of LOW_CMD.
        valid_until: monotonic time after which it must not be executed, s.
    """
    motors = record["motor_cmd"][: len(MOTORS)]
    on = motors["mode"] == MODE_SERVO
    kp = np.where(on & (np.abs(motors["q"]) < NO_POSITION), motors["kp"], 0.0)
    kd = np.where(on, motors["kd"], 0.0)
    speed = np.where(np.abs(motors["dq"]) < NO_SPEED, motors["dq"], 0.0)
    kd = np.where(np.abs(motors["dq"]) < NO_SPEED, kd, 0.0)
    target = np.where(kp != 0.0, motors["q"], 0.0)
    torque = np.where(on, motors["tau"], 0.0) + kd * speed
    return JointCommand(
        q_target=to_canonical(target),
        kp=gains_to_canonical(kp),
        kd=gains_to_canonical(kd),
        tau_ff=to_canonical(torque),
        valid_until=valid_until,
    )


def refusal(record: Record) -> str | None:
    """Return the first rule that a command breaks, a short name, or None.

    "head", "level flag", "crc", "mode" (of one of the twelve motors: neither on nor stopped) or
    "not finite" (a number of one of the twelve motors).
    """
    motors = record["motor_cmd"][: len(MOTORS)]
    if tuple(record["head"]) != HEAD:
        return "head"
    if record["level_flag"] != LOW_LEVEL:
        return "level flag"
    if not is_sealed(record):
        return "crc"
    if not np.isin(motors["mode"], (MODE_SERVO, MODE_STOPPED)).all():
        return "mode"
    if not all(np.isfinite(motors[name]).all() for name in NUMBERS):
        return "not finite"
    return None


REFUSALS: tuple[str, ...] = ("head", "level flag", "crc", "mode", "not finite")
"""All that `refusal` returns."""


def _framed() -> Record:
    """Return zeros with head, level flag and every motor on."""
    record = LOW_CMD.zeros()
    record["head"] = HEAD
    record["level_flag"] = LOW_LEVEL
    record["motor_cmd"]["mode"] = MODE_SERVO
    return record
