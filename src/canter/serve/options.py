"""Options of ``canter serve``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from typing import Annotated

import tyro

from canter.run.options import Provider
from canter.sim.robots.options import ROBOT, RobotOption
from canter.vla.remote.address import PORT

Served = Annotated[str, tyro.conf.arg(metavar="vla|expert|FILE|hf:FOLDER")]


@dataclass(frozen=True, slots=True)
class ServePolicy:
    """Serve a policy over openpi's websocket protocol: pictures and words in, commands out.

    Attributes:
        policy: Which one: vla (the shipped model), expert (for clients that send the simulator's
            ground truth), the ONNX file of a model, or hf: and the folder of a large one.
        host: Address to serve on; 0.0.0.0 lets other machines in, and nobody is asked who he is.
        port: On which it is served.
        robot: Robot's name, or the path of its robot.yaml; the policy must be for it.
        provider: What computes the policy. The one asked for runs, or none does.
        seconds: End after this time, s; 0 runs until Ctrl-C.
        quiet: Print nothing but errors.
    """

    policy: Served = "vla"
    host: str = "127.0.0.1"
    port: int = PORT
    robot: RobotOption = ROBOT
    provider: Provider = "cpu"
    seconds: float = 0.0
    quiet: bool = False
