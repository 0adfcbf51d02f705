"""The policy around an answer: who is asked, what is held, whose words are heard."""

import numpy as np

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand, RobotState
from canter.vla.hf.policy import HfPolicy

SHAPE = (4, 6, 3)


class Echo:
    """Answers with the brightness of the picture as speed, and remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def command(self, image: np.ndarray, instruction: str) -> np.ndarray:
        self.said.append(instruction)
        return GaitCommand(vx=float(image.mean()) / 100).to_array()


def observed(active: list[bool]) -> Observation:
    n = len(active)
    joints, three = np.zeros((n, 12)), np.zeros((n, 3))
    upright = np.tile([1.0, 0.0, 0.0, 0.0], (n, 1))
    level = np.arange(10, 10 * n + 1, 10, dtype=np.uint8)[:, None, None, None]
    return Observation(
        images=np.tile(level, (1, *SHAPE)),
        gyro_mean=three,
        gravity=three,
        last_command=np.zeros((n, 12), np.float32),
        state=RobotState(0.0, joints, joints, joints, upright, three, three, np.zeros((n, 4))),
        active=np.array(active),
    )


def test_a_command_is_held_and_who_rests_stands() -> None:
    model = Echo()
    policy = HfPolicy(model)
    policy.reset(["go to the red ball", "stop", "crawl"])
    chunk = policy.act(observed([True, False, True]))
    assert chunk.shape == (3, CHUNK_STEPS, GAIT_LAYOUT.size)
    assert model.said == ["go to the red ball", "crawl"]
    speeds = chunk[..., GAIT_LAYOUT["vx"]][..., 0]
    assert np.allclose(speeds, np.array([0.1, 0.0, 0.3])[:, None])
    assert np.array_equal(chunk[1, 0], GaitCommand().to_array())


def test_blank_and_permuted_words() -> None:
    told = ["go", "go", "crawl", "trot"]
    everybody = observed([True] * 4)
    blank = Echo()
    policy = HfPolicy(blank, "blank")
    policy.reset(told)
    policy.act(everybody)
    assert blank.said == [""] * 4
    model = Echo()
    policy = HfPolicy(model, "permuted")
    policy.reset(told)
    policy.act(everybody)
    assert sorted(model.said) == sorted(told)
    assert all(heard != own for heard, own in zip(model.said, told, strict=True))
