"""First frames that say free fall, as older versions recorded them, and what they should say.

Before its first step a simulator knew neither accelerations nor forces, and zeros were written. A
robot that stands still has readings that follow from its posture alone: statics.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import BASE, GRAVITY, LegDynamics
from canter.control.dynamics.rotations import skew
from canter.control.robot import DEFAULT_ROBOT, FOOT_NAMES, RobotSpec
from canter.datasets.lerobot.features import STATE, STATE_LAYOUT, values_of

Float = NDArray[np.float64]

FREE_FALL = 0.5
"""An accelerometer that reads less is in free fall, m/s^2."""


def begins_in_free_fall(frames: pa.Table) -> bool:
    """Tell whether the first frame of an episode has no weight, no torque and no contact."""
    first = _named(values_of(frames.slice(0, 1), STATE)[0])
    weightless = bool(np.linalg.norm(first["accel"]) < FREE_FALL)
    return weightless and not first["tau"].any() and not first["foot_contact"].any()


def mended(frames: pa.Table) -> pa.Table:
    """Return an episode whose first frame reads what a robot reads that stands at rest there.

    The accelerometer reads the reaction to gravity, every foot is in contact, and the torques are
    those of `holding_torques`. Everything else stays as it is, bit for bit.
    """
    state = values_of(frames, STATE).copy()
    first = _named(state[0])
    told = {
        "accel": -GRAVITY * first["gravity"],
        "foot_contact": np.ones(len(FOOT_NAMES)),
        "tau": holding_torques(first["q"], first["gravity"]),
    }
    for name, values in told.items():
        state[0, STATE_LAYOUT[name]] = values
    column = pa.FixedSizeListArray.from_arrays(pa.array(state.ravel()), state.shape[-1])
    return frames.set_column(frames.column_names.index(STATE), STATE, column)


def holding_torques(q: Float, gravity_b: Float, robot: RobotSpec = DEFAULT_ROBOT) -> Float:
    """Return the joint torques that hold a robot which stands on four feet, Nm, (12,).

    Four feet can carry a weight in many ways; this is the one of least squared forces.

    Args:
        q: joint angles, rad, (12,).
        gravity_b: unit gravity in the base frame, (3,).
        robot: the robot; all data sets that need mending are of the default one.
    """
    dynamics = LegDynamics(robot)
    needed = dynamics.bias(q, np.zeros_like(q), np.zeros(3), -GRAVITY * gravity_b)
    posture = dynamics.legs.posture(q)
    wrench_of = np.concatenate(
        [np.concatenate([skew(foot), np.eye(3)]) for foot in posture.foot], 1
    )
    forces = (np.linalg.pinv(wrench_of) @ needed[:BASE]).reshape(-1, 3)
    carried = np.einsum("lij,li->lj", posture.jacobian(), forces)
    return np.asarray(needed[BASE:] - carried.ravel())


def _named(state: NDArray[np.float32]) -> dict[str, Float]:
    """Return each part of one frame's state by name."""
    return {name: part.astype(np.float64) for name, part in STATE_LAYOUT.unpack(state).items()}
