"""From options to a running graph of ROS nodes; loads ROS."""

from collections.abc import Iterator
from contextlib import contextmanager

from canter.control.errors import CanterError
from canter.control.stop import StopRequest
from canter.evals.tasks.policy_choice import TELEOP
from canter.ros.graph_values import graph_values
from canter.ros.options import RosUp
from canter.ros_nodes.graph.children import Children
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import SIM
from canter.ros_nodes.graph.supervisor import ORDER, Graph, Supervisor

BRING_UP_S = 120.0
"""Longest time until all nodes are active, s; a busy machine starts ten times slower."""


def graph_of(options: RosUp) -> Graph:
    """Return what is to run.

    Raises:
        CanterError: an option that cannot work.
    """
    rate = SIM["rate"]
    low, high = rate.low or 0.0, rate.high or 0.0
    if not low <= options.rate <= high:
        raise CanterError(f"--rate {options.rate:g} is not between {low:g} and {high:g}")
    real = "--interface" if options.interface else "" if options.sim else "--no-sim"
    if real and (options.use_sim_time or options.rate != 1.0 or options.scene):
        raise CanterError(f"{real} has no --rate, --scene or --use-sim-time; leave them out")
    files = {
        "--scene": options.scene,
        "--params-file": options.params_file,
        "--locomotion": options.locomotion,
    }
    for name, file in files.items():
        if file is not None and not file.is_file():
            raise CanterError(f"{name} {file}: there is no such file")
    absent = {
        "recorder_node": options.record is None,
        "sim_node": bool(real),
        "unitree_node": not options.interface,
        "vla_node": options.policy == TELEOP,
    }
    return Graph(
        nodes=tuple(name for name in ORDER if not absent.get(name, False)),
        logs=options.logs,
        namespace=options.namespace,
        use_sim_time=options.use_sim_time or options.rate != 1.0,
        params_files=(options.params_file.resolve(),) if options.params_file else (),
        values=graph_values(options),
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
