"""Scenes of things placed by hand, and models of scenes, as tests need them."""

from collections.abc import Mapping

import mujoco

from canter.control.command_policy import CameraSpec
from canter.control.robot import GO2
from canter.control.vocab import Target
from canter.sim.mujoco_scenes import MujocoScenes, scene_spec
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.planar import Pose
from canter.sim.rendering.appearance import Appearance
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.tasks.go_to.go_to_scene import GoToGoal, Layout, draw_go_to, go_to_scene, goal_of
from canter.sim.tasks.registry import task

VIEW = CameraSpec(height=64, width=96, fovy=GO2.camera_fovy, period=0.2)
"""The robot's own camera at 5 Hz."""
RED_BALL = Target("red", "ball")
AT_ORIGIN: Pose = (0.0, 0.0, 0.0)


def red_ball(x: float, y: float) -> Thing:
    """Return a red ball of 0.4 m."""
    return Thing("ball", "red", (0.9, 0.1, 0.1), natural_size("ball", 0.4), x, y, 0.0)


def scene_of(*things: Thing, target: Target = RED_BALL, start: Pose = AT_ORIGIN) -> Scene:
    """Return a scene of go_to with these things in an ordinary room."""
    return go_to_scene(SceneRequest(0), Layout(GoToGoal(things, target), start, Appearance()))


def drawn(seed: int, split: str = "seen", words: Mapping[str, str] | None = None) -> Scene:
    """Return a drawn scene of go_to, level 2."""
    return draw_go_to(SceneRequest(seed, 2, split, words or {}))


def things_of(scene: Scene) -> tuple[Thing, ...]:
    """Return the things of a scene of go_to."""
    return goal_of(scene).things


def model_of(scene: Scene, camera: CameraSpec = VIEW) -> mujoco.MjModel:
    """Return the model of a robot in a scene."""
    return scene_spec(scene, task(scene.task).capacity, camera, GO2).compile()


def physics_of(env: SceneEnv) -> BatchedSim:
    """Return what steps an environment in MuJoCo, whose states tests set by hand."""
    assert isinstance(env._engine, MujocoScenes)
    return env._engine._sim
