"""Options of ``canter mcp``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from typing import Annotated

import tyro

from canter.evals.options import Level, OptionalFile
from canter.run.options import Provider, TaskName
from canter.sim.robots.options import ROBOT, RobotOption

Driver = Annotated[str, tyro.conf.arg(metavar="vla|FILE|ws://HOST:PORT")]


@dataclass(frozen=True, slots=True)
class McpOptions:
    """Offer a simulated robot to agents, by the Model Context Protocol: say, stop, look, state.

    Attributes:
        policy: Who drives: vla (the shipped model), the ONNX file of a model, or ws:// and a policy
            server.
        seed: Draws the scene. Same seed, same scene.
        level: Of the scene, 1 (easy) to 3 (hard).
        task: Whose scene it is; sequence (things of many kinds) if left out.
        scene: YAML file that sets the objects exactly, in place of a drawn scene.
        provider: What computes the policies. The one asked for runs, or none does.
        locomotion: ONNX policy from commands to joints, in place of the shipped one.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        fall_response: Crouch while a fall is likely.
        fast: Let simulated time pass as fast as it can while something is done, in place of real
            time.
        http: Serve on --host and --port in place of standard input and output.
        host: Address to serve on with --http; 0.0.0.0 lets other machines in.
        port: On which it is served with --http.
    """

    policy: Driver = "vla"
    seed: int = 0
    level: Level = 2
    task: TaskName = None
    scene: OptionalFile = None
    provider: Provider = "cpu"
    locomotion: OptionalFile = None
    robot: RobotOption = ROBOT
    fall_response: bool = True
    fast: bool = False
    http: bool = False
    host: str = "127.0.0.1"
    port: int = 8765
