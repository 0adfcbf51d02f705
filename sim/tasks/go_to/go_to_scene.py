"""Seeded scenes of the go_to task: 3-6 objects, a start pose and a appearance, with held-out splits."""

import math
from dataclasses import dataclass

import numpy as np

from canter.control.errors import SceneError
from canter.control.vocab import COLOURS, HELD_OUT_PAIRS, SHAPES, Target
from canter.sim.rendering.appearance import Appearance, sample_appearance
from canter.sim.scenes.placement import Pose, place
from canter.sim.scenes.shades import HELD_OUT_SHADES, TRAINING_SHADES
from canter.sim.scenes.shapes import WIDTH_RANGES, Thing, natural_size

MAX_OBJECTS = 6
SPLITS: tuple[str, ...] = ("seen", "unseen_instruction", "unseen_object")
NOVELTIES: tuple[str, ...] = ("none", "pair", "shade")
OBJECT_COUNTS = (3, MAX_OBJECTS)
SHARE_COLOUR, SHARE_SHAPE = 0.8, 0.8
"""Chance that a scene holds a distractor of the target's colour, and one of its shape."""
NEW_DISTRACTOR_SHADE = 0.3
"""Chance that a distractor of the split ``unseen_object`` has a held-out shade."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a robot finds itself in.

    Attributes:
        seed: number the scene was drawn from; 0 for scenes written by hand.
        objects: the geoms on the floor, at most MAX_OBJECTS.
        target: what the robot is to go to.
        start: base pose at the start, world frame: x, y (m), yaw (rad).
        appearance: light, floor, skyline and camera errors.
        split: one of SPLITS.
        novelty: what is held out of training about the target: ``pair``, ``shade`` or ``none``.
    """

    seed: int
    objects: tuple[Thing, ...]
    target: Target
    start: Pose
    appearance: Appearance
    split: str
    novelty: str = "none"

    @property
    def matching(self) -> tuple[int, ...]:
        """Return the indices of all objects that the target means; empty if there is none."""
        return tuple(
            i for i, o in enumerate(self.objects) if self.target.matches(o.colour, o.shape)
        )

    @property
    def target_index(self) -> int | None:
        """Return the index of the first object that the target means, or None."""
        return next(iter(self.matching), None)


def sample_scene(seed: int, split: str = "seen", target: Target | None = None) -> Scene:
    """Draw a scene in which exactly one object is the target; the same seed gives the same scene.

    Splits ``seen`` and ``unseen_instruction`` draw the same scenes: all pairs and shades from
    training. In ``unseen_object`` the target is a held-out pair or has a held-out shade (even
    odds), and distractors may be anything.

    Args:
        seed: not negative.
        split: one of SPLITS.
        target: what the scene must hold; drawn where None, or completed where half open.

    Raises:
        SceneError: unknown split or negative seed, or no layout was found.
    """
    if split not in SPLITS:
        raise SceneError(f"unknown split '{split}'; choose one of {', '.join(SPLITS)}")
    if seed < 0:
        raise SceneError(f"seed {seed} is negative; seeds start at 0")
    new = split == "unseen_object"
    rng = np.random.default_rng(np.random.SeedSequence([seed, int(new)]))
    novelty = str(rng.choice(["pair", "shade"])) if new else "none"
    pairs = _draw_pairs(rng, novelty, target)
    if new and pairs[0] not in HELD_OUT_PAIRS:
        novelty = "shade"
    elif pairs[0] in HELD_OUT_PAIRS:
        novelty = "pair"
    shares = [float(novelty == "shade")] + [NEW_DISTRACTOR_SHADE * new] * (len(pairs) - 1)
    things = [_draw_object(rng, pair, share) for pair, share in zip(pairs, shares, strict=True)]
    placed, start = place(rng, things)
    objects = tuple(placed[i] for i in rng.permutation(len(placed)))
    return Scene(
        seed=seed,
        objects=objects,
        target=target or Target(*pairs[0]),
        start=start,
        appearance=sample_appearance(rng),
        split=split,
        novelty=novelty,
    )


def all_pairs(novelty: str) -> list[Pair]:
    """Return the (colour, shape) pairs a target may have: training's, or the held-out ones."""
    return [
        (colour, shape)
        for colour in COLOURS
        for shape in SHAPES
        if ((colour, shape) in HELD_OUT_PAIRS) == (novelty == "pair")
    ]


def _draw_pairs(rng: np.random.Generator, novelty: str, target: Target | None) -> list[Pair]:
    """Draw the target's pair, then pairs of distractors that are not what is asked for."""
    fits = [p for p in all_pairs(novelty) if target is None or target.matches(*p)]
    if not fits and target is not None:  # asked for by name: held out or not, it must be there
        fits = [(c, s) for c in COLOURS for s in SHAPES if target.matches(c, s)]
    if not fits:
        raise SceneError(f"nothing can be {target}; colours: {COLOURS}; shapes: {SHAPES}")
    pair = fits[rng.integers(len(fits))]
    wanted = target or Target(*pair)
    pool = all_pairs("none") + (all_pairs("pair") if novelty != "none" else [])
    others = [p for p in pool if not wanted.matches(*p)]
    pairs = [pair]
    for shared, chance in ((0, SHARE_COLOUR), (1, SHARE_SHAPE)):
        alike = [p for p in others if p[shared] == pair[shared]]
        if alike and rng.uniform() < chance:
            pairs.append(alike[rng.integers(len(alike))])
    count = int(rng.integers(OBJECT_COUNTS[0], OBJECT_COUNTS[1] + 1))
    while len(pairs) < count:
        pairs.append(others[rng.integers(len(others))])
    return pairs


def _draw_object(rng: np.random.Generator, pair: Pair, new_shade: float) -> Thing:
    """Draw size, yaw and shade, which is a held-out one with probability ``new_shade``."""
    colour, shape = pair
    shades = HELD_OUT_SHADES if rng.uniform() < new_shade else TRAINING_SHADES
    width = rng.uniform(*WIDTH_RANGES[shape])
    height = {"cylinder": width * rng.uniform(1.0, 1.5), "pole": rng.uniform(0.6, 0.9)}.get(shape)
    return Thing(
        shape=shape,
        colour=colour,
        rgb=shades[colour].draw(rng),
        size=natural_size(shape, width, height),
        x=0.0,
        y=0.0,
        yaw=rng.uniform(-math.pi, math.pi),
    )
