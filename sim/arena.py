"""N scenes of go_to with a robot in each, in lock-step: for running, evaluating, collecting."""

from collections.abc import Sequence

import mujoco

from canter.control.robot import GO2, RobotSpec
from canter.sim.go2 import go2_spec
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, patched_models
from canter.sim.scenes.surroundings import build, slot_name
from canter.sim.tasks.go_to.go_to_scene import MAX_OBJECTS, Scene
from canter.sim.worlds import Worlds, draw_dynamics

NOMINAL_DYNAMICS = DynamicsRanges(
    added_mass=(0.0, 0.0),
    com_shift=(0.0, 0.0),
    friction=(0.8, 0.8),
    strength=(1.0, 1.0),
    kp_factor=(1.0, 1.0),
    kd_factor=(1.0, 1.0),
    delay_steps=(2, 2),
)
"""The robot as described, its motors 8 ms late."""


class Arena(Worlds[Scene]):
    """N robots, each in a scene of its own; use it from one thread.

    The same scenes and dynamics give the same bits on one machine.

    Args:
        scenes: one for each robot.
        ranges: from which each robot's dynamics are drawn, by its scene's seed.
        robot: its description.
        threads: for physics; all cores by default.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        ranges: DynamicsRanges = NOMINAL_DYNAMICS,
        robot: RobotSpec = GO2,
        threads: int | None = None,
    ) -> None:
        dynamics = [draw_dynamics(ranges, scene, robot) for scene in scenes]
        models = [
            arena_model(scene, robot, drawn) for scene, drawn in zip(scenes, dynamics, strict=True)
        ]
        super().__init__(scenes, models, dynamics, robot, threads)


def arena_model(scene: Scene, robot: RobotSpec, dynamics: Dynamics) -> mujoco.MjModel:
    """Return the model of one robot with these dynamics in a scene, with touch sensors."""
    spec = go2_spec()
    add_touch_sensors(spec, [slot_name(index) for index in range(MAX_OBJECTS)])
    return patched_models(build(spec, scene, robot), robot, dynamics).pop()


def add_touch_sensors(spec: mujoco.MjSpec, bodies: Sequence[str]) -> None:
    """Add one sensor for each body that counts its contacts with any part of the robot."""
    for body in bodies:
        spec.add_sensor(
            name=f"{body}_touch",
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            objname=body,
            reftype=mujoco.mjtObj.mjOBJ_XBODY,
            refname="base",
            intprm=[1 << mujoco.mjtConDataField.mjCONDATA_FOUND.value, 0, 1],
        )
