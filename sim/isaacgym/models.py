"""Models of N environments: equal environments share one, the others have patched copies."""

import hashlib
from collections.abc import Iterable

import mujoco
import numpy as np

from canter.sim.isaacgym.borrow import Lender
from canter.sim.isaacgym.lean import LeanCopier
from canter.sim.isaacgym.model_fields import ModelField, model_fields
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import World


class ModelPool:
    """One MjModel an environment, shared where the parameters are equal.

    Args:
        world: whose template is copied.
        parameters: of all environments.

    Attributes:
        models: one an environment; equal environments have the same object.
    """

    def __init__(self, world: World, parameters: Parameters) -> None:
        self.models: list[mujoco.MjModel] = [None] * parameters.count
        self._world = world
        self._parameters = parameters
        self._copier = LeanCopier(world.model)
        self._data = mujoco.MjData(world.model)
        self._keys: list[bytes] = [b""] * parameters.count
        self._shared: dict[bytes, mujoco.MjModel] = {}
        self._lender: Lender | None = None
        self.update(range(parameters.count))

    def update(self, envs: Iterable[int]) -> None:
        """Give these environments models of their present parameters."""
        chosen = np.fromiter(envs, np.intp)
        fields = model_fields(self._world, self._parameters, chosen)
        packed = np.concatenate([each.values.reshape(len(chosen), -1) for each in fields], axis=1)
        for row, env in enumerate(chosen):
            key = hashlib.blake2b(packed[row].tobytes(), digest_size=16).digest()
            if key not in self._shared:
                self._shared[key] = self._made(fields, row)
            self.models[env] = self._shared[key]
            self._keys[env] = key
        self._forget()

    def _made(self, fields: list[ModelField], row: int) -> mujoco.MjModel:
        """Return a model of the parameters in a row; all but the first borrow from the first."""
        heights = self._world.heights
        model = self._copier.copy()
        for field in fields:
            field.write(model, field.values[row])
        mujoco.mj_setConst(model, self._data)
        if heights is not None:
            heights.resize(model)
        if self._lender is not None and self._lender.lend(model):
            return model
        if heights is not None:
            heights.attach(model)
        if self._lender is None:
            self._lender = Lender(model, self._copier.copy())
        return model

    def _forget(self) -> None:
        """Drop the models that no environment has any more."""
        used = set(self._keys)
        self._shared = {key: model for key, model in self._shared.items() if key in used}
