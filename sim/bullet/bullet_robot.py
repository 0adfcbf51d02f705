"""One robot in a Bullet world of its own."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.bullet.client import BulletClient, connect, pybullet
from canter.sim.bullet.loading import write_urdf
from canter.sim.isaacgym.rotations import product, rotate
from canter.sim.physics.ground import LEVEL, Ground
from canter.sim.physics.payload import Payload
from canter.sim.robots.equip import joint_friction
from canter.sim.robots.registry import file_of

Float = NDArray[np.float64]

SOLVER_ITERATIONS = 50
GRAVITY = 9.81


@dataclass(frozen=True, slots=True)
class Setting:
    """What one Bullet world holds besides the robot.

    Attributes:
        timestep: physics step, s.
        friction: sliding friction of the feet.
        ground: the ground.
        payload: load on the trunk, or None.
        bolted: the base is fixed to the world, as on a test bench.
    """

    timestep: float = 0.002
    friction: float = 0.8
    ground: Ground = LEVEL
    payload: Payload | None = None
    bolted: bool = False


class BulletRobot:
    """A robot on its ground; Bullet's frames and orders end here.

    Bullet speaks of the base's principal inertial frame, of quaternions xyzw and of joints by
    number; this class of the base frame, of wxyz and of joints by name in canonical order.

    Args:
        spec: names of joints and feet.
        setting: the world.
    """

    def __init__(self, spec: RobotSpec, setting: Setting) -> None:
        self.spec, self.setting = spec, setting
        self.client: BulletClient = connect()
        self.client.setGravity(0.0, 0.0, -GRAVITY)
        self.client.setPhysicsEngineParameter(
            fixedTimeStep=setting.timestep,
            numSolverIterations=SOLVER_ITERATIONS,
            deterministicOverlappingPairs=1,
        )
        with tempfile.TemporaryDirectory() as folder:
            self.body: int = self.client.loadURDF(
                write_urdf(spec, setting.payload, folder),
                useFixedBase=setting.bolted,
                flags=pybullet.URDF_USE_INERTIA_FROM_FILE,
            )
        found = [self.client.getJointInfo(self.body, i) for i in range(self._joint_count())]
        joints = {info[1].decode(): info[0] for info in found}
        links = {info[12].decode(): info[0] for info in found}
        file = file_of(spec)
        self.joint_numbers = [joints[file.joints[name]] for name in spec.joint_names]
        self.feet = [links[file.feet[name]] for name in spec.foot_names]
        base = self.client.getDynamicsInfo(self.body, -1)
        self.inertial_pos, self.inertial_quat = np.array(base[3]), _wxyz(base[4])
        self._set_dynamics()
        self._add_ground()

    def close(self) -> None:
        """Leave the Bullet world."""
        self.client.disconnect()

    def place(self, pos_w: Float, quat: Float, q: Float) -> None:
        """Put the base frame at a pose, wxyz, and the joints, (12,), at angles, all at rest."""
        centre = pos_w + rotate(quat, self.inertial_pos)
        turn = product(quat, self.inertial_quat)
        self.client.resetBasePositionAndOrientation(self.body, centre, _xyzw(turn))
        self.client.resetBaseVelocity(self.body, [0.0] * 3, [0.0] * 3)
        for joint, angle in zip(self.joint_numbers, q, strict=True):
            self.client.resetJointState(self.body, joint, float(angle), 0.0)

    def push(self, lin_vel_w: Float) -> None:
        """Add to the velocity of the base, world frame, m/s, (3,)."""
        linear, angular = self.client.getBaseVelocity(self.body)
        self.client.resetBaseVelocity(self.body, np.add(linear, lin_vel_w).tolist(), angular)

    def joints(self) -> tuple[list[float], list[float]]:
        """Return angles, rad, and speeds, rad/s, of the joints in canonical order."""
        states = self.client.getJointStates(self.body, self.joint_numbers)
        return [state[0] for state in states], [state[1] for state in states]

    def raw_base(self) -> list[float]:
        """Return position, orientation xyzw and velocities of the base's inertial frame, world."""
        centre, turn = self.client.getBasePositionAndOrientation(self.body)
        linear, angular = self.client.getBaseVelocity(self.body)
        return [*centre, *turn, *linear, *angular]

    def advance(self, tau: Sequence[float]) -> None:
        """Take one physics step under joint torques, Nm, (12,)."""
        self.client.setJointMotorControlArray(
            self.body, self.joint_numbers, pybullet.TORQUE_CONTROL, forces=tau
        )
        self.client.stepSimulation()

    def contacts(self) -> list[tuple[int, int, float]]:
        """Return link of the robot, body it touches and normal force, N, of every contact."""
        points = self.client.getContactPoints(self.body)
        return [(point[3], point[2], point[9]) for point in points if point[9] > 0.0]

    def foot_motion(self) -> tuple[Float, Float]:
        """Return positions, m, and velocities, m/s, of the feet, world frame, (4, 3) each."""
        states = self.client.getLinkStates(
            self.body, self.feet, computeLinkVelocity=1, computeForwardKinematics=1
        )
        return np.array([s[4] for s in states]), np.array([s[6] for s in states])

    def _joint_count(self) -> int:
        return int(self.client.getNumJoints(self.body))

    def _set_dynamics(self) -> None:
        """Set the friction of joints and surfaces, and switch off what Bullet adds of its own.

        Bullet multiplies the frictions of two surfaces: the ground's is 1. A velocity motor that
        may exert no more than the joint's Coulomb friction is that friction.
        """
        set_dynamics = self.client.changeDynamics
        for link in range(
            -1, self._joint_count()
        ):  # damping and friction in one call lose friction
            set_dynamics(self.body, link, linearDamping=0.0, angularDamping=0.0)
            set_dynamics(self.body, link, lateralFriction=self.setting.friction)
        dampings, frictions = joint_friction(self.spec)
        for joint, damping in zip(self.joint_numbers, dampings.tolist(), strict=True):
            set_dynamics(self.body, joint, jointDamping=damping)
        self.client.setJointMotorControlArray(
            self.body,
            self.joint_numbers,
            pybullet.VELOCITY_CONTROL,
            targetVelocities=[0.0] * len(frictions),
            forces=frictions.tolist(),
        )

    def _add_ground(self) -> None:
        """Add the plane and the kerbs."""
        ground = self.setting.ground
        plane = self.client.createCollisionShape(pybullet.GEOM_PLANE)
        self.add_still(plane, np.zeros(3), ground.quat)
        for half, centre in ground.boxes():
            box = self.client.createCollisionShape(pybullet.GEOM_BOX, halfExtents=half)
            self.add_still(box, np.array(centre), np.array([1.0, 0.0, 0.0, 0.0]))

    def add_still(self, shape: int, pos_w: Float, quat: Float) -> int:
        """Add a body that never moves, and return its number."""
        body: int = self.client.createMultiBody(0.0, shape, -1, pos_w.tolist(), _xyzw(quat))
        self.client.changeDynamics(body, -1, lateralFriction=1.0)
        return body


def _wxyz(xyzw: Sequence[float]) -> Float:
    """Return Bullet's quaternion in Canter's order, (4,)."""
    return np.roll(np.asarray(xyzw, np.float64), 1)


def _xyzw(wxyz: Float) -> list[float]:
    """Return a quaternion in Bullet's order."""
    return [float(v) for v in np.roll(wxyz, -1)]
