"""Independent labelled views for learning to see: random scenes, random poses, no physics."""

import math
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2
from canter.control.vocab import Target
from canter.sim.camera import VIEW_HEIGHT, VIEW_WIDTH, Camera
from canter.sim.camera_noise import augment
from canter.sim.placement import FLOOR_HALF
from canter.sim.scene import Scene, all_pairs, sample_scene
from canter.sim.shapes import SceneObject, nearest_surface_distance
from canter.sim.stage import furnish
from canter.sim.visibility import CameraPose, Sight, mounted_camera, rotation

VIEWS_PER_SCENE = 12
IN_VIEW_SHARE = 0.8
"""Share of views whose target is one that can be seen, where there is one."""
ABSENT_SHARE = 0.5
"""Share of the other views whose target is nowhere in the scene, rather than out of view."""
HALF_NAMED_SHARE = 0.15
"""Share of targets named by colour alone or by shape alone."""
APPROACH_SHARE = 0.7
"""Share of poses drawn round an object, at all distances alike, rather than anywhere."""
APPROACH_RANGE = (0.38, 4.0)
APPROACH_BEARING = 0.9
LEAST_ROOM = 0.36
"""Least distance from the base origin to any surface, m."""
TILT_STD, HEIGHT_STD = 0.03, 0.012
"""Roll, pitch (rad) and base height (m) of a trot, standard deviations."""
_CAMERA = "view"

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Views:
    """K labelled views.

    Attributes:
        images: RGB, uint8, (K, 64, 96, 3).
        targets: what is asked for, K of them.
        visible: whether such an object can be seen, (K,).
        present: whether there is one in the scene at all, (K,).
        bearing: direction from the base to the nearest such object (of those in view, if any),
            positive to the left of the base's x axis, rad, (K,); 0 where none is present.
        distance: from the base origin to its nearest surface, m, (K,); 0 where none is present.
    """

    images: NDArray[np.uint8]
    targets: tuple[Target, ...]
    visible: NDArray[np.bool_]
    present: NDArray[np.bool_]
    bearing: Float
    distance: Float


class ViewSampler:
    """Draws labelled views; the same seed gives the same views.

    Args:
        seed: of the whole series.
        split: of the scenes, as in :func:`canter.sim.scene.sample_scene`.
        noise: add what a real camera adds.
    """

    def __init__(self, seed: int, split: str = "seen", *, noise: bool = True) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence([seed, 0x5EE]))
        self._split = split
        self._noise = noise
        self._camera = Camera()

    def sample(self, count: int) -> Views:
        """Return ``count`` views, VIEWS_PER_SCENE from each scene."""
        images = np.empty((count, VIEW_HEIGHT, VIEW_WIDTH, 3), np.uint8)
        targets: list[Target] = []
        labels = np.zeros((count, 4))
        for first in range(0, count, VIEWS_PER_SCENE):
            scene = sample_scene(int(self._rng.integers(2**31)), self._split)
            stage = _Stage(scene, self._camera)
            for k in range(first, min(first + VIEWS_PER_SCENE, count)):
                pose = self._draw_pose(scene)
                image, seen = stage.look(*pose, self._rng)
                images[k] = augment(image, self._rng) if self._noise else image
                target = self._draw_target(scene, seen)
                targets.append(target)
                labels[k] = _label(scene, target, seen, pose)
        visible, present, bearing, distance = labels.T
        return Views(images, tuple(targets), visible > 0, present > 0, bearing, distance)

    def _draw_pose(self, scene: Scene) -> tuple[float, float, float]:
        """Return a base pose x, y (m), yaw (rad) with room for the robot's front."""
        rng, half = self._rng, FLOOR_HALF - 0.1
        while True:
            if rng.uniform() < APPROACH_SHARE:
                thing = scene.objects[rng.integers(len(scene.objects))]
                away = math.exp(rng.uniform(*np.log(APPROACH_RANGE))) + thing.size[0] / 2
                angle = rng.uniform(-math.pi, math.pi)
                x, y = thing.x + away * math.cos(angle), thing.y + away * math.sin(angle)
                yaw = angle + math.pi + rng.uniform(-APPROACH_BEARING, APPROACH_BEARING)
            else:
                x, y = (float(v) for v in rng.uniform(-half, half, 2))
                yaw = rng.uniform(-math.pi, math.pi)
            room = min(nearest_surface_distance(o, x, y) for o in scene.objects)
            if room >= LEAST_ROOM and max(abs(x), abs(y)) <= half:
                return x, y, yaw

    def _draw_target(self, scene: Scene, seen: NDArray[np.bool_]) -> Target:
        """Draw what to ask for: often something in view, else something elsewhere or nowhere."""
        rng = self._rng
        if seen.any() and rng.uniform() < IN_VIEW_SHARE:
            return self._name(scene.objects[rng.choice(np.flatnonzero(seen))])
        if not seen.all() and rng.uniform() >= ABSENT_SHARE:
            return self._name(scene.objects[rng.choice(np.flatnonzero(~seen))])
        here = {(o.colour, o.shape) for o in scene.objects}
        pairs = all_pairs("none") + (all_pairs("pair") if self._split == "unseen_object" else [])
        absent = [pair for pair in pairs if pair not in here]
        return Target(*absent[rng.integers(len(absent))])

    def _name(self, thing: SceneObject) -> Target:
        """Return a target that means the object, now and then by half its name."""
        if self._rng.uniform() >= HALF_NAMED_SHARE:
            return Target(thing.colour, thing.shape)
        return (
            Target(thing.colour, None) if self._rng.uniform() < 0.5 else Target(None, thing.shape)
        )


class _Stage:
    """One scene without a robot, and a camera that can be put anywhere in it."""

    def __init__(self, scene: Scene, camera: Camera) -> None:
        spec = mujoco.MjSpec()
        spec.worldbody.add_geom(
            name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1.0, 1.0, 1.0]
        )
        spec.worldbody.add_camera(name=_CAMERA)
        furnish(spec, scene)
        self._model = spec.compile()
        self._data = mujoco.MjData(self._model)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        self._camera = camera
        self._jitter = scene.look.camera
        self._sight = Sight(scene.objects)

    def look(
        self, x: float, y: float, yaw: float, rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the picture from a base pose shaken as in a trot, and which objects are in it."""
        height = GO2.standing_height + HEIGHT_STD * rng.standard_normal()
        turn = rotation(np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]))
        pose = mounted_camera(
            np.array([x, y, height]), turn @ _tilt(*TILT_STD * rng.standard_normal(2)), self._jitter
        )
        return self._shoot(pose), self._sight.visible(pose)

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
    scene: Scene, target: Target, seen: NDArray[np.bool_], pose: tuple[float, float, float]
) -> tuple[float, float, float, float]:
    """Return (visible, present, bearing, distance) of the nearest object that is meant."""
    x, y, yaw = pose
    matching = [i for i, o in enumerate(scene.objects) if target.matches(o.colour, o.shape)]
    if not matching:
        return 0.0, 0.0, 0.0, 0.0
    in_view = [i for i in matching if seen[i]]
    nearest = min(
        (scene.objects[i] for i in in_view or matching),
        key=lambda o: nearest_surface_distance(o, x, y),
    )
    bearing = math.remainder(math.atan2(nearest.y - y, nearest.x - x) - yaw, math.tau)
    return float(bool(in_view)), 1.0, bearing, nearest_surface_distance(nearest, x, y)
