"""Mass matrix, gravity and bias forces of a floating quadruped, batched.

Spatial vectors (Featherstone, Rigid Body Dynamics Algorithms, 2008) have the angular part first;
all stand in the base frame about the base's origin, so that no transform is needed between links.
"""

import numpy as np

from canter.control.dynamics.legs import Legs, Posture
from canter.control.dynamics.rotations import cross, skew
from canter.control.dynamics.tree import LINKS_PER_LEG, Float, Inertia
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array

GRAVITY = 9.81
"""Acceleration of free fall, m/s^2."""
BASE = 6
"""Degrees of freedom of the base: angular, then linear."""


class LegDynamics:
    """Dynamics of a quadruped.

    Args:
        spec: the robot.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self.legs = Legs(spec)
        links = spec.tree.by_leg(spec.joint_names)
        self._mass: Float = np.array([[link.inertia.mass for link in leg] for leg in links])
        self._com: Float = np.array([[link.inertia.com for link in leg] for leg in links])
        self._about_com: Float = np.array(
            [[link.inertia.matrix() for link in leg] for leg in links]
        )
        self._armature: Float = np.array([link.armature for leg in links for link in leg])
        self._trunk = _trunk_inertia(spec.tree.trunk)

    def mass_matrix(self, q: Array) -> Array:
        """Return the inertia of base and joints, (..., 18, 18): composite rigid body algorithm.

        Order: angular velocity and velocity of the base's origin, base frame, then the joints.
        """
        posture = self.legs.posture(q)
        screws = _screws(posture)
        inertia = self._link_inertia(posture)
        composite = np.flip(np.cumsum(np.flip(inertia, -3), axis=-3), -3)
        force = (composite @ screws[..., None])[..., 0]
        batch = q.shape[:-1]
        joints = q.shape[-1]
        out = np.zeros((*batch, BASE + joints, BASE + joints))
        out[..., :BASE, :BASE] = self._trunk + composite[..., 0, :, :].sum(axis=-3)
        flat = force.reshape(*batch, joints, BASE)
        out[..., :BASE, BASE:] = np.swapaxes(flat, -1, -2)
        out[..., BASE:, :BASE] = flat
        self._fill_legs(out, screws, force)
        return out

    def _fill_legs(self, out: Array, screws: Array, force: Array) -> None:
        """Write the block of each leg: row i, column j >= i is the screw i dot the force of j."""
        block = np.triu(screws @ np.swapaxes(force, -1, -2))
        block = block + np.swapaxes(np.triu(block, 1), -1, -2)
        for leg in range(len(LEGS)):
            at = slice(BASE + leg * LINKS_PER_LEG, BASE + (leg + 1) * LINKS_PER_LEG)
            out[..., at, at] = block[..., leg, :, :]
        diagonal = np.arange(BASE, out.shape[-1])
        out[..., diagonal, diagonal] += self._armature

    def bias(self, q: Array, qd: Array, gyro: Array, specific_force: Array) -> Array:
        """Return the forces that hold the joint speeds constant, (..., 18): Newton-Euler.

        The order is that of :meth:`mass_matrix`. The base's own velocity plays no part.

        Args:
            q: joint angles, rad, (..., 12).
            qd: joint speeds, rad/s, (..., 12).
            gyro: angular velocity of the base, base frame, rad/s, (..., 3).
            specific_force: acceleration of the base's origin less gravity, base frame, m/s^2,
                (..., 3): what an accelerometer there shows; (0, 0, 9.81) in a level robot at rest.
        """
        posture = self.legs.posture(q)
        screws = _screws(posture)
        inertia = self._link_inertia(posture)
        base_rate = np.concatenate([gyro, np.zeros_like(gyro)], axis=-1)
        base_gain = np.concatenate([np.zeros_like(gyro), specific_force], axis=-1)
        speeds = qd.reshape(screws.shape[:-1])[..., None] * screws
        rate = base_rate[..., None, None, :] + np.cumsum(speeds, axis=-2)
        gain = base_gain[..., None, None, :] + np.cumsum(_motion_cross(rate, speeds), axis=-2)
        force = _net_force(inertia, rate, gain)
        carried = np.flip(np.cumsum(np.flip(force, -2), axis=-2), -2)
        joints = (screws * carried).sum(axis=-1).reshape(q.shape)
        base = _net_force(self._trunk, base_rate, base_gain) + carried[..., 0, :].sum(axis=-2)
        return np.concatenate([base, joints], axis=-1)

    def gravity_torque(self, q: Array, gravity_b: Array) -> Array:
        """Return the joint torques that hold the links against gravity, Nm, (..., 12).

        Args:
            q: joint angles, rad, (..., 12).
            gravity_b: unit gravity in the base frame, (..., 3).
        """
        still = np.zeros_like(q)
        force = self.bias(q, still, np.zeros_like(gravity_b), -GRAVITY * gravity_b)
        return force[..., BASE:]

    def _link_inertia(self, posture: Posture) -> Array:
        """Return the spatial inertia of each link, (..., 4, 3, 6, 6)."""
        turn = posture.rotation
        com = posture.origin + (turn @ self._com[..., None])[..., 0]
        about_com = turn @ self._about_com @ np.swapaxes(turn, -1, -2)
        return spatial_inertia(self._mass, com, about_com)


def spatial_inertia(mass: Float, com: Array, about_com: Array) -> Array:
    """Return 6 x 6 inertias about the origin from kg, m and kg m^2, (..., 6, 6)."""
    arm = skew(com)
    weight = mass[..., None, None]
    out = np.zeros((*com.shape[:-1], BASE, BASE))
    out[..., :3, :3] = about_com - weight * (arm @ arm)
    out[..., :3, 3:] = weight * arm
    out[..., 3:, :3] = -weight * arm
    out[..., 3:, 3:] = weight * np.eye(3)
    return out


def _trunk_inertia(trunk: Inertia) -> Array:
    return spatial_inertia(np.array(trunk.mass), np.array(trunk.com), trunk.matrix())


def _screws(posture: Posture) -> Array:
    """Return the motion of each joint at unit speed, (..., 4, 3, 6)."""
    return np.concatenate([posture.axis, cross(posture.origin, posture.axis)], axis=-1)


def _motion_cross(rate: Array, motion: Array) -> Array:
    """Return rate x motion of spatial motions, (..., 6)."""
    turn, shift = rate[..., :3], rate[..., 3:]
    spin, move = motion[..., :3], motion[..., 3:]
    return np.concatenate([cross(turn, spin), cross(turn, move) + cross(shift, spin)], axis=-1)


def _net_force(inertia: Array, rate: Array, gain: Array) -> Array:
    """Return I a + v x* I v, the spatial force on bodies that move so, (..., 6)."""
    momentum = (inertia @ rate[..., None])[..., 0]
    turn, shift = rate[..., :3], rate[..., 3:]
    spin, move = momentum[..., :3], momentum[..., 3:]
    turned = np.concatenate([cross(turn, spin) + cross(shift, move), cross(turn, move)], axis=-1)
    return np.asarray((inertia @ gain[..., None])[..., 0] + turned)
