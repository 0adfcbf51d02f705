"""The whole training in miniature: every stage runs, resumes, and ends in a policy that loads."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.locomotion import SHIPPED
from canter.rl.shards import run_jobs
from canter.rl.train_vla import Stage, train
from canter.rl.vla_collect import EpisodeJob, collect, load_episodes
from canter.rl.vla_settings import VlaTraining
from canter.vla.runtime import VlaRuntime


def _length(word: str) -> int:
    return len(word)


def test_jobs_run_in_order_of_their_arguments() -> None:
    assert run_jobs(_length, ["a", "bbb", "cc"], workers=2, title="words") == [1, 3, 2]


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "expert_000.npz"
    collect(EpisodeJob(seed=7, count=2, out=path, locomotion=SHIPPED, vla=None))
    return path


def test_the_expert_reaches_its_targets_on_the_shipped_gait(shard: Path) -> None:
    assert np.load(shard)["strict"].all()


def test_episodes_are_cut_where_they_were_joined(shard: Path) -> None:
    arrays = np.load(shard)
    episodes = load_episodes([shard])
    assert [len(e) for e in episodes] == arrays["length"].tolist()
    joined = np.concatenate([e.proprio for e in episodes])
    np.testing.assert_array_equal(joined, arrays["proprio"])


def test_labels_end_with_terminate_and_start_without(shard: Path) -> None:
    for episode in load_episodes([shard]):
        terminate = episode.chunk[:, 0, -1]
        assert terminate[0] == 0
        assert terminate[-1] == 1


def test_a_shard_that_is_there_is_kept(shard: Path) -> None:
    before = shard.stat().st_mtime_ns
    collect(EpisodeJob(seed=8, count=2, out=shard, locomotion=SHIPPED, vla=None))
    assert shard.stat().st_mtime_ns == before


def test_training_in_miniature_resumes(tmp_path: Path) -> None:
    settings = VlaTraining(
        preset="debug",
        views=24,
        view_steps=2,
        episodes=1,
        clone_steps=2,
        rounds=1,
        round_episodes=1,
        round_steps=2,
        workers=1,
        out=tmp_path,
    )
    policy = train(settings)
    runtime = VlaRuntime(policy)
    runtime.reset("go to the red ball")
    made = Stage("round1", tmp_path).checkpoint.stat().st_mtime_ns
    first = policy.read_bytes()
    assert train(settings) == policy
    assert Stage("see", tmp_path).shards(1)[0].exists()
    assert Stage("round1", tmp_path).checkpoint.stat().st_mtime_ns >= made
    assert len(first) == len(policy.read_bytes())
