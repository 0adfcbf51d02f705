"""``robot.yaml``: what a robot's folder says beside its model; see docs/robots.md.

Joints are written by leg, hip first, in the model's own names; everything else by kind of joint
(hip, thigh, calf), and where legs differ by leg below that. Every number carries its unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from canter.control.errors import CanterError
from canter.control.robot import FOOT_NAMES, JOINT_NAMES, LEG_JOINTS, LEGS, SensorMount, Vector
from canter.sim.robots.quantities import quantity
from canter.sim.robots.yaml_file import read_yaml, section

T = TypeVar("T")

ROBOT_FILE = "robot.yaml"
NEEDED = (
    *("name", "model", "joints", "feet", "default_pose", "limits", "gains", "action_scale"),
    *("mass", "standing_height", "camera"),
)
OPTIONAL = ("summary", "urdf", "imu", "lidar", "foot_sensors", "joint_dynamics")
JOINT_DYNAMICS = {"armature": "kg m^2", "damping": "Nm s/rad", "frictionloss": "Nm"}
"""What a model may leave to the file, and its unit; URDF knows no armature."""


@dataclass(frozen=True, slots=True)
class RobotFile:
    """A robot.yaml as values in SI units; per-joint vectors are in canonical order, (12,).

    Attributes:
        path: the file.
        name: short name of the robot.
        summary: one line about it.
        model: its MJCF or URDF.
        urdf: its URDF, where there is one.
        joints: the model's name of each joint, by canonical name.
        feet: the model's name of each foot (a geom, or the body that has it), by canonical name.
        vectors: default_q, q_min, q_max, qd_max, tau_max, kp, kd, action_scale.
        mass: published mass, kg.
        standing_height: of the base's origin in the default pose, m.
        camera_pos_b: camera in the base frame, m, (3,).
        camera_pitch: below the horizontal, rad.
        camera_fovy: vertical field of view, rad.
        imu_pos_b: inertial sensor in the base frame, m, (3,).
        foot_sensors: False where its feet do not feel the ground.
        lidar: range sensor; None where it has none.
        joint_dynamics: armature, damping and frictionloss that the model leaves to the file.
    """

    path: Path
    name: str
    summary: str
    model: Path
    urdf: Path | None
    joints: Mapping[str, str]
    feet: Mapping[str, str]
    vectors: Mapping[str, Vector]
    mass: float
    standing_height: float
    camera_pos_b: Vector
    camera_pitch: float
    camera_fovy: float
    imu_pos_b: Vector
    foot_sensors: bool | None
    lidar: SensorMount | None
    joint_dynamics: Mapping[str, Vector]


def read_robot_file(path: Path) -> RobotFile:
    """Read a robot.yaml.

    Raises:
        CanterError: it cannot be read, or something in it is missing, unknown, twice, without its
            unit or without its file; the message names the file and the key.
    """
    content = read_yaml(path)
    try:
        return _parse(path, section(content, "the robot", NEEDED, OPTIONAL))
    except CanterError as error:
        raise CanterError(f"{path}: {error}") from error


def _parse(path: Path, given: Mapping[str, object]) -> RobotFile:
    camera = section(given["camera"], "camera", ("position", "pitch", "fovy"))
    return RobotFile(
        path=path,
        name=_text(given["name"], "name"),
        summary=_text(given.get("summary", given["name"]), "summary"),
        model=_beside(path, given["model"], "model"),
        urdf=_beside(path, given["urdf"], "urdf") if "urdf" in given else None,
        joints=_joints(given["joints"]),
        feet=_feet(given["feet"]),
        vectors=_vectors(given),
        mass=quantity(given["mass"], "kg", "mass"),
        standing_height=quantity(given["standing_height"], "m", "standing_height"),
        camera_pos_b=_position(camera["position"], "camera.position"),
        camera_pitch=quantity(camera["pitch"], "rad", "camera.pitch"),
        camera_fovy=quantity(camera["fovy"], "rad", "camera.fovy"),
        imu_pos_b=_position(given.get("imu", ["0 m"] * 3), "imu"),
        foot_sensors=_yes_or_no(given["foot_sensors"]) if "foot_sensors" in given else None,
        lidar=_mount(given["lidar"], "lidar") if "lidar" in given else None,
        joint_dynamics=_joint_dynamics(given.get("joint_dynamics", {})),
    )


def _vectors(given: Mapping[str, object]) -> dict[str, Vector]:
    """Return the vectors by joint, (12,)."""
    limits = section(given["limits"], "limits", ("position", "velocity", "torque"))
    gains = section(given["gains"], "gains", ("kp", "kd"))
    ranges = by_joint(limits["position"], "limits.position", _range)
    return {
        "default_q": _numbers(given["default_pose"], "rad", "default_pose"),
        "q_min": np.array([low for low, _ in ranges]),
        "q_max": np.array([high for _, high in ranges]),
        "qd_max": _numbers(limits["velocity"], "rad/s", "limits.velocity"),
        "tau_max": _numbers(limits["torque"], "Nm", "limits.torque"),
        "kp": _numbers(gains["kp"], "Nm/rad", "gains.kp"),
        "kd": _numbers(gains["kd"], "Nm s/rad", "gains.kd"),
        "action_scale": _numbers(given["action_scale"], "rad", "action_scale"),
    }


def by_joint(value: object, where: str, read: Callable[[object, str], T]) -> list[T]:
    """Return what ``read`` makes of each joint's value, in canonical order.

    Args:
        value: one value for all joints; or a mapping of hip, thigh and calf to one value each, or
            each to a mapping of the legs to theirs.
        where: what it is, for messages.
        read: of one value and its place.
    """
    kinds = section(value, where, LEG_JOINTS) if isinstance(value, Mapping) else None
    found = []
    for leg in LEGS:
        for kind in LEG_JOINTS:
            one, place = (value, where) if kinds is None else (kinds[kind], f"{where}.{kind}")
            if isinstance(one, Mapping):
                one, place = section(one, place, LEGS)[leg], f"{place}.{leg}"
            found.append(read(one, place))
    return found


def _numbers(value: object, unit: str, where: str) -> Vector:
    return np.array(by_joint(value, where, lambda one, place: quantity(one, unit, place)))


def _joint_dynamics(value: object) -> dict[str, Vector]:
    given = section(value, "joint_dynamics", (), JOINT_DYNAMICS)
    return {
        name: _numbers(one, JOINT_DYNAMICS[name], f"joint_dynamics.{name}")
        for name, one in given.items()
    }


def _range(value: object, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise CanterError(f"{where}: expected [lowest, highest], got {value!r}")
    low, high = (quantity(one, "rad", where) for one in value)
    if not low < high:
        raise CanterError(f"{where}: the lowest, {value[0]}, is not below the highest, {value[1]}")
    return low, high


def _position(value: object, where: str) -> Vector:
    if not isinstance(value, list) or len(value) != 3:
        raise CanterError(f"{where}: expected [x, y, z], each with its unit, got {value!r}")
    return np.array([quantity(one, "m", where) for one in value])


def _mount(value: object, where: str) -> SensorMount:
    given = section(value, where, ("position", "pitch"))
    x, y, z = map(float, _position(given["position"], f"{where}.position"))
    return SensorMount((x, y, z), quantity(given["pitch"], "rad", f"{where}.pitch"))


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise CanterError(f"foot_sensors: expected true or false, got {value!r}")
    return value


def _joints(value: object) -> dict[str, str]:
    """Return the model's name of each joint by canonical name."""
    legs = section(value, "joints", LEGS)
    names = []
    for leg in LEGS:
        of_leg = legs[leg]
        if not isinstance(of_leg, list) or len(of_leg) != len(LEG_JOINTS):
            raise CanterError(
                f"joints.{leg}: expected [{', '.join(LEG_JOINTS)}] in the model's names, "
                f"got {of_leg!r}"
            )
        names += [_text(name, f"joints.{leg}") for name in of_leg]
    _once(names, "joints")
    return dict(zip(JOINT_NAMES, names, strict=True))


def _feet(value: object) -> dict[str, str]:
    """Return the model's name of each foot by canonical name."""
    legs = section(value, "feet", LEGS)
    names = [_text(legs[leg], f"feet.{leg}") for leg in LEGS]
    _once(names, "feet")
    return dict(zip(FOOT_NAMES, names, strict=True))


def _once(names: list[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CanterError(f"{where}: '{twice[0]}' is there twice; each is one of the robot's own")


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise CanterError(f"{where}: expected a name, got {value!r}")
    return value


def _beside(path: Path, value: object, where: str) -> Path:
    """Return a file named beside the robot.yaml."""
    file = path.parent / _text(value, where)
    if not file.is_file():
        raise CanterError(f"{where}: there is no file '{file}'")
    return file
