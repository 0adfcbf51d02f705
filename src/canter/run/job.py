"""Everything ``canter run`` was asked for, checked before the robot takes a step."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, ContractError, InstructionError
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession
from canter.control.vocab import Target
from canter.datasets.language.targets import plain_sentence
from canter.datasets.language.understanding import TaskInstruction
from canter.evals.tasks.policy_choice import locomotion_file, vla_file
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
from canter.vla.runtime import VlaRuntime

TELEOP = "teleop"


@dataclass(frozen=True, slots=True)
class Job:
    """What is about to run.

    Attributes:
        options: as they were given.
        instruction: what was understood.
        task: that it names.
        scene: with the robot's start; one from a file may lack what was named.
        vla: the model, opened; None where the expert or a person drives.
        vla_path: its file.
        locomotion: opened, for one robot.
        locomotion_path: its file.
        max_time_s: after which the robot gives up, s.
    """

    options: RunOptions
    instruction: TaskInstruction
    task: Task
    scene: Scene
    vla: VlaRuntime | None
    vla_path: Path | None
    locomotion: LocomotionPolicy
    locomotion_path: Path
    max_time_s: float

    @property
    def camera(self) -> CameraSpec:
        """The camera that the policy wants."""
        return RECORDING_CAMERA if self.vla is None else self.vla.camera

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


def prepare(options: RunOptions, instruction: TaskInstruction) -> Job:
    """Check all options and open the policies.

    Args:
        options: of the command line.
        instruction: what was understood.

    Raises:
        CanterError: whatever cannot work, with what mends it.
    """
    if instruction.kind != "task":
        raise InstructionError(
            f"'{options.instruction}' asks for no task, and no robot is running; say what to do, "
            "such as 'go to the red ball'"
        )
    wanted, spec = task(instruction.task), robot(options.robot)
    max_time_s = _time(options.max_time_s, wanted)
    scene = _scene(options, instruction, wanted)
    check_outputs(
        {"--video": options.video, "--json": options.json},
        {"--scene": options.scene, "--locomotion": options.locomotion},
    )
    _check_video(options.video)
    _check_teleop(options)
    driver = "expert" if options.policy == TELEOP else options.policy
    vla_path = vla_file(driver, (wanted.name,))
    vla = None if vla_path is None else _open_vla(options, vla_path, spec)
    locomotion_path = locomotion_file(options.locomotion, vla_path, spec)
    locomotion = _open_locomotion(options, locomotion_path, spec)
    gl.context()
    return Job(
        options, instruction, wanted, scene, vla, vla_path, locomotion, locomotion_path, max_time_s
    )


def _scene(options: RunOptions, instruction: TaskInstruction, wanted: Task) -> Scene:
    words = dict(instruction.words)
    if options.scene is None:
        return wanted.sample(SceneRequest(options.seed, options.level, words=words))
    if wanted.name != "go_to":
        raise CanterError(
            f"--scene sets things to go to, and '{options.instruction}' asks for {wanted.name}; "
            "leave --scene out to have a scene drawn"
        )
    return load_scene(options.scene, Target(words.get("colour"), words.get("shape")))


def _time(seconds: float | None, wanted: Task) -> float:
    limit = wanted.time_limit_s
    if seconds is None:
        return limit
    least = RECORDING_CAMERA.period
    if not (math.isfinite(seconds) and least <= seconds <= limit):
        raise CanterError(
            f"--max-time-s {seconds:g} is not between {least:g} and {limit:g} s, "
            f"the time that {wanted.name} allows; give a time within"
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


def _open_vla(options: RunOptions, path: Path, spec: RobotSpec) -> VlaRuntime:
    runtime = VlaRuntime(path, options.provider, robot=spec)
    runtime.reset(plain_sentence(options.instruction, runtime.tasks))
    return runtime


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
