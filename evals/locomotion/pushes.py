"""Pushes at random moments, from random sides, as every locomotion suite gives them."""

import numpy as np

from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST, BatchedSim

SPEED = 0.5
"""What a push adds to the velocity of the base, m/s."""


def push(sim: BatchedSim, every_s: float, rng: np.random.Generator) -> None:
    """Push each robot with a chance of one control step in `every_s`, s."""
    robots = len(sim.qvel)
    pushed = rng.random(robots) < CONTROL_PERIOD / every_s
    angle = rng.uniform(-np.pi, np.pi, robots)
    added = SPEED * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    sim.qvel[pushed, ROOT_TWIST["lin_vel_w"]] += added[pushed]
