"""What a camera sees: small first-person views, fast, and a follow view for people.

All models of :mod:`canter.sim.scenes.mjcf` share their textures and meshes, so one OpenGL context
draws them all.
"""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.rendering import opengl as gl
from canter.sim.robots.equip import CAMERA

VIEW_HEIGHT, VIEW_WIDTH = 64, 96
"""Size of the robot's own view, px."""
ROBOT_GROUP = 2
"""Geom group of the robot's body, which its own camera does not draw."""
MAX_GEOMS = 256
LOOK_AHEAD = 0.4
"""How far ahead of the robot the follow view is centred, m."""
FOLLOW_ELEVATION_DEG = -28.0

Image = NDArray[np.uint8]
_FLAG = mujoco.mjtRndFlag


class Camera:
    """Draws the view of a camera of the model into arrays; use it from one thread.

    Args:
        height: px.
        width: px.
        show_robot: draw the robot's own body.
        pretty: smooth edges and shadows, for pictures that people look at.
    """

    def __init__(
        self,
        height: int = VIEW_HEIGHT,
        width: int = VIEW_WIDTH,
        *,
        show_robot: bool = False,
        pretty: bool = False,
    ) -> None:
        self._gl = gl.context()
        self.height, self.width = height, width
        self._pretty = pretty
        self._rect = mujoco.MjrRect(0, 0, width, height)
        self._bottom_up = np.empty((height, width, 3), np.uint8)
        self._context: mujoco.MjrContext | None = None
        self._scene: mujoco.MjvScene | None = None
        self._assets: tuple[int, ...] = ()
        self._option = mujoco.MjvOption()
        self._option.sitegroup[:] = 0
        self._option.geomgroup[ROBOT_GROUP] = show_robot
        self._view = mujoco.MjvCamera()

    def render(self, model: mujoco.MjModel, data: mujoco.MjData, camera: str = CAMERA) -> Image:
        """Return the view of a named camera at the data's camera pose, (height, width, 3)."""
        self._view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._view.fixedcamid = model.camera(camera).id
        return self._draw(model, data)

    def follow(
        self, model: mujoco.MjModel, data: mujoco.MjData, yaw: float, distance: float = 2.4
    ) -> Image:
        """Return a view of the robot from behind and above, (height, width, 3).

        Args:
            model: the world.
            data: its state, with kinematics up to date.
            yaw: heading behind which the viewer stands, rad.
            distance: of the viewer from the robot, m.
        """
        self._view.type = mujoco.mjtCamera.mjCAMERA_FREE
        ahead = np.array([math.cos(yaw), math.sin(yaw), 0.0])
        self._view.lookat = data.body("base").xpos + LOOK_AHEAD * ahead
        self._view.azimuth = math.degrees(yaw)
        self._view.elevation = FOLLOW_ELEVATION_DEG
        self._view.distance = distance
        return self._draw(model, data)

    def segment(self, model: mujoco.MjModel, data: mujoco.MjData, camera: str) -> NDArray[np.int32]:
        """Return the geom id at each pixel, -1 where there is none, (height, width)."""
        scene = self._scene_for(model)
        scene.flags[_FLAG.mjRND_SEGMENT] = scene.flags[_FLAG.mjRND_IDCOLOR] = 1
        code = self.render(model, data, camera).astype(np.int32) @ np.array([1, 1 << 8, 1 << 16])
        scene.flags[_FLAG.mjRND_SEGMENT] = scene.flags[_FLAG.mjRND_IDCOLOR] = 0
        is_geom = mujoco.mjtObj.mjOBJ_GEOM
        ids = np.full(1 + scene.ngeom, -1, np.int32)
        for geom in scene.geoms[: scene.ngeom]:
            ids[geom.segid + 1] = geom.objid if geom.objtype == is_geom else -1
        return np.asarray(ids[code])

    def _scene_for(self, model: mujoco.MjModel) -> mujoco.MjvScene:
        """Return the scene buffer, made anew where the model has other assets."""
        assets = (model.ntex, model.ntexdata, model.nmat, model.nmesh, model.nmeshvert)
        if self._scene is None or assets != self._assets:
            self._open(model)
            self._assets = assets
        assert self._scene is not None
        return self._scene

    def _open(self, model: mujoco.MjModel) -> None:
        """Upload the assets, with an offscreen buffer of exactly this size."""
        model.vis.global_.offwidth, model.vis.global_.offheight = self.width, self.height
        quality = model.vis.quality
        saved = quality.offsamples, quality.shadowsize, quality.numslices, quality.numstacks
        if self._pretty:
            quality.offsamples, quality.shadowsize = 0, 1024
            quality.numslices, quality.numstacks = 32, 20
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        quality.offsamples, quality.shadowsize, quality.numslices, quality.numstacks = saved
        self._scene = mujoco.MjvScene(model, maxgeom=MAX_GEOMS)
        self._scene.flags[:] = 0
        self._scene.flags[_FLAG.mjRND_SKYBOX] = 1
        self._scene.flags[_FLAG.mjRND_CULL_FACE] = 1
        self._scene.flags[_FLAG.mjRND_SHADOW] = self._pretty

    def _draw(self, model: mujoco.MjModel, data: mujoco.MjData) -> Image:
        """Render the current view and return it top row first."""
        scene = self._scene_for(model)
        mujoco.mjv_updateScene(
            model, data, self._option, None, self._view, mujoco.mjtCatBit.mjCAT_ALL, scene
        )
        if self._pretty:
            for light in scene.lights[: scene.nlight]:
                light.castshadow = not light.headlight
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        mujoco.mjr_render(self._rect, scene, self._context)
        mujoco.mjr_readPixels(self._bottom_up, None, self._rect, self._context)
        return self._bottom_up[::-1].copy()
