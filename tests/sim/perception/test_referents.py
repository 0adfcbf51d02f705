"""What is told of named things, against hand arithmetic and against the picture."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.command_policy import CameraSpec
from canter.control.vocab import Target
from canter.sim.perception.referents import ReferentState, SceneReferents
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from tests.sim.scene_models import VIEW, red_ball, scene_of


def at_start(scene: Scene) -> tuple[ReferentState | None, ...]:
    """Return the referents of a scene as a robot at its start has them."""
    with SceneEnv([scene], camera=VIEW) as env:
        return SceneReferents(scene, VIEW).states(env.world_states()[0])


def only(scene: Scene) -> ReferentState:
    (state,) = at_start(scene)
    assert state is not None
    return state


def test_a_ball_ahead_to_the_left_by_hand() -> None:
    state = only(scene_of(red_ball(2.0, 1.0)))
    assert state.seen
    assert state.bearing == pytest.approx(math.atan2(1.0, 2.0), abs=1e-6)
    assert state.distance == pytest.approx(math.hypot(2.0, 1.0) - 0.2, abs=1e-6)
    assert -1.0 < state.pixel[0] < -0.1  # to the left of the middle


def test_a_ball_behind_is_not_seen_and_its_direction_is_known() -> None:
    state = only(scene_of(red_ball(-2.0, 0.0)))
    assert not state.seen
    assert abs(state.bearing) == pytest.approx(math.pi)
    assert state.distance == pytest.approx(1.8)


def test_of_several_the_nearest_in_view_is_meant() -> None:
    near, far = red_ball(-1.0, 0.0), red_ball(2.0, 0.0)
    state = only(scene_of(near, far, target=Target("red", None)))
    assert state.seen
    assert state.distance == pytest.approx(1.8)


@pytest.mark.parametrize("place", [(1.5, 0.0), (2.0, 0.7), (2.5, -1.0)])
@pytest.mark.parametrize("camera", [VIEW, RECORDING_CAMERA])
def test_the_pixel_is_where_the_ball_is_drawn(
    place: tuple[float, float], camera: CameraSpec
) -> None:
    scene = scene_of(red_ball(*place))
    with SceneEnv([scene], camera=camera) as env:
        red, green, blue = np.moveaxis(env.render(0).astype(int), -1, 0)
        (state,) = SceneReferents(scene, camera).states(env.world_states()[0])
    assert state is not None
    rows, columns = np.nonzero((red > 60) & (red > 2 * green) & (red > 2 * blue))
    middle = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
    expected = 2 * middle[0] / camera.width - 1, 2 * middle[1] / camera.height - 1
    assert state.pixel == pytest.approx(expected, abs=0.05)


def test_a_led_ball_is_a_referent_without_objects() -> None:
    scene = task("follow").sample(SceneRequest(3))
    assert scene.ball is not None and scene.ball.path is not None
    state = only(scene)
    x, y = scene.ball.path.at(0.0)
    away = math.hypot(x - scene.start[0], y - scene.start[1])
    assert state.distance == pytest.approx(away - scene.ball.radius, abs=1e-6)
    assert state.seen
    behind = replace(scene, start=(*scene.start[:2], scene.start[2] + math.pi))
    assert not only(behind).seen


@pytest.mark.parametrize("name", task_names())
def test_every_task_has_its_referents(name: str) -> None:
    scene = task(name).sample(SceneRequest(5))
    states = at_start(scene)
    assert len(states) == len(task(name).referents(scene))
    for state in states:
        assert state is not None
        assert np.isfinite([state.bearing, state.distance, *state.pixel]).all()
        assert abs(state.bearing) <= math.pi
        assert state.distance >= 0
