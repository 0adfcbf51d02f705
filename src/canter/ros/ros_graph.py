"""From options to a running graph of ROS nodes; loads ROS."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.stop import StopRequest
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.understanding import understand
from canter.evals.tasks.policy_choice import HF, MODEL, TELEOP, open_model, vla_file
from canter.ros.options import RosUp
from canter.ros_nodes.graph.children import Children
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import CONTROLLER, SAFETY, SIM, Value
from canter.ros_nodes.graph.supervisor import ORDER, Graph, Supervisor
from canter.sim.scene_env import RECORDING_CAMERA
from canter.vla.planned_policy import EXPERT

BRING_UP_S = 90.0
"""Longest time until all nodes are active, s; a busy machine starts ten times slower."""
LEASE_S = 0.5
"""Silence after which a writer loses the lease, s; longer where simulated time runs slower."""
EARLY = 0.75
"""Share of the picture period before which another picture is skipped."""
Values = dict[str, dict[str, Value]]


def graph_of(options: RosUp) -> Graph:
    """Return what is to run.

    Raises:
        CanterError: an option that cannot work.
    """
    rate = SIM["rate"]
    low, high = rate.low or 0.0, rate.high or 0.0
    if not low <= options.rate <= high:
        raise CanterError(f"--rate {options.rate:g} is not between {low:g} and {high:g}")
    simulated = options.robot == "sim"
    if not simulated and (options.use_sim_time or options.rate != 1.0 or options.scene):
        raise CanterError("--robot none has no --rate, --scene or --use-sim-time; leave them out")
    _check_policy(options)
    for name, file in (("--scene", options.scene), ("--params-file", options.params_file)):
        if file is not None and not file.is_file():
            raise CanterError(f"{name} {file}: there is no such file")
    absent = {
        "recorder_node": options.record is None,
        "sim_node": not simulated,
        "vla_node": options.policy == TELEOP,
    }
    return Graph(
        nodes=tuple(name for name in ORDER if not absent.get(name, False)),
        logs=options.logs,
        namespace=options.namespace,
        use_sim_time=options.use_sim_time or options.rate != 1.0,
        params_files=(options.params_file.resolve(),) if options.params_file else (),
        values=_merged(_scene(options), _pace(options), _driver(options), _record(options)),
    )


def _check_policy(options: RosUp) -> None:
    """Refuse who cannot drive this robot."""
    if options.policy == EXPERT and options.robot != "sim":
        raise CanterError(
            "--policy expert sees the ground truth, which only a simulator has; leave "
            "--robot none out, or choose another policy"
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


def _driver(options: RosUp) -> Values:
    """Return the parameters of who drives: the nodes' defaults are the shipped model's."""
    if options.policy == MODEL:
        return {}
    if options.policy == TELEOP:
        watched = str(SAFETY["watch"].default).split(",")
        watch = ",".join(node for node in watched if node != "vla_node")
        return {"safety_node": {"watch": watch}}
    if options.policy == EXPERT:
        values = _camera(RECORDING_CAMERA)
        return _merged(values, {"sim_node": {"expert": True}, "vla_node": {"policy": EXPERT}})
    path = vla_file(options.policy, ())
    assert path is not None, "the expert alone has no file"
    model = open_model(path)
    return _merged(
        _camera(model.camera),
        {
            "vla_node": {"policy": str(path.resolve())},
            "locomotion_node": {"policy": str(model.locomotion)},
        },
    )


def _camera(camera: CameraSpec) -> Values:
    """Return the parameters of a camera, and of who looks through it."""
    sim: dict[str, Value] = {
        "camera_height": camera.height,
        "camera_width": camera.width,
        "camera_fovy_deg": math.degrees(camera.fovy),
        "camera_period_s": camera.period,
    }
    return {"sim_node": sim, "vla_node": {"shortest_period_s": EARLY * camera.period}}


@contextmanager
def running(graph: Graph, stop: StopRequest | None = None) -> Iterator[tuple[Client, Supervisor]]:
    """Run a graph within the block, brought up; all processes end with it.

    Raises:
        CanterError: it does not come up; or, asked to stop meanwhile, it was stopped.
    """
    children: Children = graph.children()
    with Client(graph.namespace) as client, children:
        supervisor = Supervisor(client, children)

        def obey() -> None:
            if stop is not None and stop.asked:
                raise KeyboardInterrupt

        supervisor.bring_up(BRING_UP_S, obey)
        yield client, supervisor
