"""Which camera takes the pictures of a collection, and whether its model can drive with it."""

import math

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.datasets.lerobot.episode import frames_a_second
from canter.rl.collection.collect_options import Collect
from canter.rl.collection.driving_model import driver_place, open_driver
from canter.rl.collection.episode_plan import tasks_of
from canter.sim.robots.registry import robot
from canter.sim.scene_env import RECORDING_CAMERA
from canter.vla.runtime import VlaRuntime


def camera_of(options: Collect) -> CameraSpec:
    """Return the camera of a collection: named by a file, that of the driver, or the usual one.

    Raises:
        CanterError: no camera can be like that, or the model does not drive with it.
    """
    spec, place = robot(options.robot), driver_place(options.policy)
    driver = None if place is None else open_driver(place, spec).camera
    named = driver or RECORDING_CAMERA
    if options.camera_of is not None:
        named = VlaRuntime(options.camera_of, robot=spec).camera
    camera = CameraSpec(
        height=named.height if options.height is None else options.height,
        width=named.width if options.width is None else options.width,
        fovy=named.fovy if options.fovy is None else math.radians(options.fovy),
        period=named.period if options.period is None else options.period,
    )
    frames_a_second(camera)
    if place is not None and camera != driver:
        raise CanterError(
            f"the model {place.name} drives with pictures of its own camera; leave "
            "out --camera-of, --height, --width, --fovy and --period"
        )
    return camera


def check_policy(options: Collect) -> None:
    """Refuse a policy that is no file, or a model that was not trained for a task.

    Raises:
        CanterError: the policy is such a one.
    """
    place = driver_place(options.policy)
    if place is None:
        return
    known = open_driver(place, robot(options.robot)).tasks
    unknown = [name for name in tasks_of(options.tasks) if known and name not in known]
    if unknown:
        raise CanterError(
            f"the model {place.name} knows {', '.join(known)}, not "
            f"{', '.join(unknown)}; choose --tasks {' '.join(known)}, or --policy expert"
        )
