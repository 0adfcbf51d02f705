"""Options of ``canter play`` and ``canter sheet``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from canter.evals.options import Level, OptionalFile, Split
from canter.sim.robots.options import ROBOT, RobotOption

TaskName = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="TASK")]
Driver = Annotated[str, tyro.conf.arg(metavar="vla|expert|teleop|FILE|hf:FOLDER|ws://HOST:PORT")]
SheetFile = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]


@dataclass(frozen=True, slots=True)
class PlayOptions:
    """Watch a robot at its task in the web browser, talk to it, and drive it yourself.

    Attributes:
        task: What the robot is asked to do, such as crawl; see 'canter eval --help'.
        policy: Who drives at first: vla (the shipped model, which can be talked to), expert, teleop
            (you, by the sliders), the ONNX file of a model, hf: and the folder of a large one, or
            ws:// and a policy server (which can be talked to).
        seed: Draws the scene. Same seed, same scene.
        level: 1 (easy), 2 or 3 (hard).
        split: Seen in training, held-out things, or held-out ways to say it.
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        port: On which the page is served.
        host: Address to serve on; 0.0.0.0 lets other machines in.
        seconds: End after this time, s; 0 runs until Ctrl-C.
    """

    task: TaskName
    policy: Driver = "expert"
    seed: int = 0
    level: Level = 1
    split: Split = "seen"
    locomotion: OptionalFile = None
    robot: RobotOption = ROBOT
    port: int = 8080
    host: str = "127.0.0.1"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """Draw scenes of the tasks as one picture, from outside and as the robot sees them.

    Attributes:
        file: PNG file to write.
        tasks: Which ones; all that there are if left out.
        seed: Draws the scenes. Same seed, same picture on one machine.
        split: Seen in training, held-out things, or held-out ways to say it.
    """

    file: SheetFile
    tasks: tuple[str, ...] = ()
    seed: int = 0
    split: Split = "seen"
