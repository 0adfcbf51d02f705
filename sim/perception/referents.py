"""What is to be seen of the things that a scene's words name, as the robot moves."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.sim.perception.projection import pixel_of
from canter.sim.scenes.footprints import clearance, footprints
from canter.sim.scenes.object_visibility import ObjectVisibility, top_of
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.visibility import mounted_camera, rotation
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Referent
from canter.sim.world_state import WorldState


@dataclass(frozen=True, slots=True)
class ReferentState:
    """Where a thing that the words name is, at one moment.

    Attributes:
        seen: whether it is in view, by the rule that experts act on.
        bearing: direction of its middle from the base's x axis, positive left, rad.
        distance: from the base origin to its nearest surface in the plane, m.
        pixel: where its middle is in the picture, x right and y down, -1..1 from edge to edge,
            clipped.
    """

    seen: bool
    bearing: float
    distance: float
    pixel: tuple[float, float]


class SceneReferents:
    """Follows what one scene's words name.

    Where words mean several things, that is the nearest of those in view, or of all.

    Args:
        scene: with the things.
        camera: of the robot.
        robot: its description.
    """

    def __init__(self, scene: Scene, camera: CameraSpec, robot: RobotSpec = DEFAULT_ROBOT) -> None:
        self._scene, self._camera, self._robot = scene, camera, robot
        self._referents: Sequence[Referent] = task(scene.task).referents(scene)
        self._sight = ObjectVisibility(scene)
        self._outlines = [footprints([item]) for item in scene.objects]

    def states(self, world: WorldState) -> tuple[ReferentState | None, ...]:
        """Return each referent's state, in the order of the words; None where it is not there."""
        return self.states_of(self._referents, world)

    def states_of(
        self, referents: Sequence[Referent], world: WorldState
    ) -> tuple[ReferentState | None, ...]:
        """Return the states of any things of the scene, in their order."""
        still = any(referent.objects for referent in referents)
        visible = self._sight.visible(world) if still else frozenset[int]()
        return tuple(self._state(referent, world, visible) for referent in referents)

    def _state(
        self, referent: Referent, world: WorldState, visible: frozenset[int]
    ) -> ReferentState | None:
        if not referent.objects:
            return self._ball(world)
        x, y, _ = world.pose
        in_view = [i for i in referent.objects if i in visible]
        distances = {
            i: float(clearance(self._outlines[i], np.array(x), np.array(y)))
            for i in in_view or referent.objects
        }
        nearest = min(distances, key=lambda i: distances[i])
        item = self._scene.objects[nearest]
        middle = np.array([item.x, item.y, top_of(item) / 2])
        return self._seen_at(world, middle, distances[nearest], seen=bool(in_view))

    def _ball(self, world: WorldState) -> ReferentState | None:
        ball = self._scene.ball
        if ball is None or world.ball_w is None:
            return None
        away = world.ball_w[:2] - world.position_w[:2]
        distance = max(math.hypot(*away) - ball.radius, 0.0)
        return self._seen_at(world, world.ball_w, distance, seen=self._sight.ball_visible(world))

    def _seen_at(
        self, world: WorldState, middle: NDArray[np.float64], distance: float, *, seen: bool
    ) -> ReferentState:
        """Return the state of a thing with its middle at a place, world frame, m, (3,)."""
        jitter = self._scene.appearance.camera
        turn = rotation(world.quat)
        mounted = mounted_camera(world.position_w, turn, jitter, self._robot)
        pose = replace(mounted, fovy=self._camera.fovy + jitter.fovy)
        x, y, yaw = world.pose
        bearing = math.remainder(math.atan2(middle[1] - y, middle[0] - x) - yaw, math.tau)
        right, down = pixel_of(middle, pose, self._camera)
        return ReferentState(seen, bearing, distance, (float(right), float(down)))
