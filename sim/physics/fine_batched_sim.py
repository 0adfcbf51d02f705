"""Worlds in which a controller acts at every physics step: for what runs at 500 Hz and more."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.types import JointCommand
from canter.sim.physics.batched_sim import BatchedSim

FINE_TIMESTEP = 0.002
"""Physics step of a world with a 500 Hz controller, s."""


class FineBatchedSim(BatchedSim):
    """A :class:`BatchedSim` that also advances tick by tick, one tick a physics step.

    Give it models whose ``opt.timestep`` is the controller's period (`FINE_TIMESTEP`). Motor
    delay and strength act on what the adapter returns: the controller is before the motors.
    """

    _worlds: list[mujoco.MjData] | None = None

    def step_adapted(self, command: JointCommand, adapter: GainAdapter | None) -> None:
        """Advance every world by one control period, the adapter acting at each physics step.

        With an adapter that returns the command as it is, or None, the result is that of
        :meth:`step`, bit for bit.

        Args:
            command: what the policy asks for, (N, 12).
            adapter: what changes it at every tick.
        """
        if adapter is None:
            self.step(command)
            return
        chosen = np.flatnonzero(self.active)
        worlds = self._enter(chosen)
        period = self.models[0].opt.timestep
        self._line.begin()
        for tick in range(self.substeps):
            adapted = adapter.adapt(self.measured(), command, period)
            self._line.issue(tick, self._packed(adapted))
            self._ctrl[:, tick] = self._line.arrived(tick)
            self._tick(worlds, chosen, tick)

    def _enter(self, chosen: NDArray[np.intp]) -> list[mujoco.MjData]:
        """Return the data of the chosen worlds in their present state."""
        if self._worlds is None:
            self._worlds = [mujoco.MjData(model) for model in self.models]
        worlds = [self._worlds[i] for i in chosen]
        for i, data in zip(chosen, worlds, strict=True):
            mujoco.mj_setState(self.models[i], data, self.state[i], self._full)
            data.qacc_warmstart[:] = 0.0  # as every rollout begins
        return worlds

    def _tick(self, worlds: list[mujoco.MjData], chosen: NDArray[np.intp], tick: int) -> None:
        """Take one physics step in the chosen worlds and read them."""
        for i, data in zip(chosen, worlds, strict=True):
            data.ctrl[:] = self._ctrl[i, tick]
            mujoco.mj_step(self.models[i], data)
            mujoco.mj_getState(self.models[i], data, self.state[i], self._full)
            self._sensordata[i, tick] = self._sensordata[i, -1] = data.sensordata
        self._unstepped[chosen] = False
