"""The critic's input by name, its first words, and a bandit that is learnt with it."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.datasets.language.understanding import understand
from canter.rl.reinforcement.clipped_method import Reference
from canter.rl.reinforcement.critic import SCALES, ActorCritic, Critic, true_odometry
from canter.rl.reinforcement.method import learnable
from canter.rl.reinforcement.ppo import ppo_terms
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.rl.reinforcement.reinforcement_settings import ClippedLearning, PpoLearning
from canter.rl.reinforcement.trajectory import TrajectoryBatch, collate
from canter.vla.config import TASKS
from canter.vla.instruction import MOST_LEGS, InstructionCode
from canter.vla.memory import WAY_FEATURES
from canter.vla.model import VlaModel
from canter.vla.odometry import ODOMETRY
from tests.rl.reinforcement.bandit import HOW, improve, play, spoken, turn, turning

PPO = PpoLearning(ClippedLearning(updates=6, rate=3e-3, kl=0.0))


def near_and_far(model: VlaModel) -> TrajectoryBatch:
    """Return two rollouts: one that is near what was named and succeeds, one that does not."""
    near, far = spoken(model, 3), spoken(model, 4)
    near.privileged[:, PRIVILEGED["distance"]], far.privileged[:, PRIVILEGED["distance"]] = 0.1, 3.0
    return collate([near, far], [1.0, 0.0], [0.0, 0.0])


def test_the_critic_sees_privileged_state_words_and_way_points_by_name() -> None:
    critic, code = Critic(TASKS), InstructionCode(TASKS)
    assert list(critic.layout) == [*PRIVILEGED, *code.layout, "way_points"]
    state = {name: np.full((1, 2, width), 0.3) for name, width in PRIVILEGED.widths.items()}
    state |= {"position": np.array([[[1.0, 0.5, 0.0]] * 2]), "turned": np.zeros((1, 2, 1))}
    privileged = torch.from_numpy(PRIVILEGED.pack(state))
    said = torch.from_numpy(code.encode(understand("walk two metres forward")))[None]
    seen = critic.layout.unpack(critic.inputs(privileged, said).numpy())
    for name in PRIVILEGED:
        np.testing.assert_allclose(seen[name], state[name] / SCALES.get(name, 1.0), rtol=1e-6)
    np.testing.assert_array_equal(seen["task"][0, 1], np.eye(len(TASKS))[TASKS.index("move")])
    # the way's end is a metre ahead and half a metre to the right, told in units of 2 m
    ahead, left, *_ = seen["way_points"].reshape(2, MOST_LEGS, WAY_FEATURES)[1, 0]
    assert (ahead, left) == pytest.approx((0.5, -0.25), abs=1e-6)
    told = true_odometry(privileged)[0, 0]
    assert told[ODOMETRY["y"]].item() == pytest.approx(0.5)
    assert told[ODOMETRY["time"]].item() == pytest.approx(0.3)


def test_at_first_it_expects_a_half_and_ratios_are_one(model: VlaModel) -> None:
    actor = learnable(ActorCritic.of(model))
    terms, told = ppo_terms(actor, near_and_far(model), Reference(model, HOW, PPO.policy), PPO)
    # targets: g l 0.5 + g (1 - l) 0.5 and so on lie around a half, whose cross-entropy is ln 2
    assert float(terms["value"].detach()) == pytest.approx(PPO.value_weight * math.log(2), rel=1e-5)
    assert float(terms["policy"].detach()) == pytest.approx(0.0, abs=1e-3)
    assert told["clipped"] == 0.0
    assert told["kl_to_start"] == pytest.approx(0.0, abs=1e-6)
    assert told["explained_variance"] == pytest.approx(0.0, abs=1e-3)


def test_the_critic_learns_who_succeeds_from_what_the_model_is_not_told(model: VlaModel) -> None:
    torch.manual_seed(0)
    actor, batch = ActorCritic.of(model), near_and_far(model)
    learnable(actor)
    optimiser = torch.optim.Adam(actor.critic.parameters(), 1e-2)
    reference = Reference(model, HOW, PPO.policy)
    for _ in range(60):
        terms, told = ppo_terms(actor, batch, reference, PPO)
        optimiser.zero_grad()
        terms["value"].backward()
        optimiser.step()
    succeeds, fails = actor.critic(batch.privileged, batch.instruction).sigmoid().detach()
    assert float(succeeds.min()) > 0.8
    assert float(fails.max()) < 0.2
    assert told["explained_variance"] > 0.8


def test_what_is_rewarded_is_learnt_and_the_critic_is_not_exported(
    model: VlaModel, tmp_path: Path
) -> None:
    model = turning(model, 0.2)
    start, terms = ActorCritic.of(model).plain().requires_grad_(False), partial(ppo_terms, ppo=PPO)
    actor: VlaModel = ActorCritic.of(model)
    for number in range(4):
        samples = play(actor, tmp_path, number).samples()
        actor = improve(learnable(actor), start, samples, PPO.policy, terms, critic=10.0)
    assert turn(actor) - turn(start) > 0.1
    assert isinstance(actor, ActorCritic)
    plain = actor.plain()
    assert plain.state_dict().keys() == start.state_dict().keys()
    assert turn(plain) == turn(actor)


@pytest.mark.parametrize("wrong", [{"discount": 0.0}, {"discount": 1.1}, {"gae_lambda": -0.1}])
def test_what_estimates_no_advantage_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(CanterError, match="give a discount above 0"):
        replace(PPO, **wrong).check()  # type: ignore[arg-type]
