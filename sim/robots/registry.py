"""Finds robots: a folder's name, or the path of any ``robot.yaml``."""

from functools import lru_cache
from pathlib import Path

import mujoco

from canter.control.errors import CanterError, did_you_mean
from canter.control.robot import FOOT_NAMES, JOINT_NAMES, RobotSpec, check_robot
from canter.sim.robots.leg_tree import leg_tree
from canter.sim.robots.model import body_model
from canter.sim.robots.robot_file import ROBOT_FILE, RobotFile, read_robot_file

FOLDER = Path(__file__).parent


def robot_names() -> tuple[str, ...]:
    """Return the names of the robots that Canter has: folders with a robot.yaml."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{ROBOT_FILE}")))


def robot(name: str | Path) -> RobotSpec:
    """Return the robot of this name, or of a robot.yaml.

    Args:
        name: a folder beside this file, such as ``robot_names()`` lists; or the path of a file.

    Raises:
        CanterError: there is none, or its file or model is not right; the message says what.
    """
    file = robot_file(name)
    model = _compiled(file)
    try:
        tree = leg_tree(model)
    except CanterError as error:
        raise CanterError(f"{file.path}: {error}") from error
    radius, *_ = model.geom(FOOT_NAMES[0]).size
    found = RobotSpec(
        name=file.name,
        joint_names=JOINT_NAMES,
        foot_names=FOOT_NAMES,
        **file.vectors,
        mass=file.mass,
        standing_height=file.standing_height,
        foot_radius=float(radius),
        camera_pos_b=file.camera_pos_b,
        camera_pitch=file.camera_pitch,
        camera_fovy=file.camera_fovy,
        imu_pos_b=file.imu_pos_b,
        tree=tree,
        foot_sensors=file.foot_sensors,
        lidar=file.lidar,
        file=file.path,
    )
    check_robot(found)
    return found


def file_of(spec: RobotSpec) -> RobotFile:
    """Return the robot.yaml of a robot: the one it says, else that of the folder of its name.

    Raises:
        CanterError: there is none, or it is not right.
    """
    return robot_file(spec.name if spec.file is None else spec.file)


def robot_urdf(spec: RobotSpec) -> Path:
    """Return the URDF of a robot; raises CanterError where it has none."""
    file = file_of(spec)
    if file.model.suffix == ".urdf":
        return file.model
    if file.urdf is None:
        raise CanterError(f"robot '{spec.name}' has no URDF; name one in {file.path}: 'urdf: FILE'")
    return file.urdf


def robot_file(name: str | Path) -> RobotFile:
    """Return the robot.yaml of a name or path; raises CanterError as :func:`robot` does."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        path = FOLDER / path / ROBOT_FILE
        if path.parent.parent != FOLDER or not path.is_file():
            raise CanterError(
                f"no robot '{name}'; {did_you_mean(str(name), robot_names())} "
                f"(or the path of a {ROBOT_FILE})"
            )
    changed = path.stat().st_mtime_ns if path.is_file() else 0
    return _read(path, changed)


def _compiled(file: RobotFile) -> mujoco.MjModel:
    spec = body_model(file)
    try:
        return spec.compile()
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise CanterError(
            f"{file.path}: MuJoCo cannot build {file.model.name} ({reason}); mend it there"
        ) from error


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> RobotFile:
    return read_robot_file(path)
