"""Pictures of environments, drawn off screen by MuJoCo's renderer: colours and distances.

A painter holds one OpenGL context's worth of a scene and draws any number of cameras of any size
with it. Everything is drawn in the world's frame, in which every environment has its origin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.env_poses import BodyPoses
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.scene_bodies import BONES, SHOWN
from canter.sim.isaacgym.scene_model import SceneModel
from canter.sim.isaacgym.tile_slots import TileSlots
from canter.sim.isaacgym.views import Lens
from canter.sim.rendering import opengl as gl

Float = NDArray[np.float64]
Image = NDArray[np.uint8]
Depth = NDArray[np.float32]
Quality = Literal["plain", "film", "still"]
_FLAG = mujoco.mjtRndFlag

FARTHEST = 150.0
"""Beyond this nothing is drawn, however far a camera sees, m."""
REACH, PRETTY_REACH = 8.0, 12.0
"""How far around a picture's centre a terrain is drawn in full detail, m."""
LIGHT_DISTANCE = 8.0
"""How far the lights are from the picture's centre, m; they are directional."""
MOST_GEOMS = 20_000
LINE_WIDTH_PX = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """The bodies of one environment.

    Attributes:
        poses: in the environment's frame.
        origin: of that frame, m, (3,).
        colours: red, green, blue, 0 to 1, of bodies that have a colour of their own.
    """

    poses: BodyPoses
    origin: Float
    colours: dict[int, tuple[float, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight lines.

    Attributes:
        ends: m, (n, 2, 3).
        colours: red, green, blue, 0 to 1, (n, 3).
    """

    ends: Float
    colours: Float


class Painter:
    """Draws scenes of one structure.

    Args:
        scene: the structure; its state belongs to the painter from now on.
        quality: `plain` for sensors; `film` adds shadows and haze, `still` smooth edges, too.

    Raises:
        CanterError: there is no OpenGL; the message says what to install.
    """

    def __init__(self, scene: SceneModel, *, quality: Quality = "plain") -> None:
        self._gl = gl.context()
        self.scene = scene
        model = scene.model
        self._slots = TileSlots(scene, scene.tiles) if scene.tiles is not None else None
        pretty = quality != "plain"
        model.vis.quality.offsamples = 4 if quality == "still" else 0
        model.vis.quality.shadowsize = 4096 if pretty else 0
        self._reach = PRETTY_REACH if pretty else REACH
        self._own_rgba = model.geom_rgba.copy()
        self._gl.make_current()
        self._size = (model.vis.global_.offwidth, model.vis.global_.offheight)
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR
        self._picture = mujoco.MjvScene(model, maxgeom=MOST_GEOMS)
        self._picture.flags[:] = 0
        self._picture.flags[_FLAG.mjRND_CULL_FACE] = 1
        for flag in (_FLAG.mjRND_SHADOW, _FLAG.mjRND_FOG):
            self._picture.flags[flag] = pretty
        self._option = mujoco.MjvOption()
        self._option.geomgroup[BONES] = pretty
        self._view = mujoco.MjvCamera()
        self._lens = Lens(1, 1, 1.0, 0.01, FARTHEST)
        self._rect = mujoco.MjrRect(0, 0, 1, 1)
        self._ground_geoms = 0

    def draw(
        self,
        lens: Lens,
        pose: Pose,
        figures: Sequence[Figure],
        *,
        centre: Float | None = None,
        lines: Lines | None = None,
        sky: bool = True,
    ) -> None:
        """Draw a picture, which :meth:`colours` and :meth:`distances` then read.

        Args:
            lens: of the camera.
            pose: of the camera, world frame.
            figures: what stands on the ground, one at least.
            centre: where the ground is drawn in full detail; the camera's position if left out.
            lines: to draw, too.
            sky: whether there is one; it has a distance, so pictures of distances have none.
        """
        self._gl.make_current()
        self._picture.flags[_FLAG.mjRND_SKYBOX] = sky
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self._fit(lens)
        centre = pose.pos if centre is None else centre
        self._show_ground(lens, pose, centre)
        self._stage(figures)
        if lines is not None:
            self._draw_lines(lines)
        self._cast_shadows(centre)
        self._aim(lens, pose)
        mujoco.mjr_render(self._rect, self._picture, self._context)

    def colours(self) -> Image:
        """Return the last picture's colours, uint8 (height, width, 3), the top row first."""
        image = np.empty((self._rect.height, self._rect.width, 3), np.uint8)
        mujoco.mjr_readPixels(image, None, self._rect, self._context)
        return image[::-1]

    def distances(self) -> Depth:
        """Return distances along the optical axis, m, (height, width).

        They are those of the last picture, drawn without sky; the top row comes first. Where
        there is nothing the distance is infinite.
        """
        depth = np.empty((self._rect.height, self._rect.width), np.float32)
        mujoco.mjr_readPixels(None, depth, self._rect, self._context)
        near, far = self._lens.near, min(self._lens.far, FARTHEST)
        distance = (near * far / (near + depth * (far - near))).astype(np.float32)
        distance[depth <= 0] = np.inf
        return distance[::-1]

    def _fit(self, lens: Lens) -> None:
        """Let the off-screen buffer be large enough for a picture."""
        width, height = max(self._size[0], lens.width), max(self._size[1], lens.height)
        if (width, height) != self._size:
            mujoco.mjr_resizeOffscreen(width, height, self._context)
            self._size = (width, height)
        self._lens = lens
        self._rect = mujoco.MjrRect(0, 0, lens.width, lens.height)

    def _show_ground(self, lens: Lens, pose: Pose, centre: Float) -> None:
        """Let the part of the ground about a point be the part that is drawn."""
        self.scene.centre_plane(centre)
        if self._slots is not None:
            for field in self._slots.show(lens, pose, centre, min(self._reach, lens.far)):
                mujoco.mjr_uploadHField(self.scene.model, self._context, field)

    def _stage(self, figures: Sequence[Figure]) -> None:
        """Fill the picture with the ground and all figures."""
        model, data = self.scene.model, self.scene.data
        everything, moving = mujoco.mjtCatBit.mjCAT_ALL, mujoco.mjtCatBit.mjCAT_DYNAMIC
        for number, figure in enumerate(figures):
            self._pose(figure)
            if number:
                mujoco.mjv_addGeoms(
                    model, data, self._option, mujoco.MjvPerturb(), moving, self._picture
                )
                continue
            mujoco.mj_camlight(model, data)
            mujoco.mjv_updateScene(
                model, data, self._option, None, self._view, everything, self._picture
            )
            self._ground_geoms = sum(model.geom_group[model.geom_bodyid == 0] == SHOWN)

    def _pose(self, figure: Figure) -> None:
        model, data = self.scene.model, self.scene.data
        data.mocap_pos[:] = figure.poses[0] + figure.origin
        data.mocap_quat[:] = figure.poses[1]
        model.geom_rgba[:] = self._own_rgba
        for body, rgb in figure.colours.items():
            model.geom_rgba[list(self.scene.body_geoms[body]), :3] = rgb
        mujoco.mj_kinematics(model, data)

    def _draw_lines(self, lines: Lines) -> None:
        picture = self._picture
        kind, nowhere = mujoco.mjtGeom.mjGEOM_LINE, np.zeros(3)
        rgba = np.ones(4, np.float32)
        free = picture.geoms[picture.ngeom :]
        drawn = zip(free, lines.ends, lines.colours, strict=False)
        for geom, (start, end), rgb in drawn:
            rgba[:3] = rgb
            mujoco.mjv_initGeom(geom, kind, nowhere, nowhere, np.zeros(9), rgba)
            mujoco.mjv_connector(geom, kind, LINE_WIDTH_PX, start, end)
            geom.emission, geom.category = 1.0, mujoco.mjtCatBit.mjCAT_DECOR
        picture.ngeom += min(len(free), len(lines.ends))

    def _cast_shadows(self, centre: Float) -> None:
        """Put the lights so near to a point that shadows about it are sharp; the ground casts none.

        A terrain's own shadows would cost as much again as the terrain, and speckle it.
        """
        for geom in self._picture.geoms[: self._ground_geoms]:
            geom.castshadow = 0
        for light in self._picture.lights[: self._picture.nlight]:
            if not light.headlight:
                light.pos = centre - LIGHT_DISTANCE * light.dir

    def _aim(self, lens: Lens, pose: Pose) -> None:
        axes = pose.rotation
        for eye in self._picture.camera:
            eye.pos, eye.forward, eye.up = pose.pos, axes[:, 0], axes[:, 2]
            eye.frustum_near, eye.frustum_far = lens.near, min(lens.far, FARTHEST)
            eye.frustum_center = 0.0
            eye.frustum_width = lens.near * lens.half_width
            eye.frustum_top = lens.near * lens.half_height
            eye.frustum_bottom = -eye.frustum_top
