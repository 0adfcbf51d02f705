"""Independent labelled views for learning to see: any task's scenes, random poses, no physics."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.vocab import (
    HELD_OUT_GATE_COLOURS,
    HELD_OUT_GLYPHS,
    SEVERAL,
    WIDE_COLOURS,
    WIDE_HELD_OUT_PAIRS,
    WIDE_SHAPES,
    Target,
)
from canter.sim.perception.printed_boards import EXTRA_GLYPHS, add_extra_glyphs, reprinted
from canter.sim.perception.referents import ReferentState, SceneReferents
from canter.sim.planar import Pose
from canter.sim.rendering.camera import Camera
from canter.sim.rendering.camera_noise import augment
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.footprints import clearance, footprints
from canter.sim.scenes.mjcf import BALL, add_scene
from canter.sim.scenes.object_visibility import ObjectVisibility
from canter.sim.scenes.placement import FLOOR_HALF
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import MAX_SEED, SceneRequest
from canter.sim.scenes.surroundings import yaw_quat
from canter.sim.scenes.visibility import mounted_camera, rotation
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Referent
from canter.sim.world_state import WorldState

VIEWS_PER_SCENE = 12
IN_VIEW_SHARE = 0.6
"""Share of questions about something that can be seen, where there is such a thing."""
ABSENT_SHARE = 0.7
"""Share of the other questions about what is nowhere in the scene, rather than out of view."""
ALIKE_SHARE = 0.6
"""Share of these about what is in view but for its colour or its kind, drawn from all words."""
KIND_SHARE = 0.7
"""Share of those that differ in their kind, where things of one place have several."""
HALF_NAMED_SHARE = 0.3
"""Share of things that are named by colour alone or by kind alone."""
LOOSE_SHARE = 0.2
"""Share of things that are called by a name that leaves open of which of a few kinds they are."""
APPROACH_SHARE = 0.75
"""Share of poses drawn round a thing, at all distances alike, rather than anywhere."""
APPROACH_RANGE = (0.35, 4.0)
APPROACH_BEARING = 0.9
DOUBTFUL_PIXELS = 0.5
"""A thing that does not count as seen though more of it shows leaves its label in doubt."""
LEAST_ROOM = 0.26
"""Least distance from the base origin to any surface, m."""
TILT_STD, HEIGHT_STD = 0.03, 0.012
"""Roll, pitch (rad) and base height (m) of a trot, standard deviations."""
POSED_SHARE, LOWEST, STEEPEST = 0.15, -0.13, 0.3
"""Share of poses with the body lowered and pitched, how low (m) and how steep (rad)."""
RAY_HEIGHTS = (0.06, 0.15, 0.25)
"""Heights over the floor at which something is in the way of a robot that walks, m."""
PASSAGES = ("gate", "tunnel", "passage", "bar", "bin")
"""Kinds whose held-out colours are those of gates."""
OPEN_ROLES = ("target", "distractor")
"""What may be named by its colour alone, as "the red thing"."""
_CAMERA = "view"

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """One labelled view with M questions.

    Attributes:
        image: RGB, uint8, camera.shape.
        gravity: unit gravity in the base frame, (3,).
        asked: what is asked for.
        found: where it is, None where the scene has none.
        certain: whether "seen" or "not seen" is beyond doubt, for each question.
        ranges: how far the floor is free from below the camera in each of some directions, m;
            infinite where nothing stands.
    """

    image: NDArray[np.uint8]
    gravity: Float
    asked: tuple[Target, ...]
    found: tuple[ReferentState | None, ...]
    certain: tuple[bool, ...]
    ranges: Float


class ViewSampler:
    """Draws labelled views of the scenes of some tasks; the same seed gives the same views.

    Args:
        seed: of the whole series.
        camera: that takes them.
        tasks: whose scenes; one that is named twice is drawn twice as often.
        azimuths: directions in which the floor is measured, left of ahead positive, rad.
        noise: add what a real camera adds.
    """

    def __init__(
        self,
        seed: int,
        camera: CameraSpec,
        tasks: Sequence[str],
        azimuths: Sequence[float] = (),
        *,
        noise: bool = True,
    ) -> None:
        self._rng = np.random.default_rng(np.random.SeedSequence([seed, 0x5EE]))
        self._tasks, self._azimuths, self._noise = tuple(tasks), tuple(azimuths), noise
        self._spec, self._camera = camera, Camera(camera.height, camera.width)

    def sample(self, count: int, questions: int = 1) -> list[View]:
        """Return ``count`` views, VIEWS_PER_SCENE from each scene, with M questions each."""
        views: list[View] = []
        while len(views) < count:
            viewer = _SceneViewer(self._scene(), self._spec, self._camera, self._rng)
            few = min(VIEWS_PER_SCENE, count - len(views))
            for view in (viewer.look(questions, self._azimuths) for _ in range(few)):
                image = augment(view.image, self._rng) if self._noise else view.image
                views.append(replace(view, image=image))
        return views

    def _scene(self) -> Scene:
        rng = self._rng
        name = self._tasks[int(rng.integers(len(self._tasks)))]
        level, seed = int(rng.integers(1, 4)), int(rng.integers(MAX_SEED))
        scene = task(name).sample(SceneRequest(seed, level))
        led = scene.ball is not None and scene.ball.path is not None
        return replace(
            scene,
            objects=tuple(reprinted(item, rng) for item in scene.objects),
            ball=scene.ball if led else None,
            tray=False,
        )


def held_out(target: Target) -> bool:
    """Tell whether training must not ask for such a thing."""
    pair = (target.colour or "", target.shape or "")
    passage = target.shape in PASSAGES and target.colour in HELD_OUT_GATE_COLOURS
    return pair in WIDE_HELD_OUT_PAIRS or passage or target.shape in HELD_OUT_GLYPHS


class _SceneViewer:
    """One scene without a robot, and a camera that can be put anywhere in it."""

    def __init__(
        self,
        scene: Scene,
        spec: CameraSpec,
        camera: Camera,
        rng: np.random.Generator,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        world = mujoco.MjSpec()
        world.worldbody.add_geom(
            name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[1.0, 1.0, 1.0]
        )
        world.worldbody.add_camera(name=_CAMERA)
        add_scene(world, scene, task(scene.task).capacity)
        add_extra_glyphs(world)
        self._model = world.compile()
        self._data = mujoco.MjData(self._model)
        self._scene, self._spec, self._camera = scene, spec, camera
        self._rng, self._robot = rng, robot
        self._sight = ObjectVisibility(scene, robot)
        self._referents = SceneReferents(scene, spec, robot)
        self._outlines = footprints(scene.objects)
        self._ball_w: Float | None = None
        self._colours = {item.colour for item in scene.objects if item.colour}
        self._kinds = {item.kind for item in scene.objects if item.role != "obstacle"}

    def look(self, questions: int, azimuths: Sequence[float]) -> View:
        """Return a view from a random pose with questions about it."""
        ball = self._scene.ball
        self._ball_w = None if ball is None else self._place_ball(ball)
        world = self._world(self._draw_pose())
        visible = self._sight.visible(world)
        doubtful = self._sight.showing(world, DOUBTFUL_PIXELS) - visible
        in_view = sorted(visible)
        asked = tuple(self._loosely(self._question(in_view)) for _ in range(questions))
        meant = [self._meant(target) for target in asked]
        image = self._shoot(world)
        return View(
            image=image,
            gravity=-rotation(world.quat)[-1],
            asked=asked,
            found=tuple(
                self._find(target, m, world) for target, m in zip(asked, meant, strict=True)
            ),
            certain=tuple(doubtful.isdisjoint(m) for m in meant),
            ranges=self._free_ways(world.pose[2], azimuths),
        )

    def _find(
        self, target: Target, meant: tuple[int, ...], world: WorldState
    ) -> ReferentState | None:
        """Return where the nearest thing is that is meant; the ball where it is one of them."""
        rolling = self._is_ball(target)
        if not meant and not rolling:
            return None
        named = Referent("", () if rolling else meant)
        (state,) = self._referents.states_of((named,), world)
        return state

    def _meant(self, target: Target) -> tuple[int, ...]:
        return tuple(
            i
            for i, item in enumerate(self._scene.objects)
            if target.matches(item.colour, item.kind)
            and (target.shape is not None or item.role in OPEN_ROLES)
        )

    def _is_ball(self, target: Target) -> bool:
        ((_, colour),) = self._scene.words if self._scene.ball is not None else (("", ""),)
        return self._scene.ball is not None and target == Target(colour, "ball")

    def _question(self, in_view: Sequence[int]) -> Target:
        """Draw what to ask for: often something in view, else something elsewhere or nowhere."""
        rng, objects = self._rng, self._scene.objects
        named = [
            i
            for i, item in enumerate(objects)
            if item.role != "obstacle" and not held_out(Target(item.colour, item.kind))
        ]
        seen = [i for i in named if i in in_view]
        if self._scene.ball is not None and rng.uniform() < 0.5:
            ((_, colour),) = self._scene.words
            return Target(colour, "ball")
        if seen and rng.uniform() < IN_VIEW_SHARE:
            return self._name(int(rng.choice(seen)))
        if named and rng.uniform() >= ABSENT_SHARE:
            return self._name(int(rng.choice(named)))
        if seen and rng.uniform() < ALIKE_SHARE:
            alike = self._alike(int(rng.choice(seen)))
            if alike is not None:
                return alike
        return self._absent(named)

    def _loosely(self, target: Target) -> Target:
        """Return a target, now and then by a name for several kinds that its own is one of."""
        names = [name for name, kinds in SEVERAL.items() if target.shape in kinds]
        if not target.colour or not names or self._rng.uniform() >= LOOSE_SHARE:
            return target
        return Target(target.colour, names[0])

    def _alike(self, index: int) -> Target | None:
        """Ask for a thing but for its colour or kind; None where all such are held out, or boards.

        Of what can be confused these are the nearest: a ball where a dumbbell of its colour lies.
        """
        item, rng = self._scene.objects[index], self._rng
        others = [Target(colour, item.kind) for colour in WIDE_COLOURS if colour != item.colour]
        if item.role in OPEN_ROLES and rng.uniform() < KIND_SHARE:
            others = [Target(item.colour, kind) for kind in WIDE_SHAPES if kind != item.kind]
        allowed = [target for target in others if not held_out(target)]
        if item.role == "board" or not allowed:
            return None
        return allowed[int(rng.integers(len(allowed)))]

    def _absent(self, named: Sequence[int]) -> Target:
        """Ask for what two things would be if they were one, or for another colour or kind."""
        rng, objects = self._rng, self._scene.objects
        if not named:
            return Target("red", "ball")
        if objects[named[0]].role == "board":
            return Target(None, str(rng.choice(EXTRA_GLYPHS)))
        kind = objects[int(rng.choice(named))].kind
        mixed = [Target(objects[i].colour, kind) for i in named]
        allowed = [target for target in mixed if not held_out(target)]
        return allowed[int(rng.integers(len(allowed)))]

    def _name(self, index: int, *, whole: bool = False) -> Target:
        """Return a target that means a thing, now and then by half its name."""
        item = self._scene.objects[index]
        if whole or item.role == "board" or self._rng.uniform() >= HALF_NAMED_SHARE:
            return Target(item.colour or None, item.kind)
        if item.role in OPEN_ROLES and self._rng.uniform() < 0.5:
            return Target(item.colour, None)
        return Target(None, item.kind)

    def _draw_pose(self) -> Pose:
        """Return a base pose x, y (m), yaw (rad) with room for the robot."""
        rng, half = self._rng, FLOOR_HALF - 0.1
        places = [(item.x, item.y) for item in self._scene.objects]
        if self._ball_w is not None:
            places += [(float(self._ball_w[0]), float(self._ball_w[1]))] * len(places)
        while True:
            if places and rng.uniform() < APPROACH_SHARE:
                near = places[int(rng.integers(len(places)))]
                away = math.exp(rng.uniform(*np.log(APPROACH_RANGE)))
                angle = rng.uniform(-math.pi, math.pi)
                x, y = near[0] + away * math.cos(angle), near[1] + away * math.sin(angle)
                yaw = angle + math.pi + rng.uniform(-APPROACH_BEARING, APPROACH_BEARING)
            else:
                x, y = (float(v) for v in rng.uniform(-half, half, 2))
                yaw = rng.uniform(-math.pi, math.pi)
            room = float(clearance(self._outlines, np.array(x), np.array(y)))
            if room >= LEAST_ROOM and max(abs(x), abs(y)) <= half:
                return x, y, yaw

    def _place_ball(self, ball: Ball) -> Float:
        assert ball.path is not None
        return np.array([*ball.path.at(self._rng.uniform(0.0, ball.path.times[-1])), ball.radius])

    def _world(self, pose: Pose) -> WorldState:
        """Return the world with the base at a pose, shaken as in a trot."""
        rng = self._rng
        roll, pitch = TILT_STD * rng.standard_normal(2)
        height = self._robot.standing_height + HEIGHT_STD * rng.standard_normal()
        if rng.uniform() < POSED_SHARE:
            height += rng.uniform(LOWEST, 0.0)
            pitch += rng.uniform(-STEEPEST, STEEPEST)
        turn = np.empty(4)
        tilt = np.array([1.0, roll / 2, pitch / 2, 0.0])
        mujoco.mju_mulQuat(turn, np.array(yaw_quat(pose[2])), tilt / np.linalg.norm(tilt))
        return WorldState(
            time=0.0,
            pose=pose,
            position_w=np.array([pose[0], pose[1], height]),
            quat=turn,
            speed=0.0,
            touched=False,
            touched_objects=frozenset(),
            fallen=False,
            ball_w=self._ball_w,
            standing_height=self._robot.standing_height,
        )

    def _free_ways(self, yaw: float, azimuths: Sequence[float]) -> Float:
        """Return how far the floor is free from below the camera, m, (azimuths,)."""
        free = np.full(len(azimuths), np.inf)
        if not azimuths:
            return free
        toward = yaw + np.asarray(azimuths)
        rays = np.stack([np.cos(toward), np.sin(toward), np.zeros(len(toward))], -1)
        x, y, _ = self._data.camera(_CAMERA).xpos
        for height in RAY_HEIGHTS:
            hit, at = np.empty(len(free), np.int32), np.empty(len(free))
            mujoco.mj_multiRay(
                self._model, self._data, np.array([x, y, height]), rays.ravel(), None, True, -1,
                hit, at, None, len(free), mujoco.mjMAXVAL,
            )  # fmt: skip
            free = np.minimum(free, np.where(hit >= 0, at, np.inf))
        return free

    def _shoot(self, world: WorldState) -> NDArray[np.uint8]:
        """Draw what the robot's camera sees."""
        if world.ball_w is not None:
            self._data.joint(BALL).qpos[:3] = world.ball_w
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        jitter = self._scene.appearance.camera
        pose = mounted_camera(world.position_w, rotation(world.quat), jitter, self._robot)
        camera = self._data.camera(_CAMERA)
        camera.xpos[:] = pose.pos_w
        camera.xmat[:] = pose.rot_w.ravel()
        self._model.camera(_CAMERA).fovy[:] = math.degrees(self._spec.fovy + jitter.fovy)
        return self._camera.render(self._model, self._data, _CAMERA)
