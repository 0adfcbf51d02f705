"""Options of ``canter run`` and ``canter doctor``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from typing import Annotated, Literal

import tyro

from canter.evals.options import EyesOption, Level, OptionalFile, OptionalFolder
from canter.sim.robots.options import ROBOT, RobotOption

Driver = Annotated[str, tyro.conf.arg(metavar="vla|expert|teleop|FILE|hf:FOLDER|ws://HOST:PORT")]
Provider = Literal["cpu", "cuda", "tensorrt"]
Instruction = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="INSTRUCTION")]
MaybeInstruction = Annotated[
    str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[INSTRUCTION]")
]
TaskName = Annotated[str | None, tyro.conf.arg(metavar="TASK")]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Say it, and the simulated robot does it; without a sentence, talk to it while it moves.

    Attributes:
        instruction: What the robot shall do, in quotes: "go to the red ball". Left out, sentences
            are typed while it moves, or read from a pipe line by line; there is no time limit then.
        policy: Who drives: vla (the shipped model), expert (sees the ground truth), teleop (you, by
            the keys w a s d), the ONNX file of a model, hf: and the folder of a large one, or ws://
            and a policy server, in real time.
        seed: Draws the scene, which then holds what the instruction names. Same seed, same run.
        level: Of the scene, 1 (easy) to 3 (hard).
        task: Without a sentence: whose scene it is; sequence (things of many kinds) if left out.
        scene: YAML file that sets the objects to go to exactly, in place of a drawn scene.
        video: MP4 file to write: follow view, the robot's own view and the instruction.
        json: JSON file to write: verdict, timings of each stage, missed deadlines.
        provider: What computes the policies. The one asked for runs, or none does.
        locomotion: ONNX policy from commands to joints, in place of the shipped one.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        fall_response: Crouch while a fall is likely.
        avoid: Keep off what the range sensor sees, whoever drives; what it changed is in the JSON.
        max_time_s: Give up after this much simulated time, s; what the task allows if left out.
        quiet: Print nothing but the verdict.
        eyes: What finds the thing to go to, in place of the model's own eyes, so that it may be any
            (docs/eyes.md): a kind and the folder of a zero-shot detector of transformers, as
            owlv2:FOLDER or grounding-dino:FOLDER; brain: and the address of a large model; or
            truth, the simulator's own.
        brain: Address of a server of a large vision-language model that speaks as OpenAI's do
            (llama.cpp, Ollama, vLLM), such as http://127.0.0.1:8080/v1. It splits a long wish into
            sentences that the robot understands, checks each by a picture, plans again, and answers
            questions. The robot's pictures go there; a key is taken from CANTER_BRAIN_KEY.
        brain_model: The server's model; the first that it lists if left out.
        brain_timeout_s: Longest wait for one answer, s.
        brain_log: Folder that keeps every exchange with the brain, pictures too.
        brain_ways: The brain leads to a goal that no sentence covers, by choosing among arrows that
            are drawn into the picture (PIVOT), in place of a plan of sentences.
        approve: Whether a person says yes to each plan of the brain before the robot moves.
    """

    instruction: MaybeInstruction = None
    policy: Driver = "vla"
    seed: int = 0
    level: Level = 2
    task: TaskName = None
    scene: OptionalFile = None
    video: OptionalFile = None
    json: OptionalFile = None
    provider: Provider = "cpu"
    locomotion: OptionalFile = None
    robot: RobotOption = ROBOT
    fall_response: bool = True
    avoid: bool = False
    max_time_s: float | None = None
    quiet: bool = False
    eyes: EyesOption = ""
    brain: Annotated[str | None, tyro.conf.arg(metavar="URL")] = None
    brain_model: Annotated[str, tyro.conf.arg(metavar="NAME")] = ""
    brain_timeout_s: float = 60.0
    brain_log: OptionalFolder = None
    brain_ways: bool = False
    approve: Literal["ask", "auto"] = "ask"


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """Say what works on this machine, and the one line that mends each thing that does not.

    Attributes:
        json: Print JSON in place of the table.
    """

    json: bool = False
