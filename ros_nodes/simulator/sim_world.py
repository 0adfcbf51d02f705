"""The simulated robot in its scene, and the checker that sees the truth. No ROS here."""

from dataclasses import dataclass, replace
from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.avoidance.range_scan import RangeScan
from canter.control.command_policy import CameraSpec
from canter.control.dynamics.rotations import yaw_of_quat
from canter.control.errors import SceneError
from canter.control.estimation.base_filter import BaseEstimate, BaseFilter
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.control.unitree.postures import LYING_Q, folds
from canter.control.vocab import Target
from canter.ros_nodes.graph.robot_setting import robot_of
from canter.sim.instructions import instructed_scene
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.planar import Pose
from canter.sim.rendering import opengl as gl
from canter.sim.rendering.camera import Camera, Image
from canter.sim.robots.registry import robot, robot_urdf
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.sensing.lidar import Lidar
from canter.sim.tasks.go_to.scene_file import load_scene
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.sim.unitree.scene_plant import ScenePlant
from canter.sim.world_state import WorldState

Float = NDArray[np.float64]
PERIOD_S = 0.002
"""One physics step, s."""
ESTIMATE_STEPS = 2
"""Physics steps from one reading of the odometry's filter to the next: 250 Hz."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the world holds.

    Attributes:
        camera: what the robot's pictures are like.
        seed: draws the scene.
        task: of the scene, where no target says it.
        level: of the scene.
        split: what scenes hold.
        file: YAML file with a scene to go to, in place of a drawn one; empty for none.
        target: a sentence that the scene fits, or a thing to go to, such as "red ball"; drawn if
            empty.
        standing: the robot stands at the start, else it lies.
    """

    camera: CameraSpec
    seed: int = 2
    task: str = "go_to"
    level: int = 2
    split: str = "seen"
    file: str = ""
    target: str = ""
    standing: bool = False

    def scene(self) -> Scene:
        """Return the scene.

        Raises:
            CanterError: it cannot be drawn or read.
        """
        if self.file:
            return load_scene(Path(self.file), Target(None, None))
        request = SceneRequest(self.seed, self.level, self.split)
        if self.target:
            return instructed_scene(self.target, request)
        return task(self.task).sample(request)


class World:
    """One robot in one scene; its physics belongs to one thread, its pictures to another.

    Args:
        setup: what it holds.
        robot: the robot.

    Attributes:
        scene: where the robot is.

    Raises:
        CanterError: the scene cannot be had, or the robot cannot begin lying.
    """

    def __init__(self, setup: Setup, robot: RobotSpec = DEFAULT_ROBOT) -> None:
        if not setup.standing and not folds(robot):
            raise SceneError(
                f"it is not known how robot '{robot.name}' lies; start it standing: set sim_node's "
                "'start' to standing"
            )
        self.setup, self._robot = setup, robot
        self.scene = setup.scene()
        self._episode = 0
        self._plant = ScenePlant(self.scene, setup.camera, lying=not setup.standing, robot=robot)
        self._odometry, self._steps = BaseFilter(robot), 0
        self._odometry.update(self.state(0.0), ESTIMATE_STEPS * PERIOD_S)

    @property
    def posture(self) -> Float:
        """Joint angles at the start, rad, (12,)."""
        return np.array(self._robot.default_q if self.setup.standing else LYING_Q)

    def step(self, command: JointCommand) -> None:
        """Advance by PERIOD_S under a command of shape (12,)."""
        self._plant.step(command)
        self._steps += 1
        if self._steps % ESTIMATE_STEPS == 0:
            self._odometry.update(self.state(0.0), ESTIMATE_STEPS * PERIOD_S)

    def odometry(self) -> BaseEstimate:
        """Return how the robot thinks that it has moved, in the start's frame; arrays over one.

        From what it measures alone: `from_start` is the truth.
        """
        return self._odometry.estimate()

    def state(self, stamp: float) -> RobotState:
        """Return what the robot measures, fields (n,), with this time stamp.

        The yaw of an inertial sensor without a compass begins at zero where it is switched on; so
        the orientation is that in the start's frame, as odometry's.
        """
        state = self._plant.measure(stamp).state
        return replace(state, quat=self._from_start(state.quat))

    def pose(self) -> Pose:
        """Return x, y (m) and yaw (rad) of the base in the scene."""
        x, y, _ = self.position
        return float(x), float(y), float(yaw_of_quat(self.quat))

    @property
    def position(self) -> Float:
        """Position of the base, world frame, m, (3,)."""
        return self._plant.position_w

    @property
    def quat(self) -> Float:
        """Orientation of the base in the world, wxyz, (4,)."""
        return np.array(self._plant.data.qpos[ROOT_POSE["quat"]])

    def ball(self) -> Float:
        """Return the centre of the scene's ball, world frame, m, (3,).

        Raises:
            SceneError: it has none.
        """
        ball = self._plant.world_state().ball_w
        if ball is None:
            raise SceneError(f"a scene of {self.scene.task} has no ball")
        return ball

    def from_start(self) -> tuple[Float, Float]:
        """Return position (m, (3,)) and orientation (wxyz, (4,)) of the base in the start's frame.

        It lies on the floor beneath the robot's start and is turned with it.
        """
        x, y, _ = self.scene.start
        pos = np.zeros(3)
        mujoco.mju_rotVecQuat(pos, self.position - [x, y, 0.0], self._back())
        return pos, self._from_start(self.quat)

    def _back(self) -> Float:
        """Return the turn from the world's frame to the start's, wxyz, (4,)."""
        _, _, yaw = self.scene.start
        return np.array([np.cos(yaw / 2), 0.0, 0.0, -np.sin(yaw / 2)])

    def _from_start(self, quat: NDArray[np.floating]) -> Float:
        """Return an orientation in the world as one in the start's frame, wxyz, (4,)."""
        turned = np.zeros(4)
        mujoco.mju_mulQuat(turned, self._back(), quat)
        return turned

    def scan(self, lidar: Lidar, stamp: float) -> RangeScan:
        """Return what a range sensor of the robot sees now; from physics' thread."""
        mujoco.mj_kinematics(self._plant.model, self._plant.data)
        return lidar.scan(self._plant.model, self._plant.data, stamp)

    def begin(self) -> None:
        """Let a new instruction be judged from now on."""
        self._episode += 1
        self._plant.begin()

    @property
    def time(self) -> float:
        """Simulated time since the world was made, s."""
        return float(self._plant.data.time)

    @property
    def decided(self) -> bool:
        """Whether nothing that may still happen changes the result."""
        return self._plant.checker.done

    def check(self) -> EpisodeResult:
        """Tell the checker of the last 20 ms and return the result so far; call it each 20 ms."""
        return self._plant.check()

    def photograph(self) -> "Photo":
        """Return this moment for a camera thread; call it from physics' thread."""
        plant = self._plant
        return Photo(
            model=plant.model,
            camera=self.setup.camera,
            qpos=plant.data.qpos.copy(),
            scene=self.scene,
            episode=self._episode,
            world=plant.world_state(),
        )


@dataclass(frozen=True, slots=True)
class Photo:
    """One moment of a world.

    Attributes:
        model: of the world.
        camera: what its pictures are like.
        qpos: generalised positions, (nq,).
        scene: where the robot is.
        episode: how many instructions had begun in the world.
        world: what an expert sees.
    """

    model: mujoco.MjModel
    camera: CameraSpec
    qpos: Float
    scene: Scene
    episode: int
    world: WorldState

    def continues(self, other: "Photo | None") -> bool:
        """Tell whether it is of the same episode as another moment."""
        return other is not None and other.scene is self.scene and other.episode == self.episode


class Photographer:
    """Draws what the robot sees; all its life in one thread."""

    def __init__(self) -> None:
        """Take over OpenGL; raises CanterError where there is none."""
        gl.context().make_current()
        self._camera: Camera | None = None
        self._data: mujoco.MjData | None = None

    def draw(self, photo: Photo) -> Image:
        """Return the picture, uint8 RGB, of the photo's camera."""
        height, width = photo.camera.height, photo.camera.width
        if self._camera is None or (self._camera.height, self._camera.width) != (height, width):
            self._camera = Camera(height, width)
        if self._data is None or len(self._data.qpos) != len(photo.qpos):
            self._data = mujoco.MjData(photo.model)
        self._data.qpos[:] = photo.qpos
        mujoco.mj_kinematics(photo.model, self._data)
        mujoco.mj_camlight(photo.model, self._data)
        return self._camera.render(photo.model, self._data)


def simulated_robot(file: str) -> RobotSpec:
    """Return the robot of a JSON file or of a robot.yaml, the default one where empty.

    Raises:
        CanterError: the file cannot be read, or describes no robot.
    """
    return robot_of(file) if not file or Path(file).suffix == ".json" else robot(file)


def description(robot: RobotSpec) -> str:
    """Return the robot's URDF."""
    return robot_urdf(robot).read_text(encoding="utf-8")
