"""Parameters of every node: default, range, description. No ROS here, so that tools can read it."""

from dataclasses import dataclass

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of a node.

    Attributes:
        default: value where none is given; its type is the parameter's.
        description: what it is, with its unit.
        low: least value, None where there is no range.
        high: greatest value.
        choices: what a text may be; empty where it may be anything.
        fixed: it is read when the node is configured; a change waits for the next time.
    """

    default: Value
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    fixed: bool = True


Table = dict[str, Setting]

AUTOSTART: Table = {
    "autostart": Setting(
        default=False, description="configure and activate at once, for launch files"
    ),
}


def _priority(default: int) -> Table:
    """Return the setting of a process that should be prompt."""
    what = "real-time priority of the process (SCHED_FIFO) where permitted; 0 for none"
    return {"fifo_priority": Setting(default, what, 0, 90)}


ROBOT: Table = {
    "robot": Setting(
        "", "JSON file of the robot, by canter robot NAME --json FILE; the default robot if empty"
    ),
}

ADAPTERS = ("fixed", "torque", "gains", "torque+gains", "gains+footing", "gravity", "load")
"""Presets of `canter.control.adaptation.controller_presets` that leave the policy as it is."""

CAMERA: Table = {
    "camera_height": Setting(96, "height of pictures, px", 8, 1080),
    "camera_width": Setting(96, "width of pictures, px", 8, 1920),
    "camera_fovy_deg": Setting(92.81, "vertical field of view, degrees", 10.0, 170.0),
    "camera_period_s": Setting(0.2, "time between two pictures, s", 0.1, 1.0),
}
SIM: Table = {
    "robot": Setting(
        "", "JSON file of the robot as for the other nodes, or its robot.yaml; likewise"
    ),
    "rate": Setting(1.0, "simulated seconds per second", 0.05, 20.0, fixed=False),
    "publish_clock": Setting(
        default=True,
        description="stamp with simulated time and publish /clock; else stamp with the system's",
    ),
    "scene_task": Setting("go_to", "task of the scene, where 'target' does not say it"),
    "scene_level": Setting(2, "of the scene, 1 (easy) to 3 (hard)", 1, 3),
    "scene_seed": Setting(2, "draws the scene and with it the robot's start", 0, 2**53),
    "scene_split": Setting(
        "seen", "what scenes hold", choices=("seen", "unseen_instruction", "unseen_object")
    ),
    "scene_file": Setting("", "YAML file with a scene to go to, in place of a drawn one"),
    "target": Setting(
        "", "a sentence that the scene fits, or a thing to go to ('red ball'); drawn if empty"
    ),
    "expert": Setting(
        default=False, description="let the task's expert plan, for vla_node's policy 'expert'"
    ),
    "start": Setting("lying", "posture at the start", choices=("lying", "standing")),
    "command_timeout_s": Setting(
        0.1, "age at which a motor command is followed no more and the motors damp, s", 0.01, 1.0
    ),
    "camera": Setting(default=True, description="draw pictures"),
    **CAMERA,
    "lidar": Setting(default=False, description="simulate the robot's range sensor"),
}
UNITREE: Table = {
    "interface": Setting("lo", "network interface of the robot"),
    "domain": Setting(1, "DDS domain of the robot: 0 of a real one, 1 of a simulated one", 0, 230),
    "rate_hz": Setting(
        500.0, "measurements, and answers to them, a second at most, 1/s", 50.0, 500.0
    ),
    "camera": Setting(default=True, description="ask the robot for pictures"),
    **CAMERA,
}
VLA: Table = {
    "policy": Setting(
        "",
        "ONNX file; 'expert' for the simulator's expert; ws://HOST:PORT for a policy server; the "
        "shipped policy if empty",
    ),
    "provider": Setting("cpu", "what computes the policy", choices=("cpu", "cuda", "tensorrt")),
    "done_pictures": Setting(
        8, "pictures in a row that must say 'done' before the instruction counts as carried out",
        1, 100, fixed=False,
    ),
    "time_limit_s": Setting(60.0, "gives up after this time, s", 1.0, 3600.0, fixed=False),
    "shortest_period_s": Setting(
        0.15, "pictures that follow another more closely are skipped, s", 0.0, 1.0, fixed=False
    ),
}  # fmt: skip
LOCOMOTION: Table = {
    "policy": Setting("", "ONNX file; the shipped policy if empty"),
    "provider": Setting("cpu", "what computes the policy", choices=("cpu", "cuda", "tensorrt")),
    "command_timeout_s": Setting(
        0.5, "silence after which a writer loses the lease and no longer moves the robot, s",
        0.1, 5.0,
    ),
    "fall_response": Setting(
        default=True, description="crouch while a fall is likely (docs/safety.md)"
    ),
    "avoid": Setting(
        default=False, description="keep off what `points` shows, whoever commands (docs/safety.md)"
    ),
}  # fmt: skip
CONTROLLER: Table = {
    "rate_hz": Setting(500.0, "motor commands a second, 1/s", 50.0, 2000.0),
    "tilt_rad": Setting(1.0, "largest tilt of the base, rad", 0.1, 3.2),
    "kp_max": Setting(150.0, "largest stiffness, Nm/rad", 1.0, 500.0),
    "kd_max": Setting(20.0, "largest damping, Nm s/rad", 0.1, 50.0),
    "state_timeout_s": Setting(
        0.06, "age of the newest measurement at which the robot is damped, s", 0.004, 1.0
    ),
    "adapter": Setting(
        "fixed", "what adapts gains and torque on line; fixed for nothing", choices=ADAPTERS
    ),
    "watches": Setting(
        default=True,
        description="watch motors, encoders, torque over time and the policy's trained range too",
    ),
    "require_safety": Setting(
        default=True, description="damp unless the safety node is heard and lets the robot go"
    ),
    "safety_timeout_s": Setting(
        0.5, "silence of the safety node at which the robot is damped, s", 0.1, 5.0
    ),
    "trip_folder": Setting("", "where the last 10 s before a fault are stored; nowhere if empty"),
}
SAFETY: Table = {
    "watch": Setting(
        "controller_node,locomotion_node,vla_node", "nodes whose heartbeat is watched"
    ),
    "heartbeat_timeout_s": Setting(
        1.0, "silence after which a node counts as lost, s", 0.2, 10.0
    ),
    "start_grace_s": Setting(
        60.0, "how long a node may take until it is first heard, s", 1.0, 600.0
    ),
    "require_operator": Setting(
        default=False, description="damp unless an operator answers the challenges"
    ),
    "operator_timeout_s": Setting(
        0.5, "silence after which the operator counts as lost, s", 0.1, 10.0
    ),
    "damping": Setting(8.0, "damping of the stop, Nm s/rad", 0.5, 20.0, fixed=False),
}  # fmt: skip
RECORDER: Table = {
    "folder": Setting("bags", "where bags are written, one folder each"),
    "topics": Setting(
        "robot_state,joint_states,imu/data,odom,camera/image_raw,camera/camera_info,cmd_vel,"
        "gait_command,joint_command,instruction,vla_node/feedback,heartbeat,tf,tf_static,"
        "robot_description",
        "what is recorded, relative names",
    ),
    "queue": Setting(2000, "messages that may wait for the disk", 10, 1_000_000),
}

NODES: dict[str, Table] = {
    "sim_node": AUTOSTART | _priority(10) | ROBOT | SIM,
    "unitree_node": AUTOSTART | _priority(25) | ROBOT | UNITREE,
    "vla_node": AUTOSTART | _priority(5) | ROBOT | VLA,
    "locomotion_node": AUTOSTART | _priority(20) | ROBOT | LOCOMOTION,
    "controller_node": AUTOSTART | _priority(30) | ROBOT | CONTROLLER,
    "safety_node": AUTOSTART | _priority(20) | ROBOT | SAFETY,
    "recorder_node": AUTOSTART | RECORDER,
}
"""Parameters of each node, by its name."""
