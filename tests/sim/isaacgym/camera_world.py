"""A world of boxes for the tests of cameras: where a box appears follows from the pinhole model."""

import numpy as np

from canter.sim.isaacgym import gymapi
from canter.sim.isaacgym.gymapi import Gym
from canter.sim.isaacgym.simulation import Environment, Simulation

RED = gymapi.Vec3(1.0, 0.0, 0.0)
WIDTH, HEIGHT = 160, 120
FOV_DEG = 60.0


def properties(*, tensors: bool = False) -> gymapi.CameraProperties:
    made = gymapi.CameraProperties()
    made.width, made.height, made.horizontal_fov = WIDTH, HEIGHT, FOV_DEG
    made.enable_tensors = tensors
    return made


def z_up() -> gymapi.SimParams:
    params = gymapi.SimParams()
    params.up_axis = gymapi.UP_AXIS_Z
    params.gravity = gymapi.Vec3(0.0, 0.0, -9.81)
    params.dt, params.substeps = 0.01, 1
    return params


def box_world(
    size: tuple[float, float, float],
    *centres: tuple[float, float, float],
    fixed: bool = True,
    spacing: float = 0.0,
) -> tuple[Gym, Simulation, list[Environment]]:
    """Return a prepared simulation of one red box in each environment."""
    gym = gymapi.acquire_gym()
    sim = gym.create_sim(0, 0, gymapi.SIM_PHYSX, z_up())
    plane = gymapi.PlaneParams()
    plane.normal = gymapi.Vec3(0.0, 0.0, 1.0)
    gym.add_ground(sim, plane)
    options = gymapi.AssetOptions()
    options.fix_base_link = fixed
    asset = gym.create_box(sim, *size, options)
    half = gymapi.Vec3(spacing / 2, spacing / 2, 0.0)
    envs: list[Environment] = []
    for centre in centres:
        env = gym.create_env(sim, -half, half, len(centres))
        pose = gymapi.Transform(p=gymapi.Vec3(*centre))
        handle = gym.create_actor(env, asset, pose, "box", len(envs), 0)
        gym.set_rigid_body_color(env, handle, 0, gymapi.MESH_VISUAL_AND_COLLISION, RED)
        envs.append(env)
    gym.prepare_sim(sim)
    return gym, sim, envs


def colours(gym: Gym, sim: Simulation, env: Environment, camera: int) -> np.ndarray:
    image = gym.get_camera_image(sim, env, camera, gymapi.IMAGE_COLOR)
    return np.asarray(image).reshape(HEIGHT, WIDTH, 4)


def depths(gym: Gym, sim: Simulation, env: Environment, camera: int) -> np.ndarray:
    return np.asarray(gym.get_camera_image(sim, env, camera, gymapi.IMAGE_DEPTH))


def red_pixels(image: np.ndarray) -> np.ndarray:
    """Return rows and columns of red pixels, (n, 2)."""
    red, green, blue = np.moveaxis(image[..., :3].astype(int), -1, 0)
    return np.argwhere((red > 60) & (red > 2.5 * green) & (red > 2.5 * blue))
