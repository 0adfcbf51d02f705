"""The simulated robot in its scene, and the judge who sees the truth. No ROS here."""

from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.control.types import JointCommand, RobotState
from canter.control.unitree.postures import LYING_Q
from canter.control.vocab import COLOURS, SHAPES, Target
from canter.sim.arena import NOMINAL_DYNAMICS, arena_model
from canter.sim.go2 import sensor_layout
from canter.sim.physics.base_state import FALLEN_HEIGHT, FALLEN_TILT
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST
from canter.sim.physics.randomisation import draw
from canter.sim.rendering import opengl as gl
from canter.sim.rendering.camera import Camera, Image
from canter.sim.robots.registry import robot_urdf
from canter.sim.scene import MAX_OBJECTS, Scene, sample_scene
from canter.sim.scene_file import load_scene
from canter.sim.scenes.placement import Pose
from canter.sim.tasks.go_to import Judge, Verdict
from canter.sim.unitree.plant import Plant

Float = NDArray[np.float64]
PERIOD_S = 0.002
"""One physics step, s."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the world holds.

    Attributes:
        seed: draws the scene.
        split: what scenes hold.
        file: YAML file with a scene, in place of a drawn one; empty for none.
        target: "red ball", "ball", "red object"; drawn if empty.
        standing: the robot stands at the start, else it lies.
    """

    seed: int = 2
    split: str = "seen"
    file: str = ""
    target: str = ""
    standing: bool = False


class World:
    """One robot in one scene; its physics belongs to one thread, its pictures to another.

    Attributes:
        scene: where the robot is.
        judge: of the newest instruction.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        target = parse_target(setup.target)
        if setup.file:
            self.scene = load_scene(Path(setup.file), target or Target(None, None))
        else:
            self.scene = sample_scene(setup.seed, setup.split, target)
        rng = np.random.default_rng(self.scene.seed)
        dynamics = draw(NOMINAL_DYNAMICS, 1, len(GO2.joint_names), rng)
        model = arena_model(self.scene, GO2, dynamics)
        self._plant = Plant(model, lying=not setup.standing, start=self.scene.start)
        self._touch = slice(sensor_layout(GO2).size, sensor_layout(GO2).size + MAX_OBJECTS)
        self._touched = False
        self.judge = Judge(self.scene)
        self._begun_at = 0.0

    @property
    def posture(self) -> Float:
        """Joint angles at the start, rad, (12,)."""
        return np.array(GO2.default_q if self.setup.standing else LYING_Q)

    def step(self, command: JointCommand) -> None:
        """Advance by PERIOD_S under a command of shape (12,)."""
        self._plant.step(command)
        self._touched |= bool((self._plant.data.sensordata[self._touch] > 0).any())

    def state(self, stamp: float) -> RobotState:
        """Return what the robot measures, fields (n,), with this time stamp."""
        return self._plant.measure(stamp).state

    def pose(self) -> Pose:
        """Return x, y (m) and yaw (rad) of the base in the scene."""
        w, x, y, z = self.quat
        px, py, _ = self.position
        yaw = np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        return float(px), float(py), float(yaw)

    @property
    def position(self) -> Float:
        """Position of the base, world frame, m, (3,)."""
        return self._plant.position_w

    @property
    def quat(self) -> Float:
        """Orientation of the base in the world, wxyz, (4,)."""
        return np.array(self._plant.data.qpos[ROOT_POSE["quat"]])

    def from_start(self) -> tuple[Float, Float]:
        """Return position (m, (3,)) and orientation (wxyz, (4,)) of the base in the start's frame.

        It lies on the floor beneath the robot's start and is turned with it.
        """
        x, y, yaw = self.scene.start
        back = np.array([np.cos(yaw / 2), 0.0, 0.0, -np.sin(yaw / 2)])
        pos, quat = np.zeros(3), np.zeros(4)
        mujoco.mju_rotVecQuat(pos, self.position - [x, y, 0.0], back)
        mujoco.mju_mulQuat(quat, back, self.quat)
        return pos, quat

    def twist_b(self) -> tuple[Float, Float]:
        """Return linear (m/s) and angular velocity (rad/s) in the base frame, (3,) each."""
        linear = np.zeros(3)
        conjugate = self.quat * [1.0, -1.0, -1.0, -1.0]
        mujoco.mju_rotVecQuat(linear, self._plant.velocity_w, conjugate)
        return linear, np.array(self._plant.data.qvel[ROOT_TWIST["ang_vel_b"]])

    def begin(self) -> None:
        """Let a new instruction be judged from now on."""
        self.judge = Judge(self.scene)
        self._begun_at, self._touched = self.time, False

    @property
    def time(self) -> float:
        """Simulated time since the world was made, s."""
        return float(self._plant.data.time)

    def watch(self) -> Verdict:
        """Tell the judge of the last 20 ms and return the verdict so far; call it each 20 ms."""
        vx, vy, _ = self._plant.velocity_w
        self.judge.update(
            self.time - self._begun_at,
            self.pose(),
            float(np.hypot(vx, vy)),
            touched=self._touched,
            fallen=self._fallen(),
        )
        self._touched = False
        return self.judge.verdict()

    def _fallen(self) -> bool:
        _, x, y, _ = self.quat
        *_, height = self.position
        tilted = 1.0 - 2.0 * (x * x + y * y) < np.cos(FALLEN_TILT)
        return bool(tilted) or (self.setup.standing and height < FALLEN_HEIGHT)

    def photograph(self) -> "Photo":
        """Return what a camera thread needs to draw this moment; call it from physics' thread."""
        return Photo(self._plant.model, self.scene, self._plant.data.qpos.copy())


@dataclass(frozen=True, slots=True)
class Photo:
    """One moment of a world.

    Attributes:
        model: of the world.
        scene: its scene.
        qpos: generalised positions, (nq,).
    """

    model: mujoco.MjModel
    scene: Scene
    qpos: Float


class Photographer:
    """Draws what the robot sees; all its life in one thread."""

    def __init__(self) -> None:
        """Take over OpenGL; raises CanterError where there is none."""
        gl.context().make_current()
        self._camera = Camera()
        self._data: mujoco.MjData | None = None

    def draw(self, photo: Photo) -> Image:
        """Return the picture, uint8 RGB, (64, 96, 3)."""
        if self._data is None:
            self._data = mujoco.MjData(photo.model)
        self._data.qpos[:] = photo.qpos
        mujoco.mj_kinematics(photo.model, self._data)
        mujoco.mj_camlight(photo.model, self._data)
        return self._camera.render(photo.model, self._data)


def parse_target(text: str) -> Target | None:
    """Return the target of a parameter such as "red ball", None where it is empty.

    Raises:
        CanterError: a word is neither a colour nor a shape.
    """
    words = text.split()
    if not words:
        return None
    colour = next((word for word in words if word in COLOURS), None)
    shape = next((word for word in words if word in SHAPES), None)
    odd = [word for word in words if word not in (colour, shape, "object")]
    if odd:
        raise CanterError(
            f"target '{text}' holds '{odd[0]}'; give a colour ({', '.join(COLOURS)}) and a shape "
            f"({', '.join(SHAPES)})"
        )
    return Target(colour, shape)


def description() -> str:
    """Return the robot's URDF."""
    return robot_urdf(GO2).read_text(encoding="utf-8")


def mounts() -> dict[str, tuple[Float, Float]]:
    """Return where frames are mounted on base_link: origin, m, (3,), and orientation, wxyz, (4,).

    ``base`` is the root of the URDF; the camera's optical frame looks along z, with x to the right.
    """
    upright = np.array([1.0, 0.0, 0.0, 0.0])
    half = GO2.camera_pitch / 2
    small, large = (np.cos(half) - np.sin(half)) / 2, (np.cos(half) + np.sin(half)) / 2
    return {
        "base": (np.zeros(3), upright),
        "imu_link": (GO2.imu_pos_b, upright),
        "camera_optical_frame": (GO2.camera_pos_b, np.array([small, -large, large, -small])),
    }
