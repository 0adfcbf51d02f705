"""The faults of ``canter bench safety`` by class and variant."""

from collections.abc import Callable

import numpy as np

from canter.evals.safety import body_faults as body
from canter.evals.safety import packet_faults as packets
from canter.evals.safety import signal_faults as signals
from canter.evals.safety.injection import Injection

Make = Callable[[np.random.Generator, float], Injection]


def _bad(field: str, *values: float) -> Make:
    return lambda rng, onset: signals.BadNumber(rng, onset, field, values)


def _unmeasured(field: str) -> Make:
    return lambda rng, onset: signals.BadMeasurement(rng, onset, field)


def _backward(which: str) -> Make:
    return lambda rng, onset: signals.BackwardTime(rng, onset, which)


NO_NUMBERS = (np.nan, np.inf, -np.inf)
CLASSES: dict[str, dict[str, Make]] = {
    "NaN command": {
        name: _bad(name, *NO_NUMBERS) for name in ("q_target", "kp", "kd", "tau_ff", "valid_until")
    },
    "NaN state": {
        name: _unmeasured(name)
        for name in ("q", "qd", "tau", "quat", "gyro", "accel", "foot_contact", "time")
    },
    "stale state": {"silent": signals.SilentState, "frozen stamp": signals.FrozenStamp},
    "dead VLA": {"chunk": signals.DeadChunk, "velocity": signals.DeadVelocity},
    "dead policy": {"silent": signals.DeadPolicy},
    "late packets": {"state": signals.LateState, "command": signals.LateCommand},
    "flipped encoder": {"joint": body.FlippedEncoder},
    "flipped motor": {"joint": body.FlippedMotor},
    "stuck motor: no torque": {"joint": body.DeadMotor},
    "stuck motor: jammed": {"joint": body.JammedJoint},
    "over-tilt": {"thrown": body.Topple},
    "second writer": {"same rank": packets.SecondWriter},
    "random bytes": {
        "LowState": packets.NoiseOnTheWire,
        "LowCmd": packets.NoisyWriter,
        "state": packets.RandomState,
        "command": packets.RandomCommand,
    },
    "out of range": {
        "kp": _bad("kp", 151.0, 1e4, -0.1, -60.0),
        "kd": _bad("kd", 21.0, 1e3, -0.1, -5.0),
        "q_target": _bad("q_target", 6.0, -6.0, 1e9),
        "tau_ff": _bad("tau_ff", 46.0, -46.0, 1e6),
        "valid_until": _bad("valid_until", 1.1, 3600.0),
    },
    "time backwards": {name: _backward(name) for name in ("state", "command", "clock")},
}
"""Every class of faults: its variants by name."""
