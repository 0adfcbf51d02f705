"""An arena of one robot that shows what it holds."""

import mujoco

from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.scene import FamilyScene


class ShownArena(FamilyArena):
    """One robot in a scene, with its model and its posture for whoever draws them.

    Args:
        scene: of any family.
    """

    def __init__(self, scene: FamilyScene) -> None:
        super().__init__([scene])

    @property
    def model(self) -> mujoco.MjModel:
        """The model that is simulated; not to be changed."""
        return self._sim.models[0]

    def posture(self) -> mujoco.MjData:
        """Return data with the kinematics of now, valid until the next call."""
        return self._posed(0)
