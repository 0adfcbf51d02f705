"""From options to the parameters of the nodes; the robot's description goes into the logs."""

import math
from pathlib import Path

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.files import write_text
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession
from canter.control.unitree.postures import folds
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.understanding import understand
from canter.evals.tasks.policy_choice import (
    HF,
    MODEL,
    TELEOP,
    Place,
    locomotion_file,
    open_model,
    vla_file,
)
from canter.ros.options import RosUp
from canter.ros_nodes.graph.settings import CONTROLLER, NODES, SAFETY, Value
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import file_of, robot
from canter.sim.scene_env import RECORDING_CAMERA
from canter.vla.planned_policy import EXPERT
from canter.vla.remote.address import is_address, parse_address

LEASE_S = 0.5
"""Silence after which a writer loses the lease, s; longer where simulated time runs slower."""
EARLY = 0.75
"""Share of the picture period before which another picture is skipped."""
ROBOT_FILE = "robot.json"
"""In the folder of the logs: the robot that all nodes serve, where it is not the default one."""
Values = dict[str, dict[str, Value]]


def graph_values(options: RosUp) -> Values:
    """Return the parameters of each node by name.

    Raises:
        CanterError: an option that cannot work.
    """
    _check_policy(options)
    spec = robot(options.robot)
    parts = (_scene, _pace, _record)
    values = _merged(
        *(part(options) for part in parts), _driver(options, spec), _robot(options, spec)
    )
    return _merged(values, _bus(options, spec, values)) if options.interface else values


def _check_policy(options: RosUp) -> None:
    """Refuse who cannot drive this robot."""
    if options.policy == EXPERT and (options.interface or not options.sim):
        raise CanterError(
            "--policy expert sees the ground truth, which only sim_node has; leave "
            "--no-sim and --interface out, or choose another policy"
        )
    if options.policy == EXPERT and options.scene is not None:
        raise CanterError(
            "--policy expert does what a drawn scene asks for, and one of a file asks for nothing; "
            "leave --scene out"
        )
    if is_address(options.policy) and parse_address(options.policy, waits=False).waits:
        raise CanterError(
            f"--policy {options.policy}: a graph of nodes waits for nobody; leave time=wait out"
        )
    if options.policy.startswith(HF):
        raise CanterError(
            f"--policy {options.policy}: vla_node opens ONNX files alone; drive with a large "
            "model by canter run or canter eval"
        )


def _merged(*parts: Values) -> Values:
    """Return the parameters of several parts together."""
    merged: Values = {}
    for part in parts:
        for node, values in part.items():
            merged.setdefault(node, {}).update(values)
    return merged


def _scene(options: RosUp) -> Values:
    """Return the parameters of the scene; words that ask for nothing are refused here."""
    sim: dict[str, Value] = {"scene_seed": options.seed}
    if options.scene is not None:
        sim["scene_file"] = str(options.scene.resolve())
    if options.instruction and not is_stop(options.instruction):
        understand(options.instruction)
        sim["target"] = options.instruction
    return {"sim_node": sim}


def _pace(options: RosUp) -> Values:
    """Return the parameters of simulated time, and of everybody's patience with it."""
    slowed = LEASE_S / min(options.rate, 1.0)
    values: Values = {
        "sim_node": {"rate": options.rate},
        "locomotion_node": {"command_timeout_s": min(slowed, 5.0)},
    }
    if options.rate > 1.0:  # the same patience on this machine's own clock
        patience = float(CONTROLLER["state_timeout_s"].default) * options.rate
        values["controller_node"] = {"state_timeout_s": min(patience, 1.0)}
    return values


def _record(options: RosUp) -> Values:
    if options.record is None:
        return {}
    return {"recorder_node": {"folder": str(options.record.resolve())}}


def _driver(options: RosUp, spec: RobotSpec) -> Values:
    """Return the parameters of who drives and walks: the nodes' defaults are the shipped ones."""
    if (options.policy, options.robot, options.locomotion) == (MODEL, ROBOT, None):
        return {}
    path = None
    if options.policy != TELEOP:
        path = vla_file(options.policy, (), waits=False)
    walks = locomotion_file(options.locomotion, path, spec)
    LocomotionPolicy(OnnxSession(walks, robot=spec))
    return _merged(_policy(options, path, spec), {"locomotion_node": {"policy": _place(walks)}})


def _policy(options: RosUp, path: Place | None, spec: RobotSpec) -> Values:
    """Return the parameters of who drives; ``path`` is where the model is."""
    if options.policy == TELEOP:
        watched = str(SAFETY["watch"].default).split(",")
        return {"safety_node": {"watch": ",".join(n for n in watched if n != "vla_node")}}
    if path is None:
        driver: Values = {"sim_node": {"expert": True}, "vla_node": {"policy": EXPERT}}
        return _merged(_camera(RECORDING_CAMERA), driver)
    camera = open_model(path, spec).camera
    driven = _place(path) if isinstance(path, Path) else options.policy
    return _merged(_camera(camera), {"vla_node": {"policy": driven}})


def _bus(options: RosUp, spec: RobotSpec, others: Values) -> Values:
    """Return the parameters of the driver: the bus, and the camera that the model looks through."""
    if not folds(spec):
        raise CanterError(
            f"--interface: no driver for robot '{spec.name}' is part of Canter; offer its topics "
            "yourself and give --no-sim"
        )
    camera = {
        name: value for name, value in others["sim_node"].items() if name.startswith("camera_")
    }
    return {"unitree_node": {"interface": options.interface, "domain": options.domain, **camera}}


def _robot(options: RosUp, spec: RobotSpec) -> Values:
    """Write the robot's description for the nodes, where it is not the default robot's."""
    if options.robot == ROBOT:
        return {}
    options.logs.mkdir(parents=True, exist_ok=True)
    written = options.logs / ROBOT_FILE
    write_text(written, spec.to_json())
    values: Values = {
        node: {"robot": _place(written)} for node, table in NODES.items() if "robot" in table
    }
    values["sim_node"] = {"robot": _place(file_of(spec).path)}
    if not folds(spec):
        values["sim_node"]["start"] = "standing"
    return values


def _place(path: Path) -> str:
    """Return a path as every process understands it."""
    return str(path.resolve())


def _camera(camera: CameraSpec) -> Values:
    """Return the parameters of a camera, and of who looks through it."""
    sim: dict[str, Value] = {
        "camera_height": camera.height,
        "camera_width": camera.width,
        "camera_fovy_deg": math.degrees(camera.fovy),
        "camera_period_s": camera.period,
    }
    return {"sim_node": sim, "vla_node": {"shortest_period_s": EARLY * camera.period}}
