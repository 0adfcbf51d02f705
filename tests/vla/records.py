"""Random training records of the right shapes."""

import numpy as np

from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.control.vocab import Target
from canter.vla.config import IMAGE_SHAPE, RANGE_COLUMNS, TASKS
from canter.vla.data import Episode, PerceptionBatch
from canter.vla.instruction import MOST_REFERENTS, InstructionCode, referent_code
from canter.vla.proprio import PROPRIO

SIGN_SIZE = 9
CODE = InstructionCode(TASKS)
SAID = (
    ("go_to", {"colour": "red", "shape": "ball"}),
    ("sequence", {"colour": "blue", "shape": "cube", "colour2": "red", "shape2": "cone"}),
    ("distinguish", {"glyph": "B"}),
    ("move", {"do0": "walk", "way0": "forward", "amount0": "two", "pace0": "slowly"}),
)


def make_instruction(number: int = 0) -> np.ndarray:
    task, words = SAID[number % len(SAID)]
    return CODE.code(task, words)


def make_views(count: int, many: int = 2, seed: int = 0) -> PerceptionBatch:
    """PerceptionBatch of a bright or a dark image; what is said is seen where it is bright."""
    rng = np.random.default_rng(seed)
    bright = rng.integers(0, 2, count).astype(bool)
    level = np.where(bright, 200, 50)[:, None, None, None]
    asked = [Target("red", "ball"), Target("blue", None), Target(None, "cube")]
    codes = np.stack([referent_code(asked[m % len(asked)]) for m in range(many)])
    return PerceptionBatch(
        images=(level + rng.integers(-20, 20, (count, *IMAGE_SHAPE))).astype(np.uint8),
        gravity=np.tile(np.array([0, 0, -1], np.float32), (count, 1)),
        referents=np.tile(codes, (count, 1, 1)),
        signs=np.zeros((count, many, SIGN_SIZE), np.float32),
        seen=np.repeat(bright[:, None], many, 1),
        certain=np.ones((count, many), bool),
        bearing=np.full((count, many), 0.3, np.float32),
        distance=np.full((count, many), 2.0, np.float32),
        pixel=np.zeros((count, many, 2), np.float32),
        ranges=np.where(bright, 1.0, 3.0)[:, None].repeat(RANGE_COLUMNS, 1).astype(np.float32),
    )


def make_episode(steps: int, seed: int = 0) -> Episode:
    """An episode whose expert always commands the same."""
    rng = np.random.default_rng(seed)
    command = GaitCommand(vx=0.5, wz=-0.3).to_array()
    two = (steps, MOST_REFERENTS)
    return Episode(
        task=SAID[seed % len(SAID)][0],
        images=rng.integers(0, 256, (steps, *IMAGE_SHAPE)).astype(np.uint8),
        proprio=rng.normal(size=(steps, PROPRIO.size)).astype(np.float32),
        instruction=make_instruction(seed),
        chunk=np.tile(command, (steps, CHUNK_STEPS, 1)),
        present=np.ones(two, bool),
        seen=rng.integers(0, 2, two).astype(bool),
        bearing=rng.normal(size=two).astype(np.float32),
        distance=np.full(two, 1.5, np.float32),
    )
