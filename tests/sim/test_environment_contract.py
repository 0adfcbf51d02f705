"""Gymnasium's contract, held by every environment that Canter registers."""

from collections.abc import Iterator, Mapping
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import canter.sim.gym_env  # registers the environments
from canter.control.errors import CanterError

IDS = sorted(name for name in gymnasium.registry if name.startswith("Canter/"))
Env = gymnasium.Env[Any, Any]
pytestmark = pytest.mark.filterwarnings("ignore:.*Box:UserWarning")


def same(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Tell whether two observations are equal, bit for bit."""
    if isinstance(one, Mapping):
        return set(one) == set(other) and all(same(one[key], other[key]) for key in one)
    return bool(np.array_equal(one, other))


@pytest.fixture(params=IDS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def env(name: str) -> Iterator[Env]:
    made = gymnasium.make(name, disable_env_checker=True)
    yield made
    made.close()


def still(env: Env) -> Any:  # noqa: ANN401
    """Return an action within the space that asks for as little as possible."""
    space = env.action_space
    assert isinstance(space, gymnasium.spaces.Box)
    return np.clip(np.zeros(space.shape, space.dtype), space.low, space.high)


def test_there_are_environments() -> None:
    assert canter.sim.gym_env.ENV_ID in IDS


def test_gymnasiums_checker_passes_pictures_included(name: str) -> None:
    env = gymnasium.make(name, render_mode="rgb_array", disable_env_checker=True)
    check_env(env.unwrapped)
    env.close()


def test_a_seed_repeats_an_episode_and_another_does_not(env: Env) -> None:
    def episode(seed: int) -> list[Any]:
        seen = [env.reset(seed=seed)[0]]
        return seen + [env.step(still(env))[0] for _ in range(3)]

    first = episode(3)
    assert all(same(*pair) for pair in zip(first, episode(3), strict=True))
    assert not same(first[0], episode(4)[0])


def test_environments_without_a_seed_differ_alone_and_in_a_vector(name: str) -> None:
    one, other = (gymnasium.make(name, disable_env_checker=True) for _ in range(2))
    assert not same(one.reset()[0], other.reset()[0])
    many = gymnasium.make_vec(name, num_envs=2, vectorization_mode="sync")
    seen, _ = many.reset()
    rows = [
        {k: v[i] for k, v in seen.items()} if isinstance(seen, dict) else seen[i] for i in (0, 1)
    ]
    assert not same(*rows)
    for made in (one, other, many):
        made.close()


def test_odd_actions_are_refused_by_name_and_the_episode_goes_on(env: Env) -> None:
    bare, action = env.unwrapped, still(env)
    env.reset(seed=0)
    spoilt = action.copy()
    spoilt[-1] = np.nan
    with pytest.raises(CanterError, match=rf"action.* nan at output {len(action) - 1}"):
        bare.step(spoilt)
    for wrong in (action[None], action[:-1], np.float32(0.0)):
        with pytest.raises(CanterError, match=r"action has shape .*; pass \("):
            bare.step(wrong)
    seen, reward, *_ = bare.step(action)
    assert bare.observation_space.contains(seen)
    assert np.isfinite(float(reward))


def test_pictures_are_drawn_or_a_mode_is_refused_by_name(name: str) -> None:
    env = gymnasium.make(name, render_mode="rgb_array", disable_env_checker=True)
    env.reset(seed=0)
    frame = env.render()
    assert isinstance(frame, np.ndarray)
    assert frame.dtype == np.uint8 and frame.shape[-1] == 3 and frame.std() > 1.0
    env.close()
    maker = gymnasium.spec(name).entry_point
    assert maker is not None
    made = gymnasium.envs.registration.load_env_creator(maker) if isinstance(maker, str) else maker
    with pytest.raises(CanterError, match=r"render_mode 'ansi'.*rgb_array"):
        made(**{**gymnasium.spec(name).kwargs, "render_mode": "ansi"})


def test_before_the_first_reset_and_after_close_one_is_asked_for(env: Env) -> None:
    bare = env.unwrapped
    with pytest.raises(gymnasium.error.ResetNeeded, match="reset"):
        bare.step(still(env))
    env.reset(seed=0)
    bare.close()
    with pytest.raises(gymnasium.error.ResetNeeded, match="reset"):
        bare.step(still(env))
