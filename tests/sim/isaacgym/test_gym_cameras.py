import math

import numpy as np
import pytest
from PIL import Image

from canter.sim.isaacgym import gymapi, gymtorch
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from canter.sim.isaacgym.gymapi import Transform, Vec3
from tests.sim.isaacgym.camera_world import (
    FOV_DEG,
    HEIGHT,
    WIDTH,
    box_world,
    colours,
    depths,
    properties,
    red_pixels,
)

FOCAL_PX = WIDTH / 2 / math.tan(math.radians(FOV_DEG) / 2)


def test_a_box_ahead_to_the_left_and_above_is_where_the_pinhole_model_says() -> None:
    """From (0, 0, 1) along x: 4 m ahead, 1 m to the left, 0.5 m above."""
    gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (4.0, 1.0, 1.5))
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 1.0)))
    gym.render_all_camera_sensors(sim)
    row, column = red_pixels(colours(gym, sim, env, camera)).mean(axis=0)
    # The face nearest is 3.9 m away.
    assert column == pytest.approx(WIDTH / 2 - 0.5 - FOCAL_PX * 1.0 / 3.9, abs=1.5)
    assert row == pytest.approx(HEIGHT / 2 - 0.5 - FOCAL_PX * 0.5 / 3.9, abs=1.5)


def test_a_turn_about_y_looks_down() -> None:
    gym, sim, (env,) = box_world((0.1, 0.1, 0.1), (0.0, 0.0, 0.05))
    camera = gym.create_camera_sensor(env, properties())
    down = gymapi.Quat.from_axis_angle(Vec3(0, 1, 0), math.radians(45))
    gym.set_camera_transform(camera, env, Transform(p=Vec3(-1.0, 0.0, 1.05), r=down))
    gym.render_all_camera_sensors(sim)
    middle = red_pixels(colours(gym, sim, env, camera)).mean(axis=0)
    assert middle == pytest.approx([HEIGHT / 2 - 0.5, WIDTH / 2 - 0.5], abs=2.0)


def test_a_camera_placed_by_its_target_has_that_in_the_middle() -> None:
    gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (-2.0, 3.0, 0.7))
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_location(camera, env, Vec3(1.0, 1.0, 2.0), Vec3(-2.0, 3.0, 0.7))
    gym.render_all_camera_sensors(sim)
    middle = red_pixels(colours(gym, sim, env, camera)).mean(axis=0)
    assert middle == pytest.approx([HEIGHT / 2 - 0.5, WIDTH / 2 - 0.5], abs=1.5)
    ahead = gym.get_camera_transform(sim, env, camera).transform_vector(Vec3(1, 0, 0))
    assert ahead.array() == pytest.approx(np.array([-3.0, 2.0, -1.3]) / math.sqrt(14.69))


def test_depth_of_a_wall_is_minus_its_distance_along_the_axis_everywhere() -> None:
    gym, sim, (env,) = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 0.0))
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 5.0)))
    gym.render_all_camera_sensors(sim)
    depth = depths(gym, sim, env, camera)
    assert depth.shape == (HEIGHT, WIDTH) and depth.dtype == np.float32
    assert depth == pytest.approx(np.full_like(depth, -2.0), rel=1e-3)


def test_the_sky_is_infinitely_far_and_the_ground_as_far_as_its_angle_says() -> None:
    gym, sim, (env,) = box_world((0.1, 0.1, 0.1), (-9.0, 0.0, 0.05))
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 1.0)))
    gym.render_all_camera_sensors(sim)
    depth = depths(gym, sim, env, camera)
    assert np.all(np.isneginf(depth[: HEIGHT // 2 - 2]))
    below = np.arange(HEIGHT // 2 + 10, HEIGHT) - (HEIGHT / 2 - 0.5)  # px below the axis
    assert depth[HEIGHT // 2 + 10 :, WIDTH // 2] == pytest.approx(-FOCAL_PX / below, rel=0.01)


def test_what_is_nearer_than_the_far_plane_alone_is_seen() -> None:
    gym, sim, (env,) = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 0.0))
    chosen = properties()
    chosen.far_plane = 1.9
    camera = gym.create_camera_sensor(env, chosen)
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 5.0)))
    gym.render_all_camera_sensors(sim)
    assert np.all(np.isneginf(depths(gym, sim, env, camera)))


def test_points_from_depth_and_both_matrices_lie_on_the_wall_in_the_world() -> None:
    """As public code does it: row vectors, the inverse of the view matrix, origins of environments.

    The wall of the second environment is 2 m ahead of its camera; that frame is 4 m along x.
    """
    wall = (2.1, 0.0, 0.0)
    gym, sim, (_, env) = box_world((0.2, 20.0, 20.0), wall, wall, spacing=4.0)
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.5, 5.0)))
    gym.render_all_camera_sensors(sim)
    depth = depths(gym, sim, env, camera).astype(float)
    projection = gym.get_camera_proj_matrix(sim, env, camera)
    row, column = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    x = -(column - WIDTH / 2) / WIDTH * depth * 2 / projection[0, 0]
    y = (row - HEIGHT / 2) / HEIGHT * depth * 2 / projection[1, 1]
    points = np.stack([x, y, depth, np.ones_like(depth)], axis=-1)
    world = points @ np.linalg.inv(gym.get_camera_view_matrix(sim, env, camera))
    assert world[..., 0] == pytest.approx(np.full((HEIGHT, WIDTH), 6.0), abs=0.01)
    half = 2.0 * math.tan(math.radians(FOV_DEG) / 2)
    assert world[0, 0, 1] == pytest.approx(0.5 + half, abs=0.05)  # left in the picture is +y
    assert world[0, 0, 2] == pytest.approx(5.0 + half * HEIGHT / WIDTH, abs=0.05)


def test_following_a_transform_turns_with_the_body_and_following_a_position_does_not() -> None:
    gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (0.0, 0.0, 3.0), fixed=False)
    assert sim.engine is not None
    quarter = [math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5)]  # about z, wxyz
    sim.engine.physics.qpos[0] = [1.0, 2.0, 3.0, *quarter]
    offset = Transform(p=Vec3(0.5, 0.0, 0.2))
    camera = gym.create_camera_sensor(env, properties())
    gym.attach_camera_to_body(camera, env, 0, offset, gymapi.FOLLOW_TRANSFORM)
    pose = gym.get_camera_transform(sim, env, camera)
    assert pose.p.array() == pytest.approx([1.0, 2.5, 3.2])
    assert pose.transform_vector(Vec3(1, 0, 0)).array() == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)
    gym.attach_camera_to_body(camera, env, 0, offset, gymapi.FOLLOW_POSITION)
    pose = gym.get_camera_transform(sim, env, camera)
    assert pose.p.array() == pytest.approx([1.5, 2.0, 3.2])
    assert pose.transform_vector(Vec3(1, 0, 0)).array() == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)
    gym.set_camera_location(camera, env, Vec3(0, 0, 1), Vec3(1, 0, 1))
    assert gym.get_camera_transform(sim, env, camera).p.array() == pytest.approx([0, 0, 1])


def test_tensors_stay_the_same_and_are_filled_when_cameras_are_rendered() -> None:
    gym, sim, (env,) = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 5.0), fixed=False)
    assert sim.engine is not None
    camera = gym.create_camera_sensor(env, properties(tensors=True))
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 20.0)))
    kinds = (gymapi.IMAGE_COLOR, gymapi.IMAGE_DEPTH)
    colour, depth = (
        gymtorch.wrap_tensor(gym.get_camera_image_gpu_tensor(sim, env, camera, kind))
        for kind in kinds
    )
    assert tuple(colour.shape) == (HEIGHT, WIDTH, 4) and tuple(depth.shape) == (HEIGHT, WIDTH)
    for distance in (2.0, 3.0):
        sim.engine.physics.qpos[0, :3] = [distance + 0.1, 0.0, 20.0]
        gym.render_all_camera_sensors(sim)
        gym.start_access_image_tensors(sim)
        assert depth.numpy() == pytest.approx(np.full((HEIGHT, WIDTH), -distance), rel=0.01)
        assert len(red_pixels(colour.numpy())) == HEIGHT * WIDTH
        gym.end_access_image_tensors(sim)
    again = gymtorch.wrap_tensor(gym.get_camera_image_gpu_tensor(sim, env, camera, kinds[1]))
    assert again.data_ptr() == depth.data_ptr()


def test_an_image_shows_what_was_there_when_the_cameras_were_rendered() -> None:
    gym, sim, (env,) = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 5.0), fixed=False)
    assert sim.engine is not None
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 5.0)))
    gym.render_all_camera_sensors(sim)
    sim.engine.physics.qpos[0, 0] = 9.0
    assert depths(gym, sim, env, camera)[60, 80] == pytest.approx(-2.0, rel=0.01)
    gym.render_all_camera_sensors(sim)
    assert depths(gym, sim, env, camera)[60, 80] == pytest.approx(-8.9, rel=0.01)


def test_a_camera_sees_its_own_environment_alone() -> None:
    gym, sim, envs = box_world((0.2, 0.2, 0.2), (2.0, 0.4, 1.0), (2.0, -0.4, 1.0))
    cameras = [gym.create_camera_sensor(env, properties()) for env in envs]
    for env, camera in zip(envs, cameras, strict=True):
        gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 1.0)))
    gym.render_all_camera_sensors(sim)
    columns = [
        red_pixels(colours(gym, sim, env, camera))[:, 1]
        for env, camera in zip(envs, cameras, strict=True)
    ]
    assert columns[0].max() < WIDTH / 2 < columns[1].min()


def test_pictures_of_a_camera_are_written(tmp_path: object) -> None:
    gym, sim, (env,) = box_world((0.2, 20.0, 20.0), (2.1, 0.0, 5.0))
    camera = gym.create_camera_sensor(env, properties())
    gym.set_camera_transform(camera, env, Transform(p=Vec3(0.0, 0.0, 5.0)))
    for kind, pixel in ((gymapi.IMAGE_COLOR, 4), (gymapi.IMAGE_DEPTH, 0)):
        name = f"{tmp_path}/new/{kind}.png"
        gym.write_camera_image_to_file(sim, env, camera, kind, name)
        image = np.asarray(Image.open(name))
        assert image.shape == (HEIGHT, WIDTH, pixel)[: image.ndim]
    assert image[60, 80] == pytest.approx(2000, abs=5)  # mm


def test_mistakes_are_named() -> None:
    gym, sim, (env,) = box_world((0.2, 0.2, 0.2), (2.0, 0.0, 1.0))
    camera = gym.create_camera_sensor(env, properties())
    with pytest.raises(UnsupportedError, match=r"IMAGE_SEGMENTATION.*IMAGE_DEPTH"):
        gym.get_camera_image(sim, env, camera, gymapi.IMAGE_SEGMENTATION)
    with pytest.raises(GymError, match="enable_tensors = True"):
        gym.get_camera_image_gpu_tensor(sim, env, camera, gymapi.IMAGE_DEPTH)
    with pytest.raises(GymError, match=r"camera handle 5.*\[0\]"):
        gym.set_camera_transform(5, env, Transform())
    with pytest.raises(GymError, match=r"body 7.*0 to 0"):
        gym.attach_camera_to_body(camera, env, 7, Transform(), gymapi.FOLLOW_POSITION)
    with pytest.raises(GymError, match="own position"):
        gym.set_camera_location(camera, env, Vec3(1, 1, 1), Vec3(1, 1, 1))
    wrong = properties()
    wrong.horizontal_fov = 180.0
    with pytest.raises(GymError, match="horizontal_fov"):
        gym.create_camera_sensor(env, wrong)
    gym.destroy_camera_sensor(sim, env, camera)
    with pytest.raises(GymError, match="create_camera_sensor"):
        gym.get_camera_image(sim, env, camera, gymapi.IMAGE_COLOR)
