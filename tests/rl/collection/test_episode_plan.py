"""What is collected follows from the arguments alone."""

from collections import Counter

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.evals.collect.plan import GROUP_SIZE, families_of, groups_of, plan_episodes
from canter.sim.perception.perception_sampler import MAX_SEED
from canter.sim.tasks.registry import FAMILIES

THREE = ("go_to", "crawl", "follow")


def test_families_and_levels_get_even_shares() -> None:
    episodes = plan_episodes(THREE, 90, 0, 0.2)
    shares = Counter((episode.family, episode.level) for episode in episodes)
    assert set(shares) == {(name, level) for name in THREE for level in (1, 2, 3)}
    assert set(shares.values()) == {10}


def test_an_episode_does_not_depend_on_how_many_there_are() -> None:
    assert plan_episodes(THREE, 50, 4, 0.3)[:20] == plan_episodes(THREE, 20, 4, 0.3)


def test_seeds_differ_and_are_those_of_training() -> None:
    episodes = plan_episodes(THREE, 500, 1, 0.0)
    seeds = {episode.seed for episode in episodes}
    assert len(seeds) == 500
    assert max(seeds) < MAX_SEED
    assert seeds.isdisjoint(episode.seed for episode in plan_episodes(THREE, 500, 2, 0.0))


def test_the_noisy_share_is_what_was_asked_for() -> None:
    noisy = [episode.noise > 0 for episode in plan_episodes(THREE, 4000, 0, 0.25)]
    assert np.mean(noisy) == pytest.approx(0.25, abs=3 * np.sqrt(0.25 * 0.75 / 4000))
    assert not any(episode.noise for episode in plan_episodes(THREE, 100, 0, 0.0))


def test_groups_hold_every_episode_once_and_one_family_each() -> None:
    episodes = plan_episodes(THREE, 77, 0, 0.2)
    groups = groups_of(episodes)
    assert sorted(e.number for group in groups for e in group) == list(range(77))
    assert all(len({episode.family for episode in group}) == 1 for group in groups)
    assert max(map(len, groups)) == GROUP_SIZE


def test_bad_arguments_are_named() -> None:
    assert families_of(("all",)) == tuple(FAMILIES)
    with pytest.raises(CanterError, match="did you mean 'crawl'"):
        families_of(("crwl",))
    with pytest.raises(CanterError, match="at most once"):
        families_of(("crawl", "crawl"))
    with pytest.raises(CanterError, match="0 episodes"):
        plan_episodes(THREE, 0, 0, 0.2)
    with pytest.raises(CanterError, match="negative"):
        plan_episodes(THREE, 1, -1, 0.2)
    with pytest.raises(CanterError, match="between 0 and 1"):
        plan_episodes(THREE, 1, 0, 1.2)
