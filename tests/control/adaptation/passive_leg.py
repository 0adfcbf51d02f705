"""Legs that nothing drives, solved exactly between two ticks."""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.tree import Float


@dataclass
class PassiveLegs:
    """Twelve joints of one inertia each on springs with dampers, no other power.

    Attributes:
        inertia: kg m^2, (12,).
        rest: angles at which the springs are relaxed, rad, (12,).
        q: rad, (12,).
        qd: rad/s, (12,).
    """

    inertia: Float
    rest: Float
    q: Float
    qd: Float

    def move(self, kp: Float, kd: Float, seconds: float) -> None:
        """Move on under constant gains, by the closed solution of each joint."""
        system = np.zeros((12, 2, 2), complex)
        system[:, 0, 1] = 1.0
        system[:, 1, 0], system[:, 1, 1] = -kp / self.inertia, -kd / self.inertia
        start = np.stack([self.q - self.rest, self.qd], axis=-1)[..., None]
        values, vectors = np.linalg.eig(system)
        modes = np.linalg.solve(vectors, start.astype(complex))
        bend, speed = (vectors @ (np.exp(values * seconds)[..., None] * modes)).real[..., 0].T
        self.q, self.qd = self.rest + bend, speed

    def energy(self, kp: Float) -> Float:
        """Return the energy of each leg's motion and springs, J, (4,)."""
        bend = self.q - self.rest
        joints = 0.5 * self.inertia * self.qd**2 + 0.5 * kp * bend**2
        legs: Float = joints.reshape(4, 3).sum(axis=-1)
        return legs
