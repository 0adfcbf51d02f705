"""Records check their shapes; batches hold every record once and respect their budget."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.layout import Layout
from canter.control.vocab import Target
from canter.vla.config import COLOUR_CLASSES, SHAPE_CLASSES
from canter.vla.data import collate, episode_batches, target_classes, tinted, view_batches
from canter.vla.proprio import PROPRIO, build_proprio
from tests.vla.records import make_episode, make_views


def test_collate_pads_at_the_end() -> None:
    batch = collate([make_episode(2), make_episode(5, seed=1)])
    assert batch.images.shape[:2] == (2, 5)
    assert batch.mask.sum(1).tolist() == [2, 5]
    assert batch.mask[0].tolist() == [True, True, False, False, False]
    assert (batch.distance > 0).all()


def test_a_pass_holds_every_episode_once_within_budget() -> None:
    episodes = [replace(make_episode(n, seed=n), colour=n % 8, shape=n % 6) for n in range(1, 13)]
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


def test_target_classes() -> None:
    colour, shape = target_classes(Target("green", None))
    assert (COLOUR_CLASSES[colour], SHAPE_CLASSES[shape]) == ("green", "any")


def test_proprio_is_packed_by_name() -> None:
    gyro, gravity, command = np.ones((2, 3)), np.full((2, 3), 2.0), np.full((2, 4), 3.0)
    packed = build_proprio(gyro, gravity, command)
    assert packed.shape == (2, PROPRIO.size) == (2, 10)
    assert packed.dtype == np.float32
    np.testing.assert_array_equal(packed[:, PROPRIO["projected_gravity"]], gravity)
    assert isinstance(PROPRIO, Layout)


def test_a_tint_leaves_only_questions_about_shape() -> None:
    views = make_views(400)
    shape_only = np.random.default_rng(1).random(views.colour.shape) < 0.5
    views = replace(views, colour=np.where(shape_only, COLOUR_CLASSES.index("any"), views.colour))
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
