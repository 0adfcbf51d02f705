"""From options to a running graph of ROS nodes; loads ROS."""

from collections.abc import Iterator
from contextlib import contextmanager

from canter.control.errors import CanterError
from canter.control.stop import StopRequest
from canter.datasets.language.safety_words import is_stop
from canter.datasets.language.understanding import understand
from canter.ros.options import RosUp
from canter.ros_nodes.graph.children import Children
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import CONTROLLER, SIM, Value
from canter.ros_nodes.graph.supervisor import ORDER, Graph, Supervisor

BRING_UP_S = 90.0
"""Longest time until all nodes are active, s; a busy machine starts ten times slower."""
LEASE_S = 0.5
"""Silence after which a writer loses the lease, s; longer where simulated time runs slower."""


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
    for name, file in (("--scene", options.scene), ("--params-file", options.params_file)):
        if file is not None and not file.is_file():
            raise CanterError(f"{name} {file}: there is no such file")
    sim: dict[str, Value] = {"rate": options.rate, "scene_seed": options.seed}
    if options.scene is not None:
        sim["scene_file"] = str(options.scene.resolve())
    if options.instruction and not is_stop(options.instruction):
        understand(options.instruction)  # refused here, before any node starts
        sim["target"] = options.instruction
    slowed = LEASE_S / min(options.rate, 1.0)
    values: dict[str, dict[str, Value]] = {
        "sim_node": sim,
        "locomotion_node": {"command_timeout_s": min(slowed, 5.0)},
    }
    if options.rate > 1.0:  # the same patience on this machine's own clock
        patience = float(CONTROLLER["state_timeout_s"].default) * options.rate
        values["controller_node"] = {"state_timeout_s": min(patience, 1.0)}
    if options.record is not None:
        values["recorder_node"] = {"folder": str(options.record.resolve())}
    without = {"recorder_node"} if options.record is None else set()
    without |= set() if simulated else {"sim_node"}
    return Graph(
        nodes=tuple(name for name in ORDER if name not in without),
        logs=options.logs,
        namespace=options.namespace,
        use_sim_time=options.use_sim_time or options.rate != 1.0,
        params_files=(options.params_file.resolve(),) if options.params_file else (),
        values=values,
    )


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
