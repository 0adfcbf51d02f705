"""A sequence model that acts: N robots at once, each with its own last steps."""

import numpy as np
import torch
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.rl.offline.sequence_model import SequenceModel

Float = NDArray[np.float32]


class SequenceAgent:
    """Acts for N robots that begin together.

    Args:
        model: that acts.
        robots: N.
        target: return that a decision transformer is told; that of the model's data by default.

    Attributes:
        returns: what it acts for at the newest step, (N,).
    """

    def __init__(self, model: SequenceModel, robots: int, target: float | None = None) -> None:
        self._model, self._method = model.eval(), model.config.method
        told = model.config.target if target is None else target
        self.returns: Float = np.full(robots, told, np.float32)
        self._past: list[tuple[Float, Float, Float]] = []

    @torch.no_grad()
    def act(self, observations: Float) -> Float:
        """Return the actions, (N, A), for observations, (N, O); follow it with `earn`.

        Raises:
            CanterError: an observation is of another width than the data's.
        """
        config = self._model.config
        shape = (len(self.returns), len(config.observation.mean))
        if observations.shape != shape:
            raise CanterError(f"observations have shape {observations.shape}, not {shape}")
        nothing = np.zeros((len(observations), len(config.action.mean)), np.float32)
        now = (observations.astype(np.float32), self.returns.copy(), nothing)
        self._past = [*self._past, now][-config.sizes.context :]
        if self._method == "reinformer":
            self.returns = self._foretold(returns=True)
            self._past[-1] = (now[0], self.returns.copy(), nothing)
        actions = self._foretold(returns=False)
        self._past[-1] = (*self._past[-1][:2], actions)
        return actions

    def earn(self, rewards: Float) -> None:
        """Take in what the last actions earned, (N,): the less is left to be earned."""
        if self._method == "dt":
            self.returns = self.returns - rewards

    def _foretold(self, *, returns: bool) -> Float:
        columns = zip(*self._past, strict=True)
        observed, promised, done = (torch.from_numpy(np.stack(c, axis=1)) for c in columns)
        told = self._model(observed, promised, done)
        newest = told.returns[:, -1] if returns else told.actions[:, -1]
        answer: Float = newest.numpy()
        return answer
