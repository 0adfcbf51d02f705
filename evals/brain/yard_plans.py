"""Errands in yards: what is wished, its steps, and how each is said."""

from dataclasses import dataclass

import numpy as np

from canter.control.vocab import Target
from canter.sim.scenes.scene import Scene
from canter.sim.yard import YardWish, draw_yard

LEAST_STEPS, MOST_STEPS = 3, 5
NEAR: tuple[tuple[str, str], ...] = (
    ("red", "ball"), ("blue", "cube"), ("green", "cylinder"), ("purple", "cube"),
    ("orange", "cone"), ("white", "ball"), ("blue", "ball"), ("yellow", "cylinder"),
)  # fmt: skip
BARS: tuple[str, ...] = ("yellow", "red", "blue", "green")
TURNS: tuple[str, ...] = (
    "turn left by 90 degrees",
    "turn right by 90 degrees",
    "turn right by 45 degrees",
    "turn left by 180 degrees",
)


@dataclass(frozen=True, slots=True)
class YardPlan:
    """An errand.

    Attributes:
        scene: where it is done.
        steps: sentences, in order.
        failing: number of the step whose first try goes wrong, from 0.
    """

    scene: Scene
    steps: tuple[str, ...]
    failing: int

    @property
    def wish(self) -> str:
        """What a person says."""
        return ", then ".join(self.steps)


def draw_plan(seed: int) -> YardPlan:
    """Draw an errand of LEAST_STEPS to MOST_STEPS steps; of even seeds one has a bar in it."""
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xB4A1]))
    count = int(rng.integers(LEAST_STEPS, MOST_STEPS + 1))
    near = [NEAR[int(i)] for i in rng.permutation(len(NEAR))]
    crawls = seed % 2 == 0
    goes = min(2 if crawls else 3, count - 1)
    steps = [f"go to the {colour} {shape}" for colour, shape in near[:goes]]
    wish = YardWish(tuple(Target(*pair) for pair in near[:goes]))
    if crawls:
        bar, behind = BARS[int(rng.integers(len(BARS)))], near[goes]
        steps.append(f"crawl under the {bar} bar to the {behind[0]} {behind[1]}")
        wish = YardWish(wish.things, bar, Target(*behind))
    while len(steps) < count:
        turn = TURNS[int(rng.integers(len(TURNS)))]
        steps.insert(int(rng.integers(len(steps) + 1)), turn)
    return YardPlan(draw_yard(seed, wish), tuple(steps), int(rng.integers(count)))
