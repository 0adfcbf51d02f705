"""Options of the collecting commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.sim.robots.options import ROBOT, RobotOption

OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
OptionalNumber = Annotated[float | None, tyro.conf.arg(metavar="NUMBER")]
OptionalPixels = Annotated[int | None, tyro.conf.arg(metavar="PX")]
Split = Literal["seen", "unseen_object", "unseen_instruction"]
Level = Literal[1, 2, 3]
Ray = Annotated[str | None, tyro.conf.arg(metavar="local|ADDRESS")]
TaskNames = Annotated[tuple[str, ...], tyro.conf.arg(aliases=["--families"])]
Policy = Annotated[str, tyro.conf.arg(metavar="expert|FILE|ws://HOST:PORT")]
Dynamics = Literal["nominal", "varied"]


@dataclass(frozen=True, slots=True)
class Collect:
    """Record episodes as a LeRobot v3.0 data set; a run that was killed goes on.

    Pictures are 96 x 96 px at 10 Hz, or those of the model that drives; --camera-of, --height,
    --width, --fovy and --period choose another camera.

    Attributes:
        tasks: Tasks by name; "all" takes every one.
        episodes: Number of episodes, shared evenly by tasks and levels.
        out: Folder of the data set.
        seed: Seed of scenes, words and noise. Same arguments, same bits on one machine.
        split: Seen in training, held-out objects, or held-out ways to say it.
        levels: Levels of the scenes, from 1 (easy) to 3 (hard).
        policy: Who drives: the expert, the model in an ONNX file, or a policy server, whose
            answers the simulation waits for; the expert says at every picture what it would do
            there.
        noisy_share: Share of the expert's episodes whose velocities are disturbed, and which are
            marked as sub-optimal.
        dynamics: Nominal, or drawn for each episode: mass, friction, strength and delay.
        max_seconds: Longest episode, s; as long as its task allows if left out.
        camera_of: ONNX file of a model whose contract names the camera.
        height: Height of the pictures, px, in place of the camera's.
        width: Width of the pictures, px, in place of the camera's.
        fovy: Vertical field of view, degrees, in place of the camera's.
        period: Time between two pictures, s, in place of the camera's: 0.1, 0.2, 0.5 or 1.
        workers: Processes that share the episodes; 0 takes one for each core.
        ray: Run over Ray: "local", or the address of a cluster (needs the extra scale).
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
    """

    tasks: TaskNames = ("all",)
    episodes: int = 100
    out: Path = Path("runs/dataset")
    seed: int = 0
    split: Split = "seen"
    levels: tuple[Level, ...] = (1, 2, 3)
    policy: Policy = "expert"
    noisy_share: float = 0.2
    dynamics: Dynamics = "nominal"
    max_seconds: OptionalNumber = None
    camera_of: OptionalFile = None
    height: OptionalPixels = None
    width: OptionalPixels = None
    fovy: OptionalNumber = None
    period: OptionalNumber = None
    workers: int = 0
    ray: Ray = None
    locomotion: OptionalFile = None
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class BenchCollect:
    """Measure how many expert episodes with 10 Hz pictures are recorded in a minute, and why.

    Attributes:
        tasks: Tasks by name; "all" takes every one.
        episodes: Number of episodes, recorded into a passing folder.
        seed: Seed of scenes, words and noise.
        workers: Processes that share the episodes; 0 takes one for each core.
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        robot: Robot's name, or the path of its robot.yaml; the policy must be for it.
        json: JSON file to write.
    """

    tasks: TaskNames = ("all",)
    episodes: int = 180
    seed: int = 0
    workers: int = 0
    locomotion: OptionalFile = None
    robot: RobotOption = ROBOT
    json: OptionalFile = None
