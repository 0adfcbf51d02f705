"""``isaacgym.gymapi``: the structs, the constants and the object whose calls do everything."""

from functools import cache
from typing import Any, NoReturn

from canter.sim.isaacgym import asset, gymtorch, simulation
from canter.sim.isaacgym.enums import *  # noqa: F403  Isaac Gym's flat name space
from canter.sim.isaacgym.gym_actors import ActorCalls
from canter.sim.isaacgym.gym_assets import AssetCalls
from canter.sim.isaacgym.gym_cameras import CameraCalls
from canter.sim.isaacgym.gym_scene import SceneCalls
from canter.sim.isaacgym.gym_tensors import ReadingCalls, SettingCalls
from canter.sim.isaacgym.gym_viewer import ViewerCalls
from canter.sim.isaacgym.structs import *  # noqa: F403
from canter.sim.isaacgym.symbols import missing_symbol

Asset = asset.Asset
Env = simulation.Environment
Sim = simulation.Simulation
Tensor = gymtorch.GymTensor


class Gym(SceneCalls, AssetCalls, ActorCalls, ReadingCalls, SettingCalls, CameraCalls, ViewerCalls):
    """All calls of Isaac Gym; it has no state of its own: that is behind the handles."""

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse a call that is not there, by name."""
        missing_symbol("gym", name)


@cache
def acquire_gym() -> Gym:
    """Return the one object whose calls make and run simulations."""
    return Gym()


def __getattr__(name: str) -> Any:  # noqa: ANN401  so that type checkers take the constants
    """Refuse a symbol that is not there, by name."""
    missing_symbol("gymapi", name)
