"""Corruptions against closed forms on flat and pointed pictures, and against training's ranges."""

import numpy as np
import pytest

from canter.sim.rendering.camera_noise import COLOUR_CAST, EXPOSURE, NOISE_STD, blur
from canter.sim.rendering.image_corruptions import (
    BRIGHT,
    CORRUPTIONS,
    DARK,
    DEFOCUS,
    SMUDGE_OPACITY,
    TINT,
    Image,
)
from canter.sim.rendering.image_corruptions import NOISE_STD as STRONG_NOISE_STD

SIZE = (96, 96)
SEEDS = range(12)


def flat(level: int) -> Image:
    return np.full((*SIZE, 3), level, np.uint8)


def spoilt(name: str, image: Image, seed: int) -> Image:
    return CORRUPTIONS[name](np.random.default_rng(seed), image.shape[:2])(image)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_seed_spoils_alike_and_leaves_the_picture_alone(name: str) -> None:
    image = np.random.default_rng(1).integers(0, 255, (48, 64, 3)).astype(np.uint8)
    before = image.copy()
    one, two, other = (spoilt(name, image, seed) for seed in (3, 3, 4))
    assert np.array_equal(one, two) and not np.array_equal(one, other)
    assert np.array_equal(image, before)
    assert one.shape == image.shape and one.dtype == np.uint8
    assert not np.array_equal(one, image)


def test_they_begin_where_training_ends() -> None:
    darkest, brightest = EXPOSURE[0] * (1 - COLOUR_CAST), EXPOSURE[1] * (1 + COLOUR_CAST)
    assert DARK[1] < darkest and BRIGHT[0] > brightest
    assert TINT[0] > 2 * COLOUR_CAST  # one channel up, one down
    assert STRONG_NOISE_STD[0] >= 2 * NOISE_STD[1]
    point = np.zeros((9, 9, 3), np.float32)
    point[4, 4] = 1.0
    line = blur(point, axis=1, share=0.7)[4, :, 0]
    assert DEFOCUS[0] * SIZE[0] > np.sqrt((line * (np.arange(9) - 4.0) ** 2).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_gains_are_as_drawn(seed: int) -> None:
    assert DARK[0] * 100 - 1 <= spoilt("dark", flat(100), seed).mean() <= DARK[1] * 100 + 1
    assert BRIGHT[0] * 100 - 1 <= spoilt("bright", flat(100), seed).mean() <= BRIGHT[1] * 100 + 1
    assert (spoilt("bright", flat(250), seed) == 255).all()
    red, green, blue = spoilt("colour temperature", flat(100), seed)[0, 0].astype(int)
    assert green == 100 and red - 100 == pytest.approx(100 - blue, abs=1)
    assert TINT[0] * 100 - 1 <= abs(red - 100) <= TINT[1] * 100 + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_noise_and_blur_have_the_drawn_width(seed: int) -> None:
    std = spoilt("noise", flat(128), seed).std()
    assert 0.95 * STRONG_NOISE_STD[0] <= std <= 1.02 * STRONG_NOISE_STD[1]
    edge = flat(0)
    edge[:, SIZE[1] // 2 :] = 200
    profile = np.diff(spoilt("defocus", edge, seed)[SIZE[0] // 2, :, 0].astype(float)) / 200
    place = np.arange(len(profile)) - (len(profile) - 1) / 2
    width = np.sqrt((profile * place**2).sum()) / SIZE[0]
    assert 0.85 * DEFOCUS[0] <= width <= 1.15 * DEFOCUS[1]


def test_noise_is_new_in_each_picture_and_dirt_stays_where_it_is() -> None:
    noisy = CORRUPTIONS["noise"](np.random.default_rng(0), SIZE)
    assert not np.array_equal(noisy(flat(90)), noisy(flat(90)))
    dirty = CORRUPTIONS["dirty lens"](np.random.default_rng(0), SIZE)
    assert np.array_equal(dirty(flat(90)), dirty(flat(90)))
    gone = (dirty(flat(240)).astype(float) - dirty(flat(0)))[..., 0] / 240
    assert gone.min() <= 1 - SMUDGE_OPACITY[0] + 0.02 and gone.max() > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_compression_loses_something_of_a_texture(seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 255, (*SIZE, 3)).astype(np.uint8)
    assert np.abs(spoilt("jpeg", image, seed).astype(int) - image).mean() > 20
