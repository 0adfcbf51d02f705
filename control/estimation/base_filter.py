"""Velocity, height and place of the base from legs and inertial sensor: a Kalman filter.

Bloesch et al., "State estimation for legged robots: consistent fusion of leg kinematics and IMU",
RSS 2012, with the orientation taken as known, which leaves a linear filter: the inertial sensor
moves by its own acceleration, feet that carry load stay, and kinematics measure where they are from
it. Noise is alike on all axes, so that x, y and z share one covariance of 6 x 6. Ours are that a
round foot rolls, and that a foot counts as standing only once the shock of its landing is over.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.rotations import skew
from canter.control.dynamics.tree import Float
from canter.control.estimation.contacts import TorqueContacts
from canter.control.estimation.foot_chain import FootChain
from canter.control.gait.arguments import with_batch
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array, RobotState

PLACE, SPEED, FEET = 0, 1, slice(2, 2 + len(LEGS))
"""Rows of the state: the sensor's place, its velocity, the feet's centres."""
ROWS = 2 + len(LEGS)
SEES = np.eye(ROWS)[FEET] - np.eye(ROWS)[PLACE]
"""What kinematics measure: the feet from the sensor."""
FIRST_SPEED = 0.1
"""Standard deviation of the velocity at the first reading, m/s."""
REST_GYRO, REST_JOINTS, REST_ACCEL = 0.1, 0.2, 0.5
"""A robot off its feet that turns (rad/s), moves its joints (rad/s) and accelerates (m/s^2) less
than this lies still."""


@dataclass(frozen=True, slots=True)
class FilterNoise:
    """What the filter takes for unsure; standard deviations, alike on all axes.

    Attributes:
        accel: random walk of the velocity beside the accelerometer, m/s in a second.
        missed: how much that grows with the time between readings, as what happens meanwhile is not
            seen: m/s in a second, for each second.
        stance: random walk of a foot that carries load, m in a second.
        swing: of one that does not, likewise.
        reach: of a foot's place by kinematics, m.
        settle_s: time from touching the ground until a foot counts as standing, s.
    """

    accel: float = 0.05
    missed: float = 10.0
    stance: float = 0.02
    swing: float = 10.0
    reach: float = 0.003
    settle_s: float = 0.04


@dataclass(frozen=True, slots=True)
class BaseEstimate:
    """How N robots' bases move; the outer frame is that of their orientations.

    Attributes:
        position: of the base's origin, from the ground beneath it at the start, m, (N, 3).
        velocity: of the base's origin, outer frame, m/s, (N, 3).
        velocity_b: the same in the base frame, m/s, (N, 3).
        height: of the base's origin over the ground under the standing feet, m, (N,).
        position_std: standard deviation of each coordinate of the place, m, (N,).
        velocity_std: likewise of the velocity, m/s, (N,).
    """

    position: Array
    velocity: Array
    velocity_b: Array
    height: Array
    position_std: Array
    velocity_std: Array


class BaseFilter:
    """Estimates of N robots, from what `RobotState` holds.

    Args:
        spec: the robot; where its feet do not feel the ground, joint torques tell who stands.
        robots: N.
        noise: what is unsure.
    """

    def __init__(self, spec: RobotSpec, robots: int = 1, noise: FilterNoise | None = None) -> None:
        self._noise = noise = noise or FilterNoise()
        self._radius, self._imu_b = spec.foot_radius, np.asarray(spec.imu_pos_b, float)
        self._spin = skew(-self._imu_b).T  # gyro @ spin = gyro x imu
        self._chain = FootChain(spec, self._imu_b)
        self._contacts = TorqueContacts(spec) if spec.foot_sensors is False else None
        self._both = both = np.zeros(
            (robots, ROWS, ROWS + 3)
        )  # side by side, for the same products
        self._p, self._x = both[..., :ROWS], both[..., ROWS:]
        self._variance = both.reshape(robots, -1)[:, :: ROWS + 4]
        self._growth: Float = np.zeros((robots, ROWS))
        self._input: Float = np.zeros((robots, ROWS, 3))
        self._seen: Float = np.zeros((robots, len(LEGS), ROWS + 3))
        self._moves, self._unsure = np.eye(ROWS), noise.reach**2 * np.eye(len(LEGS))
        self._settled: Float = np.zeros((robots, len(LEGS)))
        self._up: Float = np.zeros((robots, len(LEGS), 3, 1))
        self._ground: Float = np.zeros(robots)
        self._fresh: NDArray[np.bool_] = np.ones(robots, bool)
        self._waiting = True

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Begin anew, at rest, with the next reading of the masked robots, (N,), or of all."""
        self._fresh[slice(None) if mask is None else mask] = True
        self._waiting = True

    def update(self, state: RobotState, dt: float) -> None:
        """Take in a reading.

        Args:
            state: measured, fields (N, ...), or those of one robot.
            dt: time since the last reading, s.

        Raises:
            CanterError: the state is of another number of robots.
        """
        state = with_batch(state, len(self._x))
        self._turn, self._gyro = turns_of(state.quat), state.gyro
        frames = self._turn[:, None] @ self._chain.frames(state.q)
        if self._waiting:
            self._begin(frames)
        self._predict(frames, state.accel[..., None], dt)
        self._correct(frames[..., 3], self._standing(state), dt)

    def _begin(self, frames: Array) -> None:
        """Put fresh robots at rest, their lowest foot on the ground."""
        fresh, x, reach = self._fresh, self._x, frames[..., 3]
        x[fresh, PLACE] = (self._turn @ self._imu_b)[fresh]
        x[fresh, PLACE, 2] = self._radius - reach[fresh, :, 2].min(axis=-1)
        x[fresh, SPEED] = 0.0
        x[fresh, FEET] = x[fresh, PLACE, None] + reach[fresh]
        self._p[fresh] = 0.0
        self._p[fresh, SPEED, SPEED] = FIRST_SPEED**2
        self._settled[fresh] = self._ground[fresh] = 0.0
        self._up[fresh] = frames[fresh, :, 2, :3, None]
        fresh[:] = self._waiting = False

    def _standing(self, state: RobotState) -> Array:
        """Return 1 where a foot stays where it is, (N, 4)."""
        contact = state.foot_contact if self._contacts is None else self._contacts.of(state)
        airborne = ~contact.any(axis=-1)
        if not airborne.any():
            return contact
        still = np.abs(state.gyro).max(axis=-1) < REST_GYRO
        still &= np.abs(state.qd).max(axis=-1) < REST_JOINTS
        moved = state.accel - GRAVITY * self._turn[:, 2]
        still &= np.linalg.norm(moved, axis=-1) < REST_ACCEL
        return np.where((still & airborne)[:, None], 1.0, contact)

    def _predict(self, frames: Array, accel: Array, dt: float) -> None:
        """Move the sensor by its acceleration, and the feet's centres by their rolling."""
        noise, moves, given, p = self._noise, self._moves, self._input, self._p
        moves[PLACE, SPEED] = dt
        gain = (self._turn @ (dt * accel))[..., 0]
        gain[:, 2] -= GRAVITY * dt
        given[:, PLACE], given[:, SPEED] = 0.5 * dt * gain, gain
        rolled = frames[..., :2, :3] @ self._up
        np.multiply(rolled[..., 0], self._radius, given[:, FEET, :2])
        self._up = frames[:, :, 2, :3, None]
        np.matmul(moves, self._both, self._both)
        self._x += given
        symmetric = p @ moves.T
        symmetric += symmetric.swapaxes(-1, -2)  # rounding would drive its halves apart
        np.multiply(symmetric, 0.5, p)
        self._growth[:, SPEED] = (noise.accel + noise.missed * dt) ** 2 * dt

    def _correct(self, reach: Array, contact: Array, dt: float) -> None:
        """Take in where kinematics see the feet; those that do not stand tell nothing."""
        noise, both, seen = self._noise, self._both, self._seen
        self._settled = np.minimum(contact, self._settled + dt / noise.settle_s)
        loose = (self._settled < 1.0) * (noise.swing**2 * dt)
        np.add(loose, noise.stance**2 * dt, self._growth[:, FEET])
        self._variance += self._growth
        np.matmul(SEES, both, seen)
        cross = seen[..., :ROWS]
        gain = cross.swapaxes(-1, -2) @ np.linalg.inv(cross @ SEES.T + self._unsure)
        np.subtract(reach, seen[..., ROWS:], seen[..., ROWS:])
        np.negative(cross, cross)
        both += gain @ seen

    def estimate(self) -> BaseEstimate:
        """Return how the bases move at the last reading."""
        x, turn = self._x, self._turn
        velocity = x[:, SPEED] - (turn @ (self._gyro @ self._spin)[..., None])[..., 0]
        position = x[:, PLACE] - turn @ self._imu_b
        stands = self._settled >= 1.0
        count = stands.sum(axis=-1)
        ground = (x[:, FEET, 2] * stands).sum(axis=-1) / np.maximum(count, 1) - self._radius
        self._ground = np.where(count > 0, ground, self._ground)
        return BaseEstimate(
            position=position,
            velocity=velocity,
            velocity_b=(velocity[:, None] @ turn)[:, 0],
            height=position[:, 2] - self._ground,
            position_std=np.sqrt(self._p[:, PLACE, PLACE]),
            velocity_std=np.sqrt(self._p[:, SPEED, SPEED]),
        )


def _quaternion_pairs() -> Float:
    """Return what takes the products of a quaternion's parts to its rotation matrix, (16, 9)."""
    pairs = np.zeros((4, 4, 3, 3))
    for i in range(3):
        pairs[0, 0, i, i] = 1.0
        pairs[i + 1, i + 1] = -np.eye(3)
        pairs[i + 1, i + 1, i, i] = 1.0
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        pairs[i + 1, j + 1, i, j] = pairs[i + 1, j + 1, j, i] = 2.0
        pairs[0, k + 1, i, j], pairs[0, k + 1, j, i] = -2.0, 2.0
    return pairs.reshape(16, 9)


_PAIRS = _quaternion_pairs()


def turns_of(quat: Array) -> Array:
    """Return the rotation matrices, (N, 3, 3), of unit quaternions wxyz, (N, 4).

    Two products, where `canter.control.dynamics.rotations.matrix_of_quat` takes thirty.
    """
    pairs = (quat[:, :, None] * quat[:, None]).reshape(len(quat), 16)
    return np.asarray((pairs @ _PAIRS).reshape(len(quat), 3, 3))
