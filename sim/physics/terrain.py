"""Rough ground for training and testing a gait: slopes, roughness and steps, without an edge.

The ground of a robot is a tile that repeats in both directions. A robot that leaves the tile is
put back by one period: nothing that it can measure changes, and a small height field is enough.
"""

from dataclasses import dataclass
from functools import cached_property

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.randomisation import Dynamics, patched_models
from canter.sim.physics.ranges import TerrainRanges
from canter.sim.robots.equip import robot_model_spec

Float = NDArray[np.float64]

PERIOD = 4.0
"""Edge of the tile, m."""
MARGIN = 1.0
"""How much of the neighbouring tiles the height field shows on each side, m."""
CELL = 0.05
"""Distance between two samples, m: a step's face is this wide."""
PLATEAU = 0.5
"""Edge of the squares whose heights differ by steps, m."""
PER_TILE, PER_MARGIN, PER_PLATEAU = (round(x / CELL) for x in (PERIOD, MARGIN, PLATEAU))
SAMPLES = PER_TILE + 2 * PER_MARGIN + 1
HALF = PERIOD / 2 + MARGIN
HIGHEST, THICKNESS = 0.2, 0.1
"""Range of the heights, and of the solid beneath them, m."""
FIELD = "terrain"


@dataclass(frozen=True)
class Terrain:
    """The grounds of N robots.

    Attributes:
        slope: inclination, uphill along the world's x, rad, (N,).
        roughness: peak-to-peak height of the noise, m, (N,).
        step: height of the steps, m, (N,).
        tiles: heights of one period in the ground's own frame, m, (N, PER_TILE, PER_TILE), by
            row (y) and column (x); sample [0, 0] lies at -PERIOD / 2.
    """

    slope: Float
    roughness: Float
    step: Float
    tiles: NDArray[np.float32]

    @property
    def uneven(self) -> NDArray[np.bool_]:
        """Which grounds are height fields, (N,); the others are planes."""
        return (self.roughness > 0) | (self.step > 0)

    @cached_property
    def is_level(self) -> bool:
        """Whether every ground is the plane z = 0, so that nothing has to be looked up."""
        return not (self.slope.any() or self.tiles.any())

    @cached_property
    def axes(self) -> Float:
        """Rows: the ground's x, y and normal in the world frame, (N, 3, 3)."""
        cos, sin, zero = np.cos(self.slope), np.sin(self.slope), 0 * self.slope
        rows = [[cos, zero, sin], [zero, zero + 1, zero], [-sin, zero, cos]]
        return np.moveaxis(np.array(rows), -1, 0)

    def local(self, points_w: Float) -> Float:
        """Return points, world frame, m, (N, K, 3), in the ground's frame."""
        return np.asarray(np.einsum("nij,nkj->nki", self.axes, points_w))

    def height(self, x: Float, y: Float) -> Float:
        """Return the ground's height at x, y, own frame, m, each (N, K); bilinear."""
        column, row = ((v + PERIOD / 2) / CELL for v in (x, y))
        c0, r0 = np.floor(column).astype(int), np.floor(row).astype(int)
        u, v = column - c0, row - r0
        robot = np.arange(len(self.tiles))[:, None]

        def at(r: NDArray[np.int64], c: NDArray[np.int64]) -> Float:
            return np.asarray(self.tiles[robot, r % PER_TILE, c % PER_TILE])

        near = (1 - u) * at(r0, c0) + u * at(r0, c0 + 1)
        far = (1 - u) * at(r0 + 1, c0) + u * at(r0 + 1, c0 + 1)
        return np.asarray((1 - v) * near + v * far)

    def over_ground(self, points_w: Float) -> Float:
        """Return the height of points, world frame, m, (N, K, 3), over the ground, (N, K)."""
        if self.is_level:
            return points_w[..., 2]
        x, y, z = np.moveaxis(self.local(points_w), -1, 0)
        return np.asarray(z - self.height(x, y))

    def base_height(self, truth: GroundTruth) -> Float:
        """Return the height of each base over the mean ground at its feet, m, (N,)."""
        if self.is_level:
            return truth.base_pos_w[:, 2]
        feet = self.local(truth.foot_pos_w)
        ground = self.height(feet[..., 0], feet[..., 1]).mean(axis=-1)
        return np.asarray(self.local(truth.base_pos_w[:, None])[:, 0, -1] - ground)

    def shift_home(self, pos_w: Float) -> Float:
        """Return base positions, m, (N, 3), put back into the tile by whole periods."""
        if self.is_level:
            return pos_w
        planar = self.local(pos_w[:, None])[:, 0, :2]
        periods = np.round(planar / PERIOD) * self.uneven[:, None]
        return np.asarray(pos_w - PERIOD * np.einsum("ni,nij->nj", periods, self.axes[:, :2]))

    def start(self, mask: NDArray[np.bool_], height: float) -> tuple[Float, Float]:
        """Return where masked bases, (N,), stand over their origin: m, (K, 3), and wxyz, (K, 4).

        Args:
            mask: which robots.
            height: of a base over the highest ground within its feet, m.
        """
        around = np.arange(PER_TILE // 2 - PER_PLATEAU, PER_TILE // 2 + PER_PLATEAU)
        peak = self.tiles[mask][:, around[:, None], around].max(axis=(1, 2))
        half, zero = self.slope[mask] / 2, np.zeros(len(peak))
        quat = np.stack([np.cos(half), zero, -np.sin(half), zero], axis=-1)
        return (height + peak)[:, None] * self.axes[mask, -1], quat

    def apply(self, models: list[mujoco.MjModel]) -> None:
        """Put each robot's ground into its model, made with `add_field` if any is uneven."""
        _, quats = self.start(np.ones(len(models), bool), 0.0)
        for i, model in enumerate(models):
            # Bounding volumes were compiled for the floor as it was: feet would fall through.
            model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_MIDPHASE
            floor = model.geom("floor")
            floor.quat[:] = quats[i]
            floor.sameframe[:] = mujoco.mjtSameFrame.mjSAMEFRAME_NONE
            if not self.uneven[i]:
                floor.type[:] = mujoco.mjtGeom.mjGEOM_PLANE
                floor.size[:] = floor.rbound[:] = 0.0
                continue
            index = (np.arange(SAMPLES) - PER_MARGIN) % PER_TILE
            model.hfield_data[:] = (self.tiles[i][np.ix_(index, index)] / HIGHEST).ravel()


def draw_terrain(ranges: TerrainRanges, n: int, rng: np.random.Generator) -> Terrain:
    """Draw the grounds of n robots."""
    largest = (ranges.slope, ranges.roughness, ranges.step)
    slope, roughness, step = (
        rng.uniform(0, most, n) * (rng.random(n) < share)
        for most, share in zip(largest, ranges.shares, strict=True)
    )
    tiles = np.stack([_tile(r, s, rng) for r, s in zip(roughness, step, strict=True)])
    return Terrain(slope, roughness, step, tiles)


def _tile(roughness: float, step: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return one period of heights: plateaus on two levels, and noise every two cells."""
    tile = np.zeros((PER_TILE, PER_TILE))
    if step > 0:
        plateaus = step * rng.integers(0, 2, (PER_TILE // PER_PLATEAU,) * 2)
        tile += np.kron(plateaus, np.ones((PER_PLATEAU, PER_PLATEAU)))
    if roughness > 0:
        noise = rng.uniform(0.0, roughness, (PER_TILE // 2,) * 2)
        tile += np.kron(noise, np.ones((2, 2)))
    return tile.astype(np.float32)


def terrain_models(
    terrain: Terrain, robot: RobotSpec, dynamics: Dynamics
) -> tuple[mujoco.MjModel, list[mujoco.MjModel]]:
    """Return the nominal robot's model, and one of each robot with its dynamics on its ground."""
    spec = robot_model_spec(robot)
    if terrain.uneven.any():
        add_field(spec)
    nominal: mujoco.MjModel = spec.compile()
    models = patched_models(nominal, robot, dynamics)
    terrain.apply(models)
    return nominal, models


def add_field(spec: mujoco.MjSpec) -> None:
    """Make the floor of a spec a height field, for `Terrain.apply` to fill or to flatten."""
    size = [HALF, HALF, HIGHEST, THICKNESS]
    spec.add_hfield(
        name=FIELD, nrow=SAMPLES, ncol=SAMPLES, size=size, userdata=np.zeros(SAMPLES**2)
    )
    floor = spec.geom("floor")
    floor.type, floor.hfieldname = mujoco.mjtGeom.mjGEOM_HFIELD, FIELD
