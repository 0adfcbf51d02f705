"""Everything ``canter run`` was asked for, checked before the robot takes a step."""

import math
from dataclasses import dataclass
from pathlib import Path

from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import SHIPPED as SHIPPED_LOCOMOTION
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.vocab import Target
from canter.run.options import RunOptions
from canter.run.outputs import check_outputs
from canter.sim.rendering import opengl as gl
from canter.sim.rendering.video import codec
from canter.sim.rollout import VLA_PERIOD
from canter.sim.scenes.scene_file import load_scene
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene
from canter.sim.tasks.stopping import TIME_LIMIT
from canter.vla.runtime import SHIPPED as SHIPPED_VLA
from canter.vla.runtime import VlaRuntime


@dataclass(frozen=True, slots=True)
class Job:
    """What is about to run.

    Attributes:
        options: as they were given.
        target: what the instruction names.
        scene: with the robot's start; it may lack the target.
        vla: opened, with the instruction.
        vla_path: its file.
        locomotion: opened, for one robot.
        locomotion_path: its file.
    """

    options: RunOptions
    target: Target
    scene: Scene
    vla: VlaRuntime
    vla_path: Path
    locomotion: LocomotionPolicy
    locomotion_path: Path


def prepare(options: RunOptions, target: Target) -> Job:
    """Check all options and open the policies.

    Args:
        options: of the command line.
        target: what the instruction names.

    Raises:
        CanterError: whatever cannot work, with what mends it.
    """
    _check_time(options.max_time_s)
    if options.scene is not None:
        scene = load_scene(options.scene, target)
    else:
        scene = sample_scene(options.seed, "seen", target)
    check_outputs(
        {"--video": options.video, "--json": options.json},
        {"--scene": options.scene, "--vla": options.vla, "--locomotion": options.locomotion},
    )
    _check_video(options.video)
    vla_path = options.vla or SHIPPED_VLA
    locomotion_path = options.locomotion or SHIPPED_LOCOMOTION
    vla = _open_vla(options, vla_path)
    locomotion = _open_locomotion(options, locomotion_path)
    gl.context()
    return Job(options, target, scene, vla, vla_path, locomotion, locomotion_path)


def name_of(target: Target) -> str:
    """Return a target in words: "red ball", "red object", "ball"."""
    return " ".join(word for word in (target.colour, target.shape or "object") if word)


def _check_time(seconds: float) -> None:
    if not (math.isfinite(seconds) and VLA_PERIOD <= seconds <= TIME_LIMIT):
        raise CanterError(
            f"--max-time-s {seconds:g} is not between {VLA_PERIOD:g} and {TIME_LIMIT:g} s, "
            "the time that the task allows; give a time within"
        )


def _check_video(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix.lower() != ".mp4":
        raise CanterError(
            f"--video {path} does not end in .mp4, the only format there is; "
            f"write {path.with_suffix('.mp4').name}"
        )
    codec()


def _open_vla(options: RunOptions, path: Path) -> VlaRuntime:
    try:
        runtime = VlaRuntime(path, options.provider)
    except ContractError as error:
        raise ContractError(f"{error}; {_other_policy('--vla', options.vla)}") from error
    runtime.reset(options.instruction)
    return runtime


def _open_locomotion(options: RunOptions, path: Path) -> LocomotionPolicy:
    try:
        session = OnnxSession(path, options.provider)
        if session.contract.kind != "locomotion":
            raise ContractError(
                f"{path}: contract field 'kind' is '{session.contract.kind}', not 'locomotion'"
            )
        return LocomotionPolicy(session)
    except ContractError as error:
        remedy = _other_policy("--locomotion", options.locomotion)
        raise ContractError(f"{error}; {remedy}") from error


def _other_policy(option: str, given: Path | None) -> str:
    """Return what helps where a policy file does not."""
    if given is not None:
        return f"leave {option} out to use the policy that comes with Canter"
    return f"install Canter again, or name another policy with {option}"
