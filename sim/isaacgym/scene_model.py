"""A MuJoCo model to draw from: the shapes of one environment's bodies, the ground, sky and lights.

It has no physics. Every body is a mocap body, so the poses that the kinematics of the simulation
gives are written straight into it, and one model draws every environment.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.scene_bodies import SHOWN, add_actor
from canter.sim.isaacgym.terrain import Ground, HeightField, Plane
from canter.sim.isaacgym.terrain_tiles import TerrainTiles

Float = NDArray[np.float64]
_G = mujoco.mjtGeom

LIGHTS = 4
"""Lights that Isaac Gym lets be set; the first one shines from the start."""
SUN_DIRECTION = (-0.45, 0.35, -0.85)
FILL_DIRECTION = (0.6, -0.5, -0.6)
HIDDEN = 5
"""Geom group of what is not drawn."""
TILE_SLOTS = 512
"""Tiles of a terrain that can be drawn, or wait to be drawn again, at a time."""
PLANE_HALF = 60.0
"""Half the side of the square that is drawn of a plane, m."""
PLANE_SQUARE = 0.5
"""Side of a square of a plane's checker, m."""
COARSE_DROP = 0.02
"""How far the coarse terrain is lowered so that it hides nothing of the tiles, m."""


@dataclass(slots=True, eq=False)
class SceneModel:
    """The model and its state, which the painter writes before it draws.

    Attributes:
        model: geom 0 is the ground, if there is one.
        data: its state.
        body_geoms: geoms of each body in flat order.
        plane: the ground, where that is a plane.
        tiles: the terrain's tiles; None without a terrain.
        slots: geoms that show a tile; their height field has the place in this tuple.
    """

    model: mujoco.MjModel
    data: mujoco.MjData
    body_geoms: tuple[tuple[int, ...], ...]
    plane: Plane | None = None
    tiles: TerrainTiles | None = None
    slots: tuple[int, ...] = ()

    def centre_plane(self, point: Float) -> None:
        """Move the square that is drawn of a plane about a point, m, (3,), by whole checkers."""
        if self.plane is None:
            return
        axes = np.empty(9)
        mujoco.mju_quat2Mat(axes, self.model.geom_quat[0])
        along = axes.reshape(3, 3)[:, :2]
        period = 2 * PLANE_SQUARE
        steps = np.round(along.T @ point / period)
        self.model.geom_pos[0] = along @ steps * period - self.plane.distance * self.plane.normal


def build_scene(assets: Sequence[Asset], ground: Ground | None, up: Float) -> SceneModel:
    """Return a scene of actors of these assets, in the order of an environment's bodies.

    Args:
        assets: one an actor.
        ground: where they stand; drawn in the world's frame.
        up: axis that points up, (3,).
    """
    spec = mujoco.MjSpec()
    _light(spec, up)
    _paint(spec)
    tiles = TerrainTiles(ground) if isinstance(ground, HeightField) else None
    if isinstance(ground, Plane):
        _add_plane(spec, ground)
    if tiles is not None:
        _add_tiles(spec, tiles)
    for place, asset in enumerate(assets):
        add_actor(spec, place, asset)
    model = spec.compile()
    model.geom_sameframe[:] = int(mujoco.mjtSameFrame.mjSAMEFRAME_NONE)  # geoms of the ground move
    if tiles is not None:  # the compiler stretches samples to fill 0 to 1
        coarse = tiles.coarse().ravel()
        model.hfield_data[: coarse.size] = coarse
    bodies = [
        tuple(np.flatnonzero(model.geom_bodyid == body).tolist())
        for body in np.argsort(model.body_mocapid)
        if model.body_mocapid[body] >= 0
    ]
    slots = tuple(np.flatnonzero(model.geom_type == int(_G.mjGEOM_HFIELD))[1:].tolist())
    plane = ground if isinstance(ground, Plane) else None
    return SceneModel(model, mujoco.MjData(model), tuple(bodies), plane, tiles, slots)


def _light(spec: mujoco.MjSpec, up: Float) -> None:
    """Add a sun, a light that fills its shadows, and what user code can switch on."""
    spec.visual.headlight.ambient = [0.42] * 3
    spec.visual.headlight.diffuse = [0.0] * 3
    spec.visual.headlight.specular = [0.0] * 3
    spec.visual.rgba.fog = [0.83, 0.88, 0.93, 1.0]
    spec.visual.map.fogstart, spec.visual.map.fogend = 8.0, 42.0
    spec.visual.map.shadowclip = 6.0
    spec.stat.extent, spec.stat.center = 1.0, [0.0, 0.0, 0.0]
    for index in range(LIGHTS):
        light = spec.worldbody.add_light(
            name=f"light{index}", type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
        )
        light.dir = upright(SUN_DIRECTION, up)
        light.diffuse, light.specular, light.ambient = [0.62] * 3, [0.12] * 3, [0.0] * 3
        light.active, light.castshadow = index == 0, index == 0
    fill = spec.worldbody.add_light(name="fill", type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL)
    fill.dir = upright(FILL_DIRECTION, up)
    fill.diffuse, fill.specular, fill.castshadow = [0.16] * 3, [0.0] * 3, False


def upright(direction: Sequence[float], up: Float) -> Float:
    """Return a direction, given for z up, where another axis is up."""
    return np.roll(direction, int(np.argmax(up)) - 2)


def _paint(spec: mujoco.MjSpec) -> None:
    """Add the sky and the ground's checker."""
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.36, 0.56, 0.82],
        rgb2=[0.83, 0.88, 0.93],
        width=64,
        height=384,
    )
    spec.add_texture(
        name="ground",
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_CHECKER,
        rgb1=[0.66, 0.68, 0.67],
        rgb2=[0.55, 0.58, 0.58],
        width=64,
        height=64,
    )


def _ground_material(spec: mujoco.MjSpec, name: str, repeats: Sequence[float]) -> str:
    material = spec.add_material(name=name, texrepeat=repeats, specular=0.05, shininess=0.1)
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = "ground"
    return name


def _add_plane(spec: mujoco.MjSpec, ground: Plane) -> None:
    quat = np.empty(4)
    mujoco.mju_quatZ2Vec(quat, ground.normal)
    spec.worldbody.add_geom(
        type=_G.mjGEOM_PLANE,
        size=[PLANE_HALF, PLANE_HALF, 10.0],
        pos=-ground.distance * ground.normal,
        quat=quat,
        material=_ground_material(spec, "plane", [PLANE_HALF / PLANE_SQUARE] * 2),
        group=SHOWN,
    )


def _add_tiles(spec: mujoco.MjSpec, tiles: TerrainTiles) -> None:
    """Add the coarse terrain, then the slots for tiles, which show nothing yet."""
    coarse = tiles.coarse()
    spans = [len(axis.starts) for axis in tiles.axes]
    ends = [axis.starts[-1] + axis.cells for axis in tiles.axes]
    half = [end * axis.scale / 2 for end, axis in zip(ends, tiles.axes, strict=True)]
    spec.add_hfield(
        name="coarse",
        nrow=coarse.shape[0],
        ncol=coarse.shape[1],
        size=[*half, tiles.height, 0.5],
        userdata=np.zeros(coarse.size),
    )
    middle = [axis.origin + h for axis, h in zip(tiles.axes, half, strict=True)]
    repeats = [float(axis.repeats * n) for axis, n in zip(tiles.axes, spans, strict=True)]
    spec.worldbody.add_geom(
        type=_G.mjGEOM_HFIELD,
        hfieldname="coarse",
        pos=[*middle, tiles.base - COARSE_DROP],
        material=_ground_material(spec, "coarse", repeats),
        group=SHOWN,
    )
    x, y = tiles.axes
    material = _ground_material(spec, "tile", [float(x.repeats), float(y.repeats)])
    for slot in range(min(TILE_SLOTS, tiles.count)):
        spec.add_hfield(
            name=f"tile{slot}",
            nrow=y.cells + 1,
            ncol=x.cells + 1,
            size=[x.half, y.half, tiles.height, 0.1],
            userdata=np.zeros((y.cells + 1) * (x.cells + 1)),
        )
        spec.worldbody.add_geom(
            type=_G.mjGEOM_HFIELD, hfieldname=f"tile{slot}", material=material, group=HIDDEN
        )
