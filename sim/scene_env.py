"""N scenes of one family with a robot in each, in lock-step."""

from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.control.robot import GO2, RobotSpec
from canter.control.types import JointCommand
from canter.sim.arena import NOMINAL_DYNAMICS, add_touch_sensors
from canter.sim.go2 import go2_spec
from canter.sim.physics.batched_sim import ROOT_POSE, ROOT_TWIST
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, patched_models
from canter.sim.rendering.visibility import rotation
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.mjcf import VIEW_SIZE, build, object_name
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.registry import family
from canter.sim.tasks.task import SceneCapacity
from canter.sim.world_state import WorldState
from canter.sim.worlds import Bools, Float, Worlds, draw_dynamics

BALL_POSE, BALL_TWIST = slice(-7, None), slice(-6, None)
"""A ball's free joint comes last in qpos and in qvel, in the order of ROOT_POSE and ROOT_TWIST."""


class FamilyArena(Worlds[Scene]):
    """N robots, each in a scene of its own, all of one family; use it from one thread.

    Args:
        scenes: one for each robot.
        ranges: from which each robot's dynamics are drawn, by its scene's seed.
        robot: its description.
        threads: for physics; one by default, for several processes share the cores.

    Raises:
        SceneError: no scenes, or of several families.
    """

    view_size = VIEW_SIZE

    def __init__(
        self,
        scenes: Sequence[Scene],
        ranges: DynamicsRanges = NOMINAL_DYNAMICS,
        robot: RobotSpec = GO2,
        threads: int = 1,
    ) -> None:
        names = sorted({scene.family for scene in scenes})
        if len(names) != 1:
            raise SceneError(f"an arena takes scenes of one family, got {names or 'none'}")
        slots = family(names[0]).slots
        dynamics = [draw_dynamics(ranges, scene, robot) for scene in scenes]
        models = [
            _model(scene, slots, robot, drawn)
            for scene, drawn in zip(scenes, dynamics, strict=True)
        ]
        super().__init__(scenes, models, dynamics, robot, threads)

    def reset(self, mask: Bools | None = None) -> None:
        """Put the masked robots, (N,), all by default, and their balls to their starts, at rest."""
        super().reset(mask)
        for i in np.flatnonzero(np.ones(self.n, bool) if mask is None else mask):
            ball = self.scenes[i].ball
            if ball is not None and ball.path is None:
                root = self._sim.qpos[i]
                turn = rotation(root[ROOT_POSE["quat"]])
                place = root[ROOT_POSE["pos_w"]] + turn @ np.array(ball.start_b)
                self._sim.qpos[i, BALL_POSE][ROOT_POSE["pos_w"]] = place
        self._lead_balls()

    def step(self, command: JointCommand) -> None:
        """Advance all robots by one control period, 20 ms, under a command of shape (N, 12)."""
        self._lead_balls()
        super().step(command)

    def balls(self) -> list[NDArray[np.float64] | None]:
        """Return the centre of each world's ball, world frame, m, (3,); None where it has none."""
        poses = self._sim.qpos[:, BALL_POSE]
        return [
            None if scene.ball is None else pose[ROOT_POSE["pos_w"]].copy()
            for scene, pose in zip(self.scenes, poses, strict=True)
        ]

    def worlds(self) -> list[WorldState]:
        """Return what judges and experts see of each robot."""
        truth, times, speeds = self.truth(), self.times(), self.speeds()
        poses, fallen, balls = self.poses(), self.fallen(), self.balls()
        return [
            WorldState(
                time=float(times[i]),
                pose=poses[i],
                position_w=truth.base_pos_w[i],
                quat=truth.base_quat[i],
                speed=float(speeds[i]),
                touched=bool(self.touched_things[i].any()),
                touched_objects=frozenset(map(int, np.flatnonzero(self.touched_things[i]))),
                fallen=bool(fallen[i]),
                ball_w=balls[i],
            )
            for i in range(self.n)
        ]

    def _lead_balls(self) -> None:
        """Put each led ball to its place on its path, with the velocity that keeps it there."""
        times: Float = self.times()
        for i in np.flatnonzero(self.active):
            ball = self.scenes[i].ball
            if ball is not None and ball.path is not None:
                _lead(ball, float(times[i]), self._sim.qpos[i], self._sim.qvel[i])


def _lead(ball: Ball, time: float, qpos: Float, qvel: Float) -> None:
    """Set the ball's place and velocity at a time, s, in one world's positions and velocities."""
    if ball.path is None:
        return
    qpos[BALL_POSE] = [*ball.path.at(time), ball.radius, 1.0, 0.0, 0.0, 0.0]
    qvel[BALL_TWIST] = 0.0
    x, y = ball.path.velocity(time)
    qvel[BALL_TWIST][ROOT_TWIST["lin_vel_w"]] = [x, y, 0.0]


def _model(
    scene: Scene, slots: SceneCapacity, robot: RobotSpec, dynamics: Dynamics
) -> mujoco.MjModel:
    """Return the model of one robot with these dynamics in a scene, with touch sensors."""
    spec = go2_spec()
    add_touch_sensors(spec, [object_name(index) for index in range(slots.objects)])
    return patched_models(build(spec, scene, slots, robot), robot, dynamics).pop()
