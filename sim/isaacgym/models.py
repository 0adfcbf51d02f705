"""Models of N environments: equal environments share one, the others have patched copies."""

from collections.abc import Iterable

import mujoco

from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import World


class ModelPool:
    """One MjModel an environment, shared where the parameters are equal.

    Args:
        world: whose template is copied.
        parameters: of all environments.
    """

    models: list[mujoco.MjModel]

    def __init__(self, world: World, parameters: Parameters) -> None:
        raise NotImplementedError

    def update(self, envs: Iterable[int]) -> None:
        """Give these environments models of their present parameters."""
        raise NotImplementedError
