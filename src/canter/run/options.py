"""Options of ``canter run`` and ``canter doctor``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from typing import Annotated, Literal

import tyro

from canter.evals.options import OptionalFile

Provider = Literal["cpu", "cuda", "tensorrt"]
Instruction = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="INSTRUCTION")]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Say it, and the simulated robot does it.

    Attributes:
        instruction: What the robot shall do, in English, in quotes: "go to the red ball".
        seed: Draws the scene, which then holds what the instruction names. Same seed, same run.
        scene: YAML file that sets the objects exactly, in place of a drawn scene.
        video: MP4 file to write: follow view, the robot's own view and the instruction.
        json: JSON file to write: verdict, timings of each stage, missed deadlines.
        provider: What computes the policies. The one asked for runs, or none does.
        vla: ONNX policy from pictures to commands, in place of the shipped one.
        locomotion: ONNX policy from commands to joints, in place of the shipped one.
        max_time_s: Give up after this much simulated time, s.
        quiet: Print nothing but the verdict.
    """

    instruction: Instruction
    seed: int = 0
    scene: OptionalFile = None
    video: OptionalFile = None
    json: OptionalFile = None
    provider: Provider = "cpu"
    vla: OptionalFile = None
    locomotion: OptionalFile = None
    max_time_s: float = 40.0
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """Say what works on this machine, and the one line that mends each thing that does not.

    Attributes:
        json: Print JSON in place of the table.
    """

    json: bool = False
