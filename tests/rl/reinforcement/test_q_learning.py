"""Targets by hand; and where one command succeeds and others fail, that one becomes the best."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.rl.reinforcement.method import Learning, learn, learnable
from canter.rl.reinforcement.q_learning import q_targets, q_terms, samples_of, token_head
from canter.rl.reinforcement.reinforcement_settings import QLearning
from canter.rl.reinforcement.rollout_group import trajectory_path
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.trajectory import SceneResult
from canter.sim.perception.printed_boards import glyph_table
from canter.vla.codec import BINS
from canter.vla.config import PRESETS
from canter.vla.learner import LearnConfig, Learner
from canter.vla.model import VlaModel
from tests.rl.reinforcement import bandit
from tests.rl.reinforcement.bandit import play, spoken, turn

TRIED = 0.3
"""How much more, and less, than usual it turned, in halves of the range."""


@pytest.fixture
def speaker() -> VlaModel:
    torch.manual_seed(0)
    config = replace(PRESETS["debug"], head="tokens", horizon=1)
    made = VlaModel(config, torch.from_numpy(glyph_table())).eval()
    for last in token_head(made).bins:
        torch.nn.init.constant_(last.bias, -3.0)  # type: ignore[arg-type] # nothing is worth much
    return made


def test_targets_by_hand() -> None:
    """Two fields, three pictures, discount 1/2; of the second rollout one picture is padding."""
    promised = torch.tensor(
        [[[0.1, 0.9], [0.8, 0.2], [0.3, 0.4]], [[0.5, 0.6], [0.2, 0.7], [9.0, 9.0]]]
    )
    mask = torch.tensor([[True, True, True], [True, True, False]])
    got = q_targets(promised, torch.tensor([1.0, 0.0]), mask, 0.5)
    won = [[0.9, 0.4], [0.5, 0.5], [1.0, 1.0]]  # what came is 1/4, 1/2, 1
    lost = [[0.6, 0.1], [0.7, 0.0]]
    torch.testing.assert_close(got[0], torch.tensor(won))
    torch.testing.assert_close(got[1, :2], torch.tensor(lost))


def test_of_two_commands_the_one_that_succeeds_is_given(
    speaker: VlaModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bandit, "PICTURES", 1)  # else the next one could still make it good
    config = QLearning(updates=100, rate=1e-2, ema=0.9)
    where = speaker.config.active_fields.index("wz")
    said, begun = spoken(speaker), turn(speaker)
    noise = np.zeros_like(said.noise)
    for number, tried in enumerate((TRIED, -TRIED)):
        noise[:, where] = tried
        replace(said, noise=noise).save(trajectory_path(tmp_path, number))
    result = SceneResult("move", 1, 0, (1.0, 0.0), (len(noise),) * 2, ("", ""))
    learner = Learner(
        learnable(speaker),
        LearnConfig(steps=config.updates, learning_rate=config.rate, warmup=5, bfloat16=False),
    )
    terms = partial(q_terms, slow=learner.average, config=config)
    told = samples_of([DrivenScene(tmp_path, result)], config)
    learnt = learn(learner, Learning(told, terms, 64, config.updates, (0, 1)), [])
    assert turn(learnt) == pytest.approx(begun + TRIED, abs=2.0 / BINS)


def test_failures_are_left_out_where_asked(speaker: VlaModel, tmp_path: Path) -> None:
    scene = play(speaker, tmp_path, 0)
    won = samples_of([scene], QLearning(failures=False))
    assert 0 < len(won) < len(samples_of([scene], QLearning()))
    assert all(sample.reward == 1.0 for sample in won)
    lost = replace(scene.result, rewards=(0.0,) * len(scene.result.rewards))
    with pytest.raises(CanterError, match="none of 32 rollouts succeeded"):
        samples_of([DrivenScene(scene.folder, lost)], QLearning())


def test_another_head_is_refused(model: VlaModel) -> None:
    with pytest.raises(CanterError, match="needs a model with the head 'tokens', not 'regression'"):
        token_head(model)
