"""Who drives while the expert labels."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from canter.control.command_policy import Observation
from canter.control.types import GaitCommand
from canter.rl.collection.collection_policy import EXPERT_SHARE, DaggerPolicy, supervised_model
from canter.rl.collection.episode_plan import EpisodePlan
from canter.sim.expert_policy import ExpertPolicy

NOTHING = cast(Observation, None)


class Says:
    """A driver with one speed."""

    def __init__(self, robots: int, vx: float) -> None:
        self.chunk = np.tile(GaitCommand(vx=vx).to_array(), (robots, 10, 1))
        self.told: list[str] = []

    def reset(self, instructions: Sequence[str]) -> None:
        self.told = list(instructions)

    def act(self, observation: Observation) -> np.ndarray:
        del observation
        return self.chunk


def test_the_expert_leads_some_for_a_while_and_the_model_drives_the_rest() -> None:
    model, expert = Says(2, 0.1), Says(2, 0.9)
    policy = DaggerPolicy(model, cast(ExpertPolicy, expert), np.array([True, False]), 3)
    policy.reset(["go", "stay"])
    assert model.told == expert.told == ["go", "stay"]
    speeds = np.array([policy.act(NOTHING)[:, 0, 0] for _ in range(5)])
    np.testing.assert_allclose(speeds[:, 0], [0.9] * 3 + [0.1] * 2)
    np.testing.assert_allclose(speeds[:, 1], 0.1)
    policy.reset(["go", "stay"])
    assert policy.act(NOTHING)[0, 0, 0] == np.float32(0.9)


def test_the_led_share_is_drawn_by_the_episodes_seeds() -> None:
    plans = [EpisodePlan(k, "go_to", 2, 7000 + k, 0.0, "nano") for k in range(400)]
    model, expert = Says(400, 0.1), Says(400, 0.9)
    policy = supervised_model(model, cast(ExpertPolicy, expert), plans, period=0.2)
    led = policy.act(NOTHING)[:, 0, 0] > 0.5
    assert abs(led.mean() - EXPERT_SHARE) < 3 * np.sqrt(EXPERT_SHARE * (1 - EXPERT_SHARE) / 400)
    alone = supervised_model(Says(1, 0.1), cast(ExpertPolicy, Says(1, 0.9)), plans[:1], 0.2)
    assert (alone.act(NOTHING)[0, 0, 0] > 0.5) == led[0]
