import gymnasium
import numpy as np
import pytest
import torch

from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.robot import GO2
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.trot_prior import TrotPrior
from canter.sim.locomotion_config import ACTION_CLIP
from canter.sim.locomotion_env import PRIVILEGED

ACTOR = observation_layout(LOCOMOTION_TERMS).size
SIZE = ACTOR + PRIVILEGED.size


@pytest.fixture
def policy() -> AsymmetricPolicy:
    torch.manual_seed(0)
    return AsymmetricPolicy(
        gymnasium.spaces.Box(-np.inf, np.inf, (SIZE,), np.float32),
        gymnasium.spaces.Box(-ACTION_CLIP, ACTION_CLIP, (len(GO2.joint_names),), np.float32),
        lambda _: 1e-3,
        actor_size=ACTOR,
        widths=(32, 16),
        prior=TrotPrior(GO2),
    )


def views() -> torch.Tensor:
    return torch.randn(5, SIZE, generator=torch.Generator().manual_seed(1)).clamp(-1, 1)


def mean(policy: AsymmetricPolicy, views: torch.Tensor) -> torch.Tensor:
    distribution = policy.get_distribution(views).distribution
    assert isinstance(distribution, torch.distributions.Normal)
    return distribution.mean


def test_the_actor_is_blind_to_the_privileged_part_and_the_critic_is_not(
    policy: AsymmetricPolicy,
) -> None:
    known, other = views(), views()
    other[:, ACTOR:] += 1.0
    assert torch.equal(mean(policy, known), mean(policy, other))
    assert (policy.predict_values(known) - policy.predict_values(other)).abs().min() > 1e-4
    known[:, :ACTOR] += 0.1
    assert not torch.equal(mean(policy, known), mean(policy, other))


def test_training_starts_from_the_prior(policy: AsymmetricPolicy) -> None:
    prior = TrotPrior(GO2)(views()[:, :ACTOR])
    assert prior.abs().max() > 0.5
    torch.testing.assert_close(mean(policy, views()), prior, atol=0.02, rtol=0.0)


def test_every_weight_of_the_actor_learns(policy: AsymmetricPolicy) -> None:
    mean(policy, views()).square().sum().backward()
    for name, parameter in policy.actor_network().named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_the_network_to_export_is_the_actors_mean(policy: AsymmetricPolicy) -> None:
    actor = policy.actor_network()(views()[:, :ACTOR])
    torch.testing.assert_close(actor, mean(policy, views()))
