"""Records check their shapes; batches hold every record once and respect their budget."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.types import CHUNK_STEPS, GAIT_RANGES, GaitCommand
from canter.control.vocab import Target
from canter.vla.config import TASKS
from canter.vla.data import (
    balanced,
    collate,
    episode_batches,
    field_weights,
    tinted,
    view_batches,
)
from canter.vla.instruction import InstructionCode, doing, referent_code
from canter.vla.proprio import PROPRIO, build_proprio
from tests.vla.records import make_episode, make_views


def test_collate_pads_at_the_end() -> None:
    batch = collate([make_episode(2), make_episode(5, seed=1)])
    assert batch.images.shape[:2] == (2, 5)
    assert batch.mask.sum(1).tolist() == [2, 5]
    assert batch.mask[0].tolist() == [True, True, False, False, False]
    assert (batch.distance > 0).all()


def test_short_tasks_come_as_often_as_long_ones() -> None:
    follow, crawl, unload = ("follow", ""), ("crawl", ""), ("unload", "")
    episodes = [(follow, 90), (crawl, 30), (crawl, 14), (unload, 1)]
    assert balanced(episodes) == [0, 1, 1, 2, 2, *[3] * 12]
    assert balanced(episodes[:3], {crawl: 4.0}) == [0, *[1] * 8, *[2] * 8]


def test_what_the_body_seldom_does_comes_as_often_as_what_it_often_does() -> None:
    lengths = {("move", "walk"): 40, ("move", "turn"): 20, ("move", "pose"): 4, ("go_to", ""): 10}
    assert balanced(list(lengths.items())) == [0, 1, 1, *[2] * 10, *[3] * 4]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"do0": "walk", "way0": "left"}, "sidewards"),
        ({"do0": "walk", "way0": "back", "pace0": "slowly"}, "slowly"),
        ({"do0": "walk", "way0": "forward", "posture0": "low", "amount0": "one"}, "postured"),
        ({"do0": "turn", "way0": "left", "amount0": "90"}, "turn"),
        ({"do0": "pose", "way0": "high"}, "pose"),
        ({"do0": "walk", "way0": "forward", "do1": "turn", "way1": "left"}, "walk"),
    ],
)
def test_what_the_body_is_told_first(words: dict[str, str], told: str) -> None:
    assert doing(InstructionCode(TASKS).code("move", words)) == told


def test_nothing_is_told_of_the_body_where_a_thing_is_named() -> None:
    assert doing(InstructionCode(TASKS).code("go_to", {"colour": "red", "shape": "ball"})) == ""


def test_fields_that_seldom_change_weigh_more() -> None:
    episode = make_episode(40)
    commands = np.tile(GaitCommand().to_array(), (40, CHUNK_STEPS, 1)).astype(np.float32)
    for name, every in (("vx", 2), ("vy", 20)):  # by half a range, every so many frames
        low, high = GAIT_RANGES[name]
        commands[::every, :, list(GAIT_RANGES).index(name)] = (high - low) / 2
    found = field_weights([replace(episode, chunk=commands)], ("vx", "vy", "body_height"))
    assert found == pytest.approx((1.0, 0.55 / 3 / 0.05, 8.0))


def test_a_pass_holds_every_episode_once_within_budget() -> None:
    told = make_episode(1).instruction
    drawn = [make_episode(n, seed=n) for n in range(1, 13)]
    episodes = [replace(episode, task="go_to", instruction=told) for episode in drawn]
    total = sum(len(e) for e in episodes)
    frames, batches = 0, episode_batches(episodes, 24, np.random.default_rng(0))
    while frames < total:
        batch = next(batches)
        assert batch.mask.numel() <= 24
        frames += int(batch.mask.sum())
    assert frames == total


def test_an_episode_longer_than_the_budget_still_comes() -> None:
    batch = next(episode_batches([make_episode(9)], 4, np.random.default_rng(0)))
    assert batch.mask.sum() == 9


def test_view_batches_cover_a_pass() -> None:
    views = make_views(6)
    drawn = list(islice(view_batches(views, 2, np.random.default_rng(0)), 3))
    images = np.concatenate([batch.images for batch in drawn])
    assert sorted(images.sum((1, 2, 3))) == sorted(views.images.sum((1, 2, 3)))


def test_wrong_shape_is_named() -> None:
    with pytest.raises(CanterError, match=r"PerceptionBatch.bearing has shape \(2, 3\)"):
        replace(make_views(2), bearing=np.zeros((2, 3), np.float32))
    with pytest.raises(CanterError, match=r"Episode.chunk"):
        replace(make_episode(3), chunk=np.zeros((3, 10, 11), np.float32))


def test_no_episodes_is_an_error() -> None:
    with pytest.raises(CanterError, match="no episodes"):
        next(episode_batches([], 10, np.random.default_rng(0)))


def test_proprio_is_packed_by_name() -> None:
    gyro, gravity, command = np.ones((2, 3)), np.full((2, 3), 2.0), np.full((2, 6), 3.0)
    packed = build_proprio(gyro, gravity, command)
    assert packed.shape == (2, PROPRIO.size) == (2, 12)
    assert packed.dtype == np.float32
    np.testing.assert_array_equal(packed[:, PROPRIO["projected_gravity"]], gravity)
    assert isinstance(PROPRIO, Layout)


def test_a_tint_leaves_only_questions_about_shape() -> None:
    views = make_views(400)
    shape_only = np.random.default_rng(1).random(views.seen.shape) < 0.5
    codes = np.stack([referent_code(Target(c, "ball")) for c in ("red", None)])
    views = replace(views, referents=codes[shape_only.astype(int)])
    drawn = tinted(views, np.random.default_rng(0))
    changed = (drawn.images != views.images).any(axis=(1, 2, 3))
    assert 0.15 < changed.mean() < 0.35
    counts = shape_only | ~changed[:, None]
    np.testing.assert_array_equal(drawn.seen, views.seen & counts)
    np.testing.assert_array_equal(drawn.certain, counts)


def test_a_tinted_picture_has_one_tint() -> None:
    views = make_views(40)
    drawn = tinted(views, np.random.default_rng(0)).images.astype(float)
    changed = (drawn != views.images).any(axis=(1, 2, 3))
    pixels = drawn[changed].reshape(changed.sum(), -1, 3)
    tint = pixels.mean(axis=1, keepdims=True)
    along = pixels @ np.swapaxes(tint, 1, 2) / (tint @ np.swapaxes(tint, 1, 2)) * tint
    assert np.abs(pixels - along).max() < 2.0  # rounding of each channel
