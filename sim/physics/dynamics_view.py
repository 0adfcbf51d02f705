"""What only a simulator knows of a robot's dynamics, as a vector for teachers and critics."""

import numpy as np
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.sim.physics.randomisation import Dynamics

JOINTS = 12
NOMINAL_AND_SPREAD: dict[str, tuple[int, float, float]] = {
    "added_mass": (1, 0.0, 4.0),
    "trunk_com": (3, 0.0, 0.05),
    "friction": (1, 0.8, 0.4),
    "strength": (1, 1.0, 0.2),
    "kp_factor": (JOINTS, 1.0, 0.3),
    "kd_factor": (JOINTS, 1.0, 0.3),
    "delay_steps": (1, 2.0, 3.0),
}
"""Width, nominal value and spread of each part; shown is (value - nominal) / spread."""
DYNAMICS_VIEW = Layout({name: width for name, (width, _, _) in NOMINAL_AND_SPREAD.items()})


def dynamics_view(dynamics: Dynamics, base_mass: float) -> NDArray[np.float32]:
    """Return the drawn dynamics of N robots, of order one, laid out as DYNAMICS_VIEW.

    Args:
        dynamics: the draws.
        base_mass: mass of the base without load, kg.
    """
    added = dynamics.added_mass[:, None]
    values = {
        "added_mass": added,
        "trunk_com": dynamics.com_shift + added / (base_mass + added) * dynamics.payload_offset,
        "friction": dynamics.friction[:, None],
        "strength": dynamics.strength.mean(axis=1, keepdims=True),
        "kp_factor": dynamics.kp_factor,
        "kd_factor": dynamics.kd_factor,
        "delay_steps": dynamics.delay_steps[:, None].astype(float),
    }
    shown = {
        name: (values[name] - nominal) / spread
        for name, (_, nominal, spread) in NOMINAL_AND_SPREAD.items()
    }
    return DYNAMICS_VIEW.pack(shown)
