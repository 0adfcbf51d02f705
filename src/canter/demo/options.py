"""Options of ``canter demo``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path

from canter.evals.options import Level
from canter.run.options import Driver
from canter.sim.robots.options import ROBOT, RobotOption


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """Say one sentence of each task, and film how the simulated robot does them.

    Attributes:
        video: MP4 file to write, all tasks one after the other.
        policy: Who drives: vla (the shipped model), expert, or the ONNX file of a model.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        seed: Draws the scenes. Same seed, same demo.
        level: Of the scenes, 1 (easy) to 3 (hard).
    """

    video: Path = Path("runs/demo.mp4")
    policy: Driver = "vla"
    robot: RobotOption = ROBOT
    seed: int = 1
    level: Level = 1
