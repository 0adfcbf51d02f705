"""What is collected follows from the arguments alone."""

from collections import Counter

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.rl.collection.collect_options import Collect
from canter.rl.collection.episode_plan import (
    GROUP_SIZE,
    EpisodePlan,
    groups_of,
    plan_episodes,
    tasks_of,
)
from canter.sim.scenes.scene_request import MAX_SEED
from canter.sim.tasks import task_names
from canter.vla.runtime import SHIPPED

THREE = ("go_to", "crawl", "follow")


def planned(count: int, seed: int = 0, noisy_share: float = 0.2) -> list[EpisodePlan]:
    return plan_episodes(Collect(tasks=THREE, episodes=count, seed=seed, noisy_share=noisy_share))


def test_tasks_and_levels_get_even_shares() -> None:
    shares = Counter((episode.task, episode.level) for episode in planned(90))
    assert set(shares) == {(name, level) for name in THREE for level in (1, 2, 3)}
    assert set(shares.values()) == {10}


def test_levels_can_be_chosen() -> None:
    episodes = plan_episodes(Collect(tasks=("go_to",), episodes=6, levels=(2, 1)))
    assert [episode.level for episode in episodes] == [2, 1, 2, 1, 2, 1]


def test_an_episode_does_not_depend_on_how_many_there_are() -> None:
    assert planned(50, 4, 0.3)[:20] == planned(20, 4, 0.3)


def test_seeds_differ_and_are_those_of_training() -> None:
    seeds = {episode.seed for episode in planned(500, 1)}
    assert len(seeds) == 500
    assert max(seeds) < MAX_SEED
    assert seeds.isdisjoint(episode.seed for episode in planned(500, 2))


def test_the_noisy_share_is_what_was_asked_for() -> None:
    noisy = [episode.noise > 0 for episode in planned(4000, noisy_share=0.25)]
    assert np.mean(noisy) == pytest.approx(0.25, abs=3 * np.sqrt(0.25 * 0.75 / 4000))
    assert not any(episode.noise for episode in planned(100, noisy_share=0.0))


def test_drivers_are_called_by_what_they_are() -> None:
    for episode in planned(40, noisy_share=0.5):
        assert episode.driver == ("noisy" if episode.noise else "expert")
    model = Collect(tasks=("go_to",), episodes=40, policy=str(SHIPPED), noisy_share=0.5)
    episodes = plan_episodes(model)
    assert not any(episode.noise for episode in episodes)
    (driver,) = {episode.driver for episode in episodes}
    assert driver.startswith(f"{SHIPPED.name} ")


def test_groups_hold_every_episode_once_and_one_task_each() -> None:
    episodes = planned(77)
    groups = groups_of(episodes)
    assert sorted(e.number for group in groups for e in group) == list(range(77))
    assert all(len({episode.task for episode in group}) == 1 for group in groups)
    assert max(map(len, groups)) == GROUP_SIZE


def test_bad_arguments_are_named() -> None:
    assert tasks_of(("all",)) == task_names()
    with pytest.raises(CanterError, match="did you mean 'crawl'"):
        tasks_of(("crwl",))
    with pytest.raises(CanterError, match="at most once"):
        tasks_of(("crawl", "crawl"))
    with pytest.raises(CanterError, match="0 episodes"):
        plan_episodes(Collect(episodes=0))
    with pytest.raises(CanterError, match="negative"):
        plan_episodes(Collect(seed=-1))
    with pytest.raises(CanterError, match="between 0 and 1"):
        plan_episodes(Collect(noisy_share=1.2))
    with pytest.raises(CanterError, match="levels"):
        plan_episodes(Collect(levels=()))
