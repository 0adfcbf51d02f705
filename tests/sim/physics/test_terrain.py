"""Periodic rough ground against MuJoCo's own rays and against itself one period on."""

import math
from dataclasses import replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.sim.locomotion.locomotion_commands import WHOLE
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.physics.batched_sim import ROOT_POSE, BatchedSim
from canter.sim.physics.randomisation import DynamicsRanges, draw
from canter.sim.physics.ranges import ROUGH, TerrainRanges
from canter.sim.physics.terrain import (
    HIGHEST,
    PERIOD,
    Terrain,
    draw_terrain,
    terrain_models,
)

N = 6
RNG = np.random.default_rng(3)
EVERYTHING = replace(ROUGH, shares=(1.0, 1.0, 1.0))
TERRAIN = draw_terrain(EVERYTHING, N, RNG)
MODELS = terrain_models(TERRAIN, GO2, draw(DynamicsRanges(), N, 12, RNG))[1]
Vector = NDArray[np.float64]


def drop(i: int, x: float, y: float) -> Vector:
    """Return where a ray along the ground's inward normal meets the floor, world frame, m, (3,)."""
    model, data = MODELS[i], mujoco.MjData(MODELS[i])
    mujoco.mj_kinematics(model, data)
    across, along, normal = TERRAIN.axes[i]
    origin = x * across + y * along + normal
    geom = np.zeros(1, np.int32)
    only_floor = np.array([1, 0, 0, 0, 0, 0], np.uint8)
    distance = mujoco.mj_ray(model, data, origin, -normal, only_floor, 1, -1, geom)
    assert geom[0] == model.geom("floor").id
    hit: Vector = origin - distance * normal
    return hit


def test_heights_are_where_the_engine_has_them() -> None:
    """MuJoCo splits each cell into two triangles: between samples they differ by a step's share."""
    for i in range(N):
        for x, y in RNG.uniform(-PERIOD / 2, PERIOD / 2, (20, 2)):
            hit = drop(i, x, y)
            tolerance = 0.5 * (TERRAIN.step[i] + TERRAIN.roughness[i]) + 1e-4
            every = np.broadcast_to(hit, (N, 1, 3))
            assert abs(TERRAIN.over_ground(every)[i, 0]) < tolerance
    cells = np.round(RNG.uniform(-1.9, 1.9, (20, 2)) / 0.05) * 0.05
    for x, y in cells:  # on the samples they agree
        every = np.broadcast_to(drop(0, x, y), (N, 1, 3))
        assert abs(TERRAIN.over_ground(every)[0, 0]) < 1e-4


def test_level_ground_is_known_without_looking_it_up_and_gives_the_same_bits() -> None:
    known, looked_up = (draw_terrain(TerrainRanges(), 3, RNG) for _ in range(2))
    assert known.is_level and not TERRAIN.is_level
    looked_up.__dict__["is_level"] = False
    points = RNG.normal(0.0, 3.0, (3, 4, 3))
    np.testing.assert_array_equal(known.over_ground(points), looked_up.over_ground(points))
    home = known.shift_home(points[:, 0])
    np.testing.assert_array_equal(home, looked_up.shift_home(points[:, 0]))


def test_one_period_on_the_ground_is_the_same() -> None:
    points = RNG.uniform(-1.5, 1.5, (N, 5, 3))
    for axis in (0, 1):
        moved = points + PERIOD * TERRAIN.axes[:, axis][:, None]
        np.testing.assert_allclose(
            TERRAIN.over_ground(moved), TERRAIN.over_ground(points), atol=1e-6
        )


def test_a_robot_that_strays_comes_back_by_whole_periods() -> None:
    stray = RNG.uniform(-20, 20, (N, 3))
    home = TERRAIN.shift_home(stray)
    planar = TERRAIN.local(home[:, None])[:, 0, :2]
    assert (np.abs(planar) <= PERIOD / 2 + 1e-9).all()
    periods = TERRAIN.local((stray - home)[:, None])[:, 0] / PERIOD
    np.testing.assert_allclose(periods, np.round(periods), atol=1e-9)
    level = draw_terrain(TerrainRanges(), N, RNG)
    np.testing.assert_array_equal(level.shift_home(stray), stray)


def test_slopes_incline_and_stay_within_what_was_asked() -> None:
    assert (TERRAIN.slope <= math.radians(15)).all() and TERRAIN.slope.max() > 0.05
    assert TERRAIN.tiles.max() <= 0.11 < HIGHEST
    for i in range(N):
        rise = drop(i, 0.5, 0.0) - drop(i, -0.5, 0.0)
        found = math.atan2(rise[2], rise[0])
        assert abs(found - TERRAIN.slope[i]) < 0.13  # steps of 11 cm over 1 m


def test_robots_stand_on_rough_ground_and_know_their_height() -> None:
    config = LocomotionConfig(
        commands=WHOLE, whole_command=True, terrain=EVERYTHING, min_height=0.05, push_speed=0.0
    )
    env = LocomotionEnv(8, config, seed=1, threads=1)
    for _ in range(25):
        result = env.step(np.zeros((8, 12)))
    assert not result.fallen.all()
    heights = env.terrain.base_height(env.sim.truth())
    assert (np.abs(heights - GO2.standing_height) < 0.12).all()
    env.close()


def test_the_ground_carries_a_robot_everywhere() -> None:
    """Level, inclined and uneven, at the origin and where a robot walks to within a tile."""
    level = draw_terrain(TerrainRanges(), 1, RNG)
    slope = draw_terrain(replace(ROUGH, shares=(1.0, 0.0, 0.0)), 3, RNG)
    parts = (level, slope, TERRAIN)
    ground = Terrain(
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("slope", "roughness")),
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("step", "tiles")),
    )
    n = len(ground.slope)
    every = np.ones(n, bool)
    dynamics = draw(DynamicsRanges(friction=(1.2, 1.2)), n, 12, RNG)
    zero = np.zeros((n, 12))
    stand = JointCommand(zero + GO2.default_q, zero + 60.0, zero + 1.5, zero, 1e9)
    with BatchedSim(terrain_models(ground, GO2, dynamics)[1], GO2, threads=1) as sim:
        for distance in (0.0, -1.9, 1.9, 7.9):
            sim.reset(every)
            pos_w, quat = ground.start(every, GO2.standing_height)
            moved = ground.shift_home(pos_w + distance * ground.axes[:, 0])
            sim.qpos[:, ROOT_POSE["pos_w"]], sim.qpos[:, ROOT_POSE["quat"]] = moved, quat
            for _ in range(15):
                sim.step(stand)
            assert (ground.base_height(sim.truth()) > 0.15).all()
