"""Independent labelled views for learning to see: random scenes, random poses, no physics."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.layout import Layout
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.vocab import Target
from canter.sim.perception.projection import pixel_of
from canter.sim.rendering.camera import Camera
from canter.sim.rendering.camera_noise import augment
from canter.sim.scenes.mjcf import add_scene
from canter.sim.scenes.placement import FLOOR_HALF
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.shapes import Thing, nearest_surface_distance
from canter.sim.scenes.surroundings import yaw_quat
from canter.sim.scenes.visibility import CameraPose, VisibilityCheck, mounted_camera, rotation
from canter.sim.tasks.go_to import TASK as GO_TO
from canter.sim.tasks.go_to.go_to_scene import goal_of, usual_pairs
from canter.sim.tasks.stopping import bearing

VIEWS_PER_SCENE = 12
IN_VIEW_SHARE = 0.65
"""Share of views whose target is one that can be seen, where there is one."""
ABSENT_SHARE = 0.5
"""Share of the other views whose target is nowhere in the scene, rather than out of view."""
ALIKE_SHARE = 0.6
"""Share of absent targets whose colour and whose shape are there, but not in one object."""
HALF_NAMED_SHARE = 0.45
"""Share of targets named by colour alone or by shape alone."""
APPROACH_SHARE = 0.7
"""Share of poses drawn round an object, at all distances alike, rather than anywhere."""
APPROACH_RANGE = (0.38, 4.0)
APPROACH_BEARING = 0.9
DOUBTFUL_PIXELS = 0.5
"""An object that does not count as seen though more of it shows leaves its label in doubt."""
LEAST_ROOM = 0.36
"""Least distance from the base origin to any surface, m."""
TILT_STD, HEIGHT_STD = 0.03, 0.012
"""Roll, pitch (rad) and base height (m) of a trot, standard deviations."""
MAX_SEED = 10**9
"""Seeds of training scenes lie below; evaluation takes its seeds from above."""
_CAMERA = "view"
_FLAGS = ("visible", "certain", "present")
_LABEL = Layout(dict.fromkeys(_FLAGS, 1) | {"bearing": 1, "distance": 1, "pixel": 2})

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PerceptionBatch:
    """K labelled views, each with M questions.

    Attributes:
        images: RGB, uint8, (K, *camera.shape).
        gravity: unit gravity in the base frame, (K, 3).
        targets: what is asked for, K times M of them.
        visible: whether such an object can be seen, (K, M).
        certain: whether ``visible`` is beyond doubt, (K, M); False where but a few pixels of such
            an object show.
        present: whether there is one in the scene at all, (K, M).
        bearing: direction from the base to the nearest such object (of those in view, if any),
            positive to the left of the base's x axis, rad, (K, M); 0 where none is present.
        distance: from the base origin to its nearest surface, m, (K, M); 0 where none is present.
        pixel: where its centre is in the image, x right and y down, -1..1 from edge to edge,
            clipped, (K, M, 2); 0 where none is present.
    """

    images: NDArray[np.uint8]
    gravity: Float
    targets: tuple[tuple[Target, ...], ...]
    visible: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    present: NDArray[np.bool_]
    bearing: Float
    distance: Float
    pixel: Float


class PerceptionSampler:
    """Draws labelled views of go_to's scenes; the same seed gives the same views.

    Args:
        seed: of the whole series.
        camera: that takes them.
        split: of the scenes.
        noise: add what a real camera adds.
    """

    def __init__(
        self, seed: int, camera: CameraSpec, split: str = "seen", *, noise: bool = True
    ) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence([seed, 0x5EE]))
        self._split = split
        self._noise = noise
        self._spec = camera
        self._camera = Camera(camera.height, camera.width)

    def sample(self, count: int, questions: int = 1) -> PerceptionBatch:
        """Return ``count`` views, VIEWS_PER_SCENE from each scene, with M questions each."""
        images = np.empty((count, *self._spec.shape), np.uint8)
        gravity = np.empty((count, 3))
        targets: list[tuple[Target, ...]] = []
        labels = np.zeros((count, questions, _LABEL.size))
        for first in range(0, count, VIEWS_PER_SCENE):
            request = SceneRequest(int(self._rng.integers(MAX_SEED)), split=self._split)
            scene = GO_TO.sample(request)
            viewer = _SceneViewer(scene, self._spec, self._camera)
            things = goal_of(scene).things
            for k in range(first, min(first + VIEWS_PER_SCENE, count)):
                pose = self._draw_pose(things)
                image, gravity[k], camera, seen, pixels = viewer.look(*pose, self._rng)
                doubtful = ~seen & (pixels > DOUBTFUL_PIXELS)
                images[k] = augment(image, self._rng) if self._noise else image
                asked = tuple(self._draw_target(things, seen) for _ in range(questions))
                targets.append(asked)
                pixel = partial(viewer.pixel_of, pose=camera)
                labels[k] = [_label(things, target, seen, pose, pixel) for target in asked]
                labels[k, :, _LABEL["certain"]] = [
                    [not any(doubtful[i] for i in _matching(things, target))] for target in asked
                ]
        named = _LABEL.unpack(labels)
        single = {name: named[name][..., 0] for name in _FLAGS}
        return PerceptionBatch(
            images=images,
            gravity=gravity,
            targets=tuple(targets),
            visible=single["visible"] > 0,
            certain=single["certain"] > 0,
            present=single["present"] > 0,
            bearing=named["bearing"][..., 0].astype(np.float64),
            distance=named["distance"][..., 0].astype(np.float64),
            pixel=named["pixel"].astype(np.float64),
        )

    def _draw_pose(self, things: Sequence[Thing]) -> tuple[float, float, float]:
        """Return a base pose x, y (m), yaw (rad) with room for the robot's front."""
        rng, half = self._rng, FLOOR_HALF - 0.1
        while True:
            if rng.uniform() < APPROACH_SHARE:
                thing = things[int(rng.integers(len(things)))]
                away = math.exp(rng.uniform(*np.log(APPROACH_RANGE))) + thing.size[0] / 2
                angle = rng.uniform(-math.pi, math.pi)
                x, y = thing.x + away * math.cos(angle), thing.y + away * math.sin(angle)
                yaw = angle + math.pi + rng.uniform(-APPROACH_BEARING, APPROACH_BEARING)
            else:
                x, y = (float(v) for v in rng.uniform(-half, half, 2))
                yaw = rng.uniform(-math.pi, math.pi)
            room = min(nearest_surface_distance(o, x, y) for o in things)
            if room >= LEAST_ROOM and max(abs(x), abs(y)) <= half:
                return x, y, yaw

    def _draw_target(self, things: Sequence[Thing], seen: NDArray[np.bool_]) -> Target:
        """Draw what to ask for: often something in view, else something elsewhere or nowhere."""
        rng = self._rng
        if seen.any() and rng.uniform() < IN_VIEW_SHARE:
            return self._name(things[rng.choice(np.flatnonzero(seen))])
        if not seen.all() and rng.uniform() >= ABSENT_SHARE:
            return self._name(things[rng.choice(np.flatnonzero(~seen))])
        here = {(o.colour, o.shape) for o in things}
        mixed = {(a.colour, b.shape) for a in things for b in things} - here
        pairs = usual_pairs("none") + (
            usual_pairs("pair") if self._split == "unseen_object" else []
        )
        absent = [pair for pair in pairs if pair not in here]
        alike = [pair for pair in absent if pair in mixed]
        if alike and rng.uniform() < ALIKE_SHARE:
            absent = alike
        return Target(*absent[rng.integers(len(absent))])

    def _name(self, thing: Thing) -> Target:
        """Return a target that means the object, now and then by half its name."""
        if self._rng.uniform() >= HALF_NAMED_SHARE:
            return Target(thing.colour, thing.shape)
        return (
            Target(thing.colour, None) if self._rng.uniform() < 0.5 else Target(None, thing.shape)
        )


class _SceneViewer:
    """One scene without a robot, and a camera that can be put anywhere in it."""

    def __init__(
        self,
        scene: Scene,
        spec: CameraSpec,
        camera: Camera,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        world = mujoco.MjSpec()
        world.worldbody.add_geom(
            name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1.0, 1.0, 1.0]
        )
        world.worldbody.add_camera(name=_CAMERA)
        add_scene(world, scene, GO_TO.capacity)
        self._model = world.compile()
        self._data = mujoco.MjData(self._model)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        self._spec, self._camera, self._robot = spec, camera, robot
        self._jitter = scene.appearance.camera
        self._sight = VisibilityCheck(goal_of(scene).things)

    def look(
        self, x: float, y: float, yaw: float, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], Float, CameraPose, NDArray[np.bool_], Float]:
        """Return the picture from a base pose shaken as in a trot, and what goes with it.

        Gravity in the base frame, the camera's pose, and for each object whether it is seen and how
        many pixels of it show.
        """
        height = self._robot.standing_height + HEIGHT_STD * rng.standard_normal()
        turn = rotation(np.array(yaw_quat(yaw)))
        base = turn @ _tilt(*TILT_STD * rng.standard_normal(2))
        mounted = mounted_camera(np.array([x, y, height]), base, self._jitter, self._robot)
        pose = replace(mounted, fovy=self._spec.fovy + self._jitter.fovy)
        picture, sight = self._shoot(pose), self._sight
        return picture, -base[-1], pose, sight.visible(mounted), sight.pixels(mounted)

    def pixel_of(self, thing: Thing, pose: CameraPose) -> Float:
        """Return where an object's middle is in the image from a camera pose, (2,)."""
        return pixel_of(np.array([thing.x, thing.y, thing.size[1] / 2]), pose, self._spec)

    def _shoot(self, pose: CameraPose) -> NDArray[np.uint8]:
        """Draw the view from a camera pose."""
        camera = self._data.camera(_CAMERA)
        camera.xpos[:] = pose.pos_w
        camera.xmat[:] = pose.rot_w.ravel()
        self._model.camera(_CAMERA).fovy[:] = math.degrees(pose.fovy)
        return self._camera.render(self._model, self._data, _CAMERA)


def _tilt(roll: float, pitch: float) -> Float:
    """Return the rotation matrix of a small roll and pitch, rad, (3, 3)."""
    quat = np.array([1.0, roll / 2, pitch / 2, 0.0])
    return rotation(quat / np.linalg.norm(quat))


def _label(
    things: Sequence[Thing],
    target: Target,
    seen: NDArray[np.bool_],
    pose: tuple[float, float, float],
    pixel: Callable[[Thing], Float],
) -> NDArray[np.float32]:
    """Return the labels, laid out as _LABEL, of the nearest object that is meant."""
    x, y, _ = pose
    matching = _matching(things, target)
    if not matching:
        return np.zeros(_LABEL.size, np.float32)
    in_view = [i for i in matching if seen[i]]
    nearest = min(
        (things[i] for i in in_view or matching), key=lambda o: nearest_surface_distance(o, x, y)
    )
    return _LABEL.pack(
        {
            "visible": np.array([bool(in_view)], float),
            "certain": np.ones(1),
            "present": np.ones(1),
            "bearing": np.array([bearing(nearest, pose)]),
            "distance": np.array([nearest_surface_distance(nearest, x, y)]),
            "pixel": pixel(nearest),
        }
    )


def _matching(things: Sequence[Thing], target: Target) -> list[int]:
    """Return the indices of the objects that a target means."""
    return [i for i, o in enumerate(things) if target.matches(o.colour, o.shape)]
