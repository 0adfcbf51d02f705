"""What a fit found: each parameter with its interval, and what the recording could not tell."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.control.robot import RobotSpec
from canter.sim.tune.parameters import DELAY, RANGES, JointDynamics, Unknown
from canter.sim.tune.windows import Float

Z_95 = 1.959963984540054
WEAK = 0.25
"""A parameter whose 95 % interval reaches further than this (relative) is not identified."""
WEAK_DELAY_S = 0.002
"""The same for the delay, s."""
TRADES, WIDE = 0.9, 0.05
"""Correlation from which two parameters are named together, where an interval is this wide."""
AT_BOUND = 1e-3


@dataclass(frozen=True, slots=True)
class Estimate:
    """One fitted number.

    Attributes:
        name: as :class:`canter.sim.tune.parameters.Unknown` has it.
        value: in its unit.
        lo: lower end of the 95 % interval; of the noise alone, not of a wrong model.
        hi: upper end.
        unit: "" for factors.
        identified: whether the recording tells it.
        note: why not, or with what it trades.
    """

    name: str
    value: float
    lo: float
    hi: float
    unit: str
    identified: bool
    note: str


@dataclass(frozen=True, slots=True)
class TuneResult:
    """What a fit found.

    Attributes:
        robot: name of the robot.
        joint_names: order of the lists in ``dynamics``.
        dynamics: the fitted parameters of all joints.
        estimates: each fitted number with its interval.
        strength: torque at the joints over what the drives report, by kind; empty where the
            recording has no torques.
        q_rms: root mean square of simulated minus measured angle, by kind, rad.
        qd_rms: the same of the speeds, rad/s.
        cost: mean squared error over the noise.
        cost_nominal: the same before the fit.
        samples: rows that were compared.
        seconds: length of the recording, s.
        simulations: how many times the windows were simulated.
    """

    robot: str
    joint_names: tuple[str, ...]
    dynamics: JointDynamics
    estimates: tuple[Estimate, ...]
    strength: dict[str, float]
    q_rms: dict[str, float]
    qd_rms: dict[str, float]
    cost: float
    cost_nominal: float
    samples: int
    seconds: float
    simulations: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain numbers, lists and dicts, which :func:`read_result` takes."""
        plain = asdict(self)
        plain["dynamics"] = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in plain["dynamics"].items()
        }
        return plain

    @property
    def unidentified(self) -> list[Estimate]:
        """The numbers that the recording does not tell."""
        return [estimate for estimate in self.estimates if not estimate.identified]


def estimates(wanted: Sequence[Unknown], x: Float, covariance: Float) -> tuple[Estimate, ...]:
    """Return the fitted numbers with their intervals.

    Args:
        wanted: what was fitted.
        x: coordinates, (n,).
        covariance: of the coordinates, (n, n).
    """
    sigma = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = covariance / np.outer(sigma, sigma)
    np.fill_diagonal(correlation, 0.0)
    found = []
    for i, unknown in enumerate(wanted):
        # A factor of e^10 either way already says that nothing is known.
        half = min(Z_95 * float(sigma[i]), 10.0)
        value, lo, hi = (unknown.decode(float(x[i]) + part * half) for part in (0, -1, 1))
        spread = (hi - lo) / 2 if unknown.field == DELAY else half
        weak = spread > (WEAK_DELAY_S if unknown.field == DELAY else WEAK)
        where = RANGES[unknown.field]
        bound = _bound(unknown, float(x[i]))
        partner = int(np.argmax(np.abs(correlation[i])))
        notes = [f"at the {bound} bound of its range"] if bound else []
        if weak:
            notes.append("the excitation is too weak to tell it")
        if half > WIDE and abs(correlation[i, partner]) > TRADES:
            notes.append(
                f"trades with {wanted[partner].name} (correlation {correlation[i, partner]:.2f})"
            )
        found.append(
            Estimate(
                unknown.name, value, lo, hi, where.unit, not weak and not bound, "; ".join(notes)
            )
        )
    return tuple(found)


def _bound(unknown: Unknown, coordinate: float) -> str:
    """Return which bound of its range a coordinate stands at, "" for none; no delay is a value."""
    where = unknown.bounds
    if coordinate >= unknown.encode(where.high) - AT_BOUND:
        return "upper"
    if unknown.field != DELAY and coordinate <= unknown.encode(where.low) + AT_BOUND:
        return "lower"
    return ""


def read_result(path: Path, robot: RobotSpec) -> TuneResult:
    """Return what ``canter tune fit`` wrote.

    Raises:
        CanterError: the file is no such result, or one of another robot.
    """
    try:
        loaded: dict[str, Any] = parse_json(path.read_bytes())["result"]
        dynamics: dict[str, Any] = {
            name: value if name == DELAY else np.array(value, np.float64)
            for name, value in loaded.pop("dynamics").items()
        }
        found = tuple(Estimate(**entry) for entry in loaded.pop("estimates"))
        names = tuple(loaded.pop("joint_names"))
        result = TuneResult(
            dynamics=JointDynamics(**dynamics), estimates=found, joint_names=names, **loaded
        )
    except (OSError, UnicodeDecodeError) as error:
        raise CanterError(f"'{path}' cannot be read ({error}); make it: canter tune fit") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise CanterError(f"'{path}' is no result of canter tune fit ({error})") from error
    if result.robot != robot.name or result.joint_names != robot.joint_names:
        raise CanterError(f"'{path}' is of robot '{result.robot}', not '{robot.name}'; fit anew")
    return result
