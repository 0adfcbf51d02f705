"""The bodies of the robots of ``canter bench safety``."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from canter.evals.safety.injection import JOINTS
from canter.sim.physics.randomisation import Dynamics, DynamicsRanges, draw

RANGES = DynamicsRanges(friction=(0.4, 1.2), delay_steps=(0, 8))
"""Those of training, with delays in steps of 2 ms, and more grip."""


def bodies_of(seeds: Sequence[int]) -> Dynamics:
    """Return one body for each seed; equal seeds make twins."""
    drawn = [draw(RANGES, 1, JOINTS, np.random.default_rng([seed, 1])) for seed in seeds]
    stacked = {
        f.name: np.concatenate([getattr(one, f.name) for one in drawn]) for f in fields(Dynamics)
    }
    return Dynamics(**stacked)
