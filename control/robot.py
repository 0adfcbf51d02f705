"""Robot description: names, default pose, limits and bodies, all by name in one canonical order.

A robot is described once, in its folder of ``canter.sim.robots``; what its own computer needs of
that travels as JSON (`RobotSpec.to_json`), so that no simulator and no YAML is needed there.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.tree import LegTree, Triple
from canter.control.errors import CanterError
from canter.control.policy.strict_json import decode, parse_object

LEGS: tuple[str, ...] = ("FL", "FR", "RL", "RR")
LEG_JOINTS: tuple[str, ...] = ("hip", "thigh", "calf")
JOINT_NAMES: tuple[str, ...] = tuple(f"{leg}_{joint}_joint" for leg in LEGS for joint in LEG_JOINTS)
"""The twelve joints in canonical order; every robot's own names are mapped to them."""
FOOT_NAMES: tuple[str, ...] = tuple(f"{leg}_foot" for leg in LEGS)
SCHEMA = "canter.robot/1"
Vector = NDArray[np.float64]

_PER_JOINT = ("default_q", "q_min", "q_max", "tau_max", "qd_max", "kp", "kd", "action_scale")
_POSITIVE = ("tau_max", "qd_max", "kp", "kd", "action_scale")


@dataclass(frozen=True, slots=True)
class SensorMount:
    """Where a sensor is on the base, and how it is turned.

    Attributes:
        position_b: base frame, m.
        pitch: turn about the base's y axis from where its own axes are the base's, nose down
            positive, rad.
    """

    position_b: Triple
    pitch: float


@dataclass(frozen=True, slots=True)
class RobotSpec:
    """What the software must know of a quadruped; per-joint vectors follow ``joint_names``.

    Attributes:
        name: short name of the robot.
        joint_names: the twelve joints, FL, FR, RL, RR x hip, thigh, calf.
        foot_names: the four feet, FL, FR, RL, RR.
        default_q: joint angles of the nominal stance, rad, (12,).
        q_min: lower joint limit, rad, (12,).
        q_max: upper joint limit, rad, (12,).
        tau_max: torque limit, Nm, (12,).
        qd_max: joint speed limit, rad/s, (12,).
        kp: stiffness of the impedance law that holds the stance, Nm/rad, (12,).
        kd: its damping, Nm s/rad, (12,).
        action_scale: change of a joint's target by one unit of action, rad, (12,).
        mass: total mass, kg.
        standing_height: height of the base origin over the floor in the nominal stance, m.
        foot_radius: radius of the feet, m.
        camera_pos_b: camera position in the base frame, m, (3,).
        camera_pitch: camera pitch below the horizontal, rad.
        camera_fovy: vertical field of view, rad.
        imu_pos_b: position of the inertial sensor in the base frame, m, (3,).
        tree: masses, inertias and joint places of its bodies.
        foot_sensors: False where its feet do not feel the ground.
        lidar: its range sensor, z axis along the axis of the field of view; None where it has none.
        file: the robot.yaml from which simulators take its bodies' shapes; None on a robot's own
            computer, and there simulators look for a folder of its name.
    """

    name: str
    joint_names: tuple[str, ...]
    foot_names: tuple[str, ...]
    default_q: Vector
    q_min: Vector
    q_max: Vector
    tau_max: Vector
    qd_max: Vector
    kp: Vector
    kd: Vector
    action_scale: Vector
    mass: float
    standing_height: float
    foot_radius: float
    camera_pos_b: Vector
    camera_pitch: float
    camera_fovy: float
    imu_pos_b: Vector
    tree: LegTree
    foot_sensors: bool | None = None
    lidar: SensorMount | None = None
    file: Path | None = None

    def to_json(self) -> str:
        """Return what the robot's own computer needs, as JSON."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        fields = {name: value for name, value in given.items() if name != "file"}
        plain = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in fields.items()}
        lines = [
            f"{json.dumps(name)}: {json.dumps(value)}"
            for name, value in {"schema": SCHEMA, **plain}.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str, where: str = "robot") -> Self:
        """Read the JSON of `to_json`.

        Args:
            text: the document.
            where: name of its origin for messages.

        Raises:
            CanterError: another schema, an unknown or missing field, a wrong value; by name.
        """
        document = parse_object(text, where)
        schema = document.pop("schema", None)
        if schema != SCHEMA:
            raise CanterError(
                f"{where}.schema: got {schema!r}, this version reads '{SCHEMA}'; write the file "
                "again: canter robot NAME --json FILE"
            )
        found = decode(cls, document, where)
        check_robot(found)
        return found


def per_joint(hip: float, thigh: float, calf: float) -> Vector:
    """Return a (12,) vector that repeats one value per kind of joint over the four legs."""
    return np.tile(np.array([hip, thigh, calf]), len(LEGS))


def check_robot(spec: RobotSpec) -> None:
    """Refuse what cannot be a robot; raises CanterError with the name of field and joint."""
    for field, names in (("joint_names", JOINT_NAMES), ("foot_names", FOOT_NAMES)):
        if getattr(spec, field) != names:
            raise CanterError(f"robot '{spec.name}': {field} must be {', '.join(names)}")
    for field in _PER_JOINT:
        values = getattr(spec, field)
        if values.shape != (len(JOINT_NAMES),) or not np.isfinite(values).all():
            raise CanterError(f"robot '{spec.name}': {field} must be 12 numbers, got {values}")
    for field in _POSITIVE:
        _check_joints(spec, field, getattr(spec, field) > 0, "is not above 0")
    _check_joints(spec, "q_min", spec.q_min < spec.q_max, "is not below q_max")
    inside = (spec.q_min <= spec.default_q) & (spec.default_q <= spec.q_max)
    _check_joints(spec, "default_q", inside, "is outside the joint's limits")
    for field in ("mass", "standing_height", "foot_radius", "camera_fovy"):
        if not getattr(spec, field) > 0:
            raise CanterError(f"robot '{spec.name}': {field} must be above 0")


def _check_joints(spec: RobotSpec, field: str, right: NDArray[np.bool_], what: str) -> None:
    if not right.all():
        worst = int(np.flatnonzero(~right)[0])
        value = getattr(spec, field)[worst]
        raise CanterError(
            f"robot '{spec.name}': {field} of {spec.joint_names[worst]}, {value:g}, {what}"
        )


def read_robot(path: Path) -> RobotSpec:
    """Return the robot of a JSON file.

    Raises:
        CanterError: the file cannot be read, or describes no robot.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CanterError(
            f"robot '{path}' cannot be read ({error}); write it: canter robot NAME --json FILE"
        ) from error
    return RobotSpec.from_json(text, str(path))


DEFAULT_ROBOT_NAME = "go2"
"""The robot that is meant where none is named."""
DEFAULT_ROBOT = read_robot(Path(__file__).parent / "robots" / f"{DEFAULT_ROBOT_NAME}.json")
"""Its description; what takes a robot as an option takes this one by default."""
GO2 = DEFAULT_ROBOT
"""The Unitree Go2, under the name that people's scripts import."""
