import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from canter.sim.isaacgym import gymapi, gymutil
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.gymapi import Vec3
from canter.sim.isaacgym.viewer import MOST_LINES, Viewer, lines_of
from tests.sim.isaacgym.camera_world import box_world, properties, red_pixels


def test_headless_code_may_pass_none_for_the_viewer() -> None:
    gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (0.0, 0.0, 1.0))
    gym.viewer_camera_look_at(None, None, Vec3(1, 0, 0), Vec3(0, 0, 0))
    gym.subscribe_viewer_keyboard_event(None, gymapi.KEY_ESCAPE, "QUIT")
    gym.step_graphics(sim)
    gym.draw_viewer(None, sim, True)
    gym.poll_viewer_events(None)
    gym.sync_frame_time(sim)
    gym.add_lines(None, env, 1, np.zeros(6), np.zeros(3))
    gym.clear_lines(None)
    gym.destroy_viewer(None)
    assert gym.query_viewer_action_events(None) == []
    assert gym.query_viewer_has_closed(None) is False
    with pytest.raises(GymError, match="create_viewer"):
        gym.write_viewer_image_to_file(None, "picture.png")


def test_a_viewer_is_announced_once_and_takes_keys(capsys: pytest.CaptureFixture[str]) -> None:
    gym, sim, _ = box_world((0.2, 0.2, 0.2), (0.0, 0.0, 1.0))
    viewers = [gym.create_viewer(sim, gymapi.CameraProperties()) for _ in range(2)]
    assert capsys.readouterr().out.count("--record") <= 1
    viewer = viewers[0]
    gym.subscribe_viewer_keyboard_event(viewer, gymapi.KEY_V, "toggle_viewer_sync")
    gym.subscribe_viewer_mouse_event(viewer, gymapi.MOUSE_LEFT_BUTTON, "shoot")
    assert gym.query_viewer_action_events(viewer) == []
    assert gym.get_viewer_size(viewer) == (1600, 900)
    gym.destroy_viewer(viewer)
    assert gym.query_viewer_has_closed(viewer) is True


def test_the_viewers_pose_is_told_in_the_frame_asked_for() -> None:
    """The second environment's frame is 3 m along x."""
    gym, sim, (_, env) = box_world((0.2, 0.2, 0.2), (0, 0, 1), (0, 0, 1), spacing=3.0)
    viewer = gym.create_viewer(sim, properties())
    gym.viewer_camera_look_at(viewer, env, Vec3(-1.0, 2.0, 1.0), Vec3(0.0, 2.0, 1.0))
    assert gym.get_viewer_camera_transform(viewer, env).p.array() == pytest.approx([-1, 2, 1])
    world = gym.get_viewer_camera_transform(viewer, None)
    assert world.p.array() == pytest.approx([2, 2, 1])
    assert world.transform_vector(Vec3(1, 0, 0)).array() == pytest.approx([1, 0, 0])


def test_a_picture_shows_all_environments_where_they_are_in_the_world(tmp_path: Path) -> None:
    """Boxes 2 m apart along x, seen from -y: equally far left and right of the middle."""
    box = (0.0, 0.0, 1.0)
    gym, sim, _ = box_world((0.2, 0.2, 0.2), box, box, spacing=2.0)
    viewer = gym.create_viewer(sim, properties())
    gym.viewer_camera_look_at(viewer, None, Vec3(1.0, -4.0, 1.0), Vec3(1.0, 0.0, 1.0))
    gym.write_viewer_image_to_file(viewer, f"{tmp_path}/new/picture.png")
    image = np.asarray(Image.open(tmp_path / "new" / "picture.png"))
    columns = red_pixels(image)[:, 1]
    left, right = columns[columns < 80], columns[columns > 80]
    assert len(left) > 20 and len(right) > 20
    assert 79.5 - left.mean() == pytest.approx(right.mean() - 79.5, abs=1.0)
    assert gym.get_rigid_body_color(sim.environments[1], 0, 0).array() == pytest.approx([1, 0, 0])


def test_lines_are_drawn_until_they_are_cleared() -> None:
    gym, sim, (env,) = box_world((0.02, 0.02, 0.02), (0.0, 0.0, -1.0))
    viewer = gym.create_viewer(sim, properties())
    gym.viewer_camera_look_at(viewer, None, Vec3(-2.0, 0.0, 1.0), Vec3(0.0, 0.0, 1.0))
    gym.add_lines(viewer, env, 1, [0, -0.5, 1.0, 0, 0.5, 1.0], [1.0, 0.0, 0.0])
    rows, columns = red_pixels(viewer.picture()).T
    assert rows == pytest.approx(np.full(len(rows), 59.5), abs=2)
    # 1 m, 2 m away, with a focal length of 80 / tan 30 deg
    assert np.ptp(columns) == pytest.approx(80 / np.tan(np.pi / 6) / 2, abs=3)
    gym.clear_lines(viewer)
    assert len(red_pixels(viewer.picture())) == 0
    gymutil.draw_lines(
        gymutil.WireframeSphereGeometry(0.3, 8, 8, None, color=(1, 0, 0)),
        gym,
        viewer,
        env,
        gymapi.Transform(p=Vec3(0.0, 0.0, 1.0)),
    )
    assert len(red_pixels(viewer.picture())) > 100


def test_lines_come_as_numbers_or_records_with_a_colour_each_or_one_for_all() -> None:
    ends = np.arange(12, dtype=np.float32)
    one = lines_of(2, ends, [0.1, 0.2, 0.3], np.array([10.0, 0.0, 0.0]))
    records = ends.reshape(4, 3).copy().view(gymapi.Vec3.dtype)
    other = lines_of(2, records, np.tile([0.1, 0.2, 0.3], 2), np.array([10.0, 0.0, 0.0]))
    np.testing.assert_allclose(one.ends, other.ends)
    np.testing.assert_allclose(one.colours, other.colours)
    np.testing.assert_allclose(one.ends[1, 1], [19.0, 10.0, 11.0])
    with pytest.raises(GymError, match="3 lines with 12 coordinates"):
        lines_of(3, ends, [0.1, 0.2, 0.3], np.zeros(3))


def test_forgotten_lines_do_not_pile_up() -> None:
    gym, sim, _ = box_world((0.2, 0.2, 0.2), (0.0, 0.0, 1.0))
    viewer: Viewer = gym.create_viewer(sim, properties())
    for _ in range(7):
        viewer.add_lines(lines_of(50_000, np.zeros(300_000), np.ones(3), np.zeros(3)))
    assert sum(len(each.ends) for each in viewer._lines) <= MOST_LINES + 50_000


def test_a_light_of_no_colour_leaves_the_dark() -> None:
    gym, sim, _ = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 5.0))
    viewer = gym.create_viewer(sim, properties())
    gym.viewer_camera_look_at(viewer, None, Vec3(0.0, 0.0, 5.0), Vec3(2.0, 0.0, 5.0))
    lit = viewer.picture().mean()
    gym.set_light_parameters(sim, 0, Vec3(0, 0, 0), Vec3(0.05, 0.05, 0.05), Vec3(1, 2, 3))
    assert viewer.picture().mean() < 0.5 * lit
    with pytest.raises(GymError, match="0 to 3"):
        gym.set_light_parameters(sim, 4, Vec3(), Vec3(), Vec3(0, 0, 1))


NO_GL = """
import sys
sys.modules["mujoco.egl"] = sys.modules["mujoco.osmesa"] = None
from canter.sim.rendering import opengl
opengl._forget_opengl = lambda: None
from canter.control.errors import CanterError
from tests.sim.isaacgym.camera_world import box_world, properties, colours
gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (2.0, 0.0, 1.0))
viewer = gym.create_viewer(sim, properties())
camera = gym.create_camera_sensor(env, properties())
for _ in range(2):
    gym.simulate(sim)
    gym.step_graphics(sim)
    gym.draw_viewer(viewer, sim, True)
    gym.render_all_camera_sensors(sim)
for picture in (viewer.picture, lambda: colours(gym, sim, env, camera)):
    try:
        picture()
    except CanterError as error:
        print("refused:", error)
"""


def test_without_opengl_all_runs_but_what_asks_for_a_picture() -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_GL], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("refused: no OpenGL") == 2
    assert "libosmesa6" in done.stdout
