"""Everything ``canter run`` was asked for, checked before the robot takes a step."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError, InstructionError
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession
from canter.control.vocab import Target
from canter.datasets.language.understanding import TaskInstruction
from canter.evals.eyes.eyes_choice import EyesChoice, check_eyes, read_eyes
from canter.evals.tasks.policy_choice import (
    HF,
    TELEOP,
    Model,
    Place,
    hears_words,
    locomotion_file,
    open_model,
    vla_file,
)
from canter.run.brain_job import check_brain_options, yard_for
from canter.run.options import RunOptions
from canter.run.outputs import check_outputs
from canter.sim.rendering import opengl as gl
from canter.sim.rendering.video import codec
from canter.sim.robots.registry import robot
from canter.sim.scene_env import RECORDING_CAMERA
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.go_to.scene_file import load_scene
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import Task
from canter.vla.eyes.eyed_policy import STAND_IN, looked_for
from canter.vla.planned_policy import EXPERT
from canter.vla.remote.model import RemoteModel
from canter.vla.runtime import VlaRuntime

PLENTY = "sequence"
"""Task whose scenes hold things of many kinds and colours, to talk about."""
TALKED_OF = {"colour": "red", "shape": "ball"}
"""One of them, so that the plainest sentence always has its thing."""
LONGEST_TALK_S = math.inf
"""Time for which a robot is talked to, s."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is about to run.

    Attributes:
        options: as they were given.
        instruction: what was understood; None where a person or a brain talks while it moves.
        task: that it names, or whose scene it is.
        scene: with the robot's start; one from a file may lack what was named.
        vla: the model, its contract read; None where the expert or a person drives.
        vla_path: its file, folder or server.
        locomotion: opened, for one robot.
        locomotion_path: its file.
        max_time_s: after which the robot gives up, s.
        eyes: what finds the thing to go to; None for the model's own eyes.
    """

    options: RunOptions
    instruction: TaskInstruction | None
    task: Task
    scene: Scene
    vla: Model | None
    vla_path: Place | None
    locomotion: LocomotionPolicy
    locomotion_path: Path
    max_time_s: float
    eyes: EyesChoice | None = None

    @property
    def camera(self) -> CameraSpec:
        """The camera that the policy wants."""
        return RECORDING_CAMERA if self.vla is None else self.vla.camera

    @property
    def real_time(self) -> bool:
        """Whether time goes on while a policy server thinks."""
        return isinstance(self.vla, RemoteModel) and not self.vla.address.waits

    @property
    def sentence(self) -> str:
        """What was said; empty where a person is going to talk."""
        return self.options.instruction or ""

    @property
    def named(self) -> str:
        """What the instruction names, such as ``red ball``; the task where it names nothing."""
        referents = self.task.referents(self.scene)
        return " and the ".join(r.name for r in referents) or self.task.name.replace("_", " ")

    @property
    def missing(self) -> bool:
        """Whether the scene lacks something that is named."""
        ball = self.scene.ball is not None
        return any(not r.objects and not ball for r in self.task.referents(self.scene))


def prepare(options: RunOptions, instruction: TaskInstruction | None) -> Job:
    """Check all options and open the policies.

    Args:
        options: of the command line.
        instruction: what was understood; None where a person is going to talk.

    Raises:
        CanterError: whatever cannot work, with what mends it.
    """
    check_brain_options(options)
    wanted, spec = _task(options, instruction), robot(options.robot)
    limit = LONGEST_TALK_S if instruction is None else wanted.time_limit_s
    max_time_s = _time(options.max_time_s, limit)
    scene = _scene(options, instruction, wanted)
    check_outputs({"--video": options.video, "--json": options.json})
    _check_video(options.video)
    _check_teleop(options)
    driver = "expert" if options.policy == TELEOP else options.policy
    vla_path = vla_file(driver, () if instruction is None else (wanted.name,), waits=False)
    vla = None if vla_path is None else _open_vla(options, instruction, vla_path, spec)
    locomotion_path = locomotion_file(options.locomotion, vla_path, spec)
    locomotion = _open_locomotion(options, locomotion_path, spec)
    eyes = _eyes(options, vla)
    if instruction is None and not hears_words(vla) and (vla is not None or not options.brain):
        _refuse_talk(options)
    gl.context()
    return Job(
        options,
        instruction,
        wanted,
        scene,
        vla,
        vla_path,
        locomotion,
        locomotion_path,
        max_time_s,
        eyes,
    )


def _task(options: RunOptions, instruction: TaskInstruction | None) -> Task:
    """Return the task of the sentence; where there is none, whose scene it is."""
    if instruction is None:
        _check_talk(options)
        placed = options.scene is not None or _in_yard(options)
        return task("go_to" if placed else options.task or PLENTY)
    if instruction.kind != "task":
        raise InstructionError(
            f"'{options.instruction}' asks for no task, and no robot is running; say what to do, "
            "such as 'go to the red ball'"
        )
    if options.task is not None:
        raise CanterError(
            f"--task {options.task} chooses the scene of a run without a sentence; "
            f"'{options.instruction}' names its own, so leave --task out"
        )
    return task(instruction.task)


def _in_yard(options: RunOptions) -> bool:
    """Tell whether the scene is a yard for what a brain is wished."""
    return options.brain is not None and bool(options.instruction) and options.task is None


def _check_talk(options: RunOptions) -> None:
    deaf = (TELEOP,) if options.brain is not None else (EXPERT, TELEOP)
    if options.policy in deaf or options.policy.startswith(HF):
        _refuse_talk(options)
    if options.json is not None and options.instruction is None:
        raise CanterError(
            "--json is the verdict on one sentence; leave it out, or say in quotes what to do"
        )
    if options.scene is not None and options.task is not None:
        raise CanterError("--scene and --task both say where the robot is; leave one out")


def _refuse_talk(options: RunOptions) -> NoReturn:
    raise CanterError(
        f"--policy {options.policy} hears no words on its way; leave it out, or say in quotes "
        "what to do"
    )


def _scene(options: RunOptions, instruction: TaskInstruction | None, wanted: Task) -> Scene:
    if _in_yard(options) and options.scene is None:
        return yard_for(options.instruction or "", options.seed)
    talk = instruction is None and options.task is None and options.scene is None
    words = dict(TALKED_OF if talk else () if instruction is None else instruction.words)
    if options.scene is None:
        return wanted.sample(SceneRequest(options.seed, options.level, words=words))
    if wanted.name != "go_to":
        raise CanterError(
            f"--scene sets things to go to, and '{options.instruction}' asks for {wanted.name}; "
            "leave --scene out to have a scene drawn"
        )
    return load_scene(options.scene, Target(words.get("colour"), words.get("shape")))


def _time(seconds: float | None, limit: float) -> float:
    if seconds is None:
        return limit
    least = RECORDING_CAMERA.period
    if not (math.isfinite(seconds) and least <= seconds <= limit):
        raise CanterError(
            f"--max-time-s {seconds:g} is not between {least:g} and {limit:g} s, "
            "the time that the task allows; give a time within"
        )
    return seconds


def _check_video(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix.lower() != ".mp4":
        raise CanterError(
            f"--video {path} does not end in .mp4, the only format there is; "
            f"write {path.with_suffix('.mp4').name}"
        )
    codec()


def _check_teleop(options: RunOptions) -> None:
    if options.policy == TELEOP and not sys.stdin.isatty():
        raise CanterError(
            "--policy teleop reads keys from a terminal, and standard input is none; start it in a "
            "terminal, or drive in the browser with 'canter play'"
        )


def _open_vla(
    options: RunOptions, instruction: TaskInstruction | None, path: Place, spec: RobotSpec
) -> Model:
    model = open_model(path, spec, options.provider)
    if instruction is not None and isinstance(model, VlaRuntime):
        said = options.instruction or ""
        model.reset(STAND_IN if options.eyes and looked_for(said) else said)
    return model


def _eyes(options: RunOptions, vla: Model | None) -> EyesChoice | None:
    """Return what finds the thing to go to; None for the model's own eyes."""
    if not options.eyes:
        return None
    if vla is None or options.instruction is None or options.brain is not None:
        raise CanterError(
            "--eyes finds what a model is told to go to in one sentence: say one in quotes, leave "
            "--policy expert or teleop out, and --brain too"
        )
    choice = read_eyes(options.eyes)
    check_eyes(choice, looked_for(options.instruction))
    return choice


def _open_locomotion(options: RunOptions, path: Path, spec: RobotSpec) -> LocomotionPolicy:
    try:
        session = OnnxSession(path, options.provider, robot=spec)
        if session.contract.kind != "locomotion":
            raise ContractError(
                f"{path}: contract field 'kind' is '{session.contract.kind}', not 'locomotion'"
            )
        return LocomotionPolicy(session)
    except ContractError as error:
        remedy = (
            "leave --locomotion out to use the policy that comes with Canter"
            if options.locomotion is not None
            else "install Canter again, or name another policy with --locomotion"
        )
        raise ContractError(f"{error}; {remedy}") from error
