"""Eyes that know: what a scene's words name, as the simulator draws it."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from canter.control.errors import InstructionError
from canter.sim.rendering.camera import Camera
from canter.sim.robots.equip import CAMERA
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.mjcf import object_name
from canter.sim.tasks.registry import task
from canter.vla.eyes.detector import Box, Detection, Picture

LEAST_PIXELS: Final = 6
"""Of fewer pixels nothing is seen; as the experts' rule has it."""


class TrueEyes:
    """Sees, pixel by pixel, what the words of one robot's scene name.

    Args:
        env: with the robot.
        robot: its number.
        camera: draws pictures of the size of the robot's own; may be shared.
    """

    def __init__(self, env: SceneEnv, robot: int, camera: Camera) -> None:
        self._env, self._robot, self._camera = env, robot, camera
        scene = env.scenes[robot]
        self._referents = task(scene.task).referents(scene)

    def check(self, phrase: str) -> None:
        """Make sure that the scene holds what is named.

        Raises:
            InstructionError: it does not.
        """
        if not any(one.objects for one in self._referents):
            raise InstructionError(f"there is no {phrase} here")

    def detect(self, picture: Picture, phrase: str) -> Sequence[Detection]:
        """Return the box of every thing that is meant and shows, scored by what it fills.

        Args:
            picture: unused, as what is seen is drawn anew.
            phrase: unused: the scene knows what its words name.
        """
        del picture, phrase
        model, data = self._env.drawable(self._robot)
        shown = self._camera.segment(model, data, CAMERA)
        found: list[Detection] = []
        for index in {i for one in self._referents for i in one.objects}:
            body = model.body(object_name(index)).id
            mask = np.isin(shown, np.flatnonzero(model.geom_bodyid == body))
            if mask.sum() >= LEAST_PIXELS:
                rows, columns = np.nonzero(mask)
                box = Box(
                    float(columns.min()), float(rows.min()), columns.max() + 1.0, rows.max() + 1.0
                )
                found.append(Detection(box, float(mask.mean())))
        return found


def true_eyes(env: SceneEnv) -> list[TrueEyes]:
    """Return eyes for every robot of an environment."""
    camera = Camera(env.camera.height, env.camera.width)
    return [TrueEyes(env, robot, camera) for robot in range(env.n)]
