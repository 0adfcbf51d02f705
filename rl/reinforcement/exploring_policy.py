"""The model as it drives while it learns: with noise on its commands, and a memory of both."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.datasets.language.understanding import understand
from canter.rl.reinforcement.exploration import Exploration, NoiseSource
from canter.sim.locomotion.locomotion_commands import WHOLE
from canter.vla.instruction import InstructionCode
from canter.vla.model import VlaModel
from canter.vla.proprio import PROPRIO, build_proprio, packed_terms
from canter.vla.vision import GRID

Float = NDArray[np.float32]


class ExploringPolicy:
    """The torch model drives N robots as its exported file would, were there no noise.

    What it sees it is told in half precision, as it is kept, so that what learns from it later
    begins with the same commands.

    Args:
        model: in evaluation mode.
        exploration: how far it strays.
        rngs: source of each robot's noise.

    Attributes:
        features: what its stem made of the newest picture, float16, (N, L, channels).
        proprio: what it was told of the bodies at the newest picture, (N, PROPRIO.size).
        values: what its chunk head said to it, without noise, (N, CHUNK_STEPS, active).
        noise: that was added, (N, active).
    """

    def __init__(
        self, model: VlaModel, exploration: Exploration, rngs: Sequence[np.random.Generator]
    ) -> None:
        self._model, self._robots = model, len(rngs)
        self._exploration, self._rngs = exploration, list(rngs)
        ranges = {**GAIT_RANGES, **WHOLE.limits()}
        self._low, self._high = np.array([ranges[name] for name in GAIT_RANGES], np.float32).T
        self.reset_to(np.zeros((self._robots, InstructionCode(model.config.tasks).layout.size)))

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each; raises InstructionError for one it refuses."""
        code = InstructionCode(self._model.config.tasks)
        self.reset_to(np.stack([code.encode(understand(text)) for text in instructions]))

    def reset_to(self, vectors: NDArray[np.floating]) -> None:
        """Begin N episodes with the vectors of their instructions, (N, width)."""
        fields = self._model.config.active_fields
        self._said = torch.from_numpy(vectors.astype(np.float32))
        self._state: Tensor = self._model.initial_state(self._robots)
        self._source = NoiseSource(self._exploration, fields, self._rngs)
        config = self._model.config
        seen = (self._robots, GRID[0] * GRID[1], config.stem_channels[1])
        self.features: NDArray[np.float16] = np.zeros(seen, np.float16)
        self.proprio: Float = np.zeros((self._robots, PROPRIO.size), np.float32)
        self.values: Float = np.zeros((self._robots, CHUNK_STEPS, len(fields)), np.float32)
        self.noise: Float = np.zeros((self._robots, len(fields)), np.float32)

    def act(self, observation: Observation) -> Float:
        """Return a chunk for each robot, (N, K, 12); those that are not active stand."""
        self.proprio = build_proprio(
            observation.gyro_mean, observation.gravity, packed_terms(observation.last_command)
        )
        self.noise = self._source.draw()
        rows = torch.from_numpy(np.flatnonzero(observation.active))
        chunk = np.tile(GaitCommand().to_array(), (self._robots, CHUNK_STEPS, 1))
        with torch.no_grad():
            grid = self._model.stem(torch.from_numpy(observation.images)[rows]).half()
            out = self._model.step_features(
                grid.float(),
                torch.from_numpy(self.proprio)[rows],
                self._said[rows],
                self._state[rows],
            )
            self._state[rows] = out.next_state
            tried = out.values + torch.from_numpy(self.noise)[rows, None]
            decoded = self._model.head.codec.decode(tried).numpy()
        self.features[rows] = grid.numpy()
        self.values[rows] = out.values.numpy()
        chunk[rows] = np.clip(decoded, self._low, self._high)
        return chunk
