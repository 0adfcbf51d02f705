"""A sequence model drives robots in the environments of the tasks, told where things are."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.datasets.language.understanding import understand
from canter.rl.collection.episode_recorder import packed_referents
from canter.rl.offline.family_data import FAMILIES, picture_cost
from canter.rl.offline.family_state import place_terms, referent_terms, state_layout
from canter.rl.offline.sequence_agent import SequenceAgent
from canter.rl.offline.sequence_model import SequenceModel
from canter.sim.perception.referents import SceneReferents
from canter.sim.scene_env import SceneEnv
from canter.vla.config import CAMERA
from canter.vla.instruction import InstructionCode

Chunk = NDArray[np.float32]


class FamilyDriver:
    """Commands N robots at each picture; one whose sentence it does not understand stands.

    Args:
        env: the robots, whose ground truth it reads: of the base and of what the words name.
        model: that drives.

    Raises:
        CanterError: the model learnt in another world, or pictures come at another period.
    """

    def __init__(self, env: SceneEnv, model: SequenceModel) -> None:
        config = model.config
        if config.world != FAMILIES:
            raise CanterError(
                "this model learnt from .npz files, of a world that is none of the tasks; train "
                "one on data sets of canter collect"
            )
        if env.camera.period != CAMERA.period:
            raise CanterError(f"this model acts every {CAMERA.period} s, not {env.camera.period} s")
        self._env, self._model, self._code = env, model, InstructionCode(config.tasks)
        self._layout = state_layout(self._code)
        self._referents = [SceneReferents(s, env.camera, env.robot) for s in env.scenes]
        self._said = np.zeros((env.n, self._code.layout.size), np.float32)
        self._refused: list[int] = []
        self._agent = SequenceAgent(model, env.n)

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin N episodes, one instruction each."""
        self._refused = []
        for i, text in enumerate(instructions):
            try:
                self._said[i] = self._code.encode(understand(text))
            except InstructionError:
                self._refused.append(i)
        self._agent = SequenceAgent(self._model, self._env.n)

    def act(self, observation: Observation) -> Chunk:
        """Return a chunk for each robot, the same command over and over, (N, K, 12)."""
        actions = self._agent.act(self.observed(observation))
        self._agent.earn(np.full(self._env.n, -picture_cost(CAMERA.period), np.float32))
        actions[self._refused] = GaitCommand().to_array()
        low, high = np.array(list(GAIT_RANGES.values()), np.float32).T
        return np.repeat(np.clip(actions, low, high)[:, None], CHUNK_STEPS, axis=1)

    def observed(self, observation: Observation) -> Chunk:
        """Return what the model is told at a picture, (N, state_layout.size)."""
        worlds = self._env.world_states()
        poses = np.array([world.pose for world in worlds])
        starts = np.array([scene.start for scene in self._env.scenes])
        seen = [
            packed_referents(referents.states(world))
            for referents, world in zip(self._referents, worlds, strict=True)
        ]
        return self._layout.pack(
            {
                "gyro": observation.gyro_mean,
                "gravity": observation.gravity,
                "time": np.array([[world.time] for world in worlds]),
                "place": place_terms(poses, starts),
                "referents": referent_terms(np.stack(seen)),
                "instruction": self._said,
            }
        )
