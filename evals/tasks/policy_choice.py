"""Who drives: the model, the expert, or a model of one's own; said once for every command."""

from contextlib import ExitStack
from pathlib import Path

from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import shipped_policy
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.vla.eyes.eyed_policy import EyedPolicy
from canter.vla.follower import FollowedPolicy
from canter.vla.hf.contract import read_contract
from canter.vla.hf.model_folder import HfModel, check_folder
from canter.vla.planned_policy import EXPERT
from canter.vla.policy import VlaPolicy
from canter.vla.remote.address import ServerAddress, is_address, parse_address
from canter.vla.remote.model import RemoteModel, ask
from canter.vla.remote.policy import RemotePolicy
from canter.vla.runtime import SHIPPED, VlaRuntime

MODEL, TELEOP = "vla", "teleop"
HF = "hf:"
"""Stands before the folder of a large model that `transformers` opens."""
LEAVE_OUT = "leave --policy out to use the model that comes with Canter"

Place = Path | ServerAddress
"""Where a model is: an ONNX file, the folder of a checkpoint, or a policy server."""
Model = VlaRuntime | HfModel | RemoteModel
"""An opened model: it has a camera, tasks, and a locomotion policy of its own."""


def vla_file(policy: str, tasks: tuple[str, ...], *, waits: bool = True) -> Place | None:
    """Return the file, the folder or the server of the model that drives, None for the expert.

    Args:
        policy: "vla", "expert", the path of a file, HF and a folder, the address of a server, or
            empty: the shipped model where it knows the tasks, else the expert.
        tasks: what is to be done.
        waits: time stands still while a server thinks, where its address does not say otherwise.

    Raises:
        CanterError: there is no such policy, or the model does not know a task.
    """
    if policy == EXPERT:
        return None
    path = parse_address(policy, waits=waits) if is_address(policy) else _place(policy)
    known = known_tasks(path)
    unknown = [name for name in tasks if known and name not in known]
    if unknown and not policy:
        return None
    if unknown:
        raise CanterError(
            f"the model {path.name} knows {', '.join(known)}, not {', '.join(unknown)}; "
            "choose --policy expert, or a model that knows it"
        )
    return path


def _place(policy: str) -> Path:
    """Return where the model of a name lies.

    Raises:
        CanterError: there is nothing, or not what the name says.
    """
    if policy.startswith(HF):
        folder = Path(policy.removeprefix(HF))
        check_folder(folder)
        return folder
    path = SHIPPED if policy in ("", MODEL) else Path(policy)
    if path.is_dir():
        raise CanterError(
            f"'{policy}' is a folder; a checkpoint of transformers is named {HF}{policy}"
        )
    if not path.exists():
        raise CanterError(
            f"'{policy}' is no policy: no such file; choose vla, expert, the path of an ONNX "
            f"file, {HF}FOLDER or ws://HOST:PORT, or {LEAVE_OUT}"
        )
    return path


def known_tasks(path: Place) -> tuple[str, ...]:
    """Return the tasks that a model knows; nothing where a server does not say.

    Raises:
        ContractError: the file or the folder is no model that can be driven.
        ServerError: no server answers there.
    """
    if isinstance(path, ServerAddress):
        return ask(path).tasks
    try:
        return read_contract(path).tasks if path.is_dir() else VlaRuntime(path).tasks
    except ContractError as error:
        raise ContractError(f"{error}; {LEAVE_OUT}") from error


def locomotion_file(
    given: Path | None, vla: Place | None, robot: RobotSpec = DEFAULT_ROBOT
) -> Path:
    """Return the locomotion policy: the one given, else the model's own, else the whole gait's."""
    if given is not None:
        return given
    if vla is None:
        return shipped_policy(robot.name, "gait")
    return open_model(vla, robot).locomotion


def open_model(
    path: Place,
    robot: RobotSpec = DEFAULT_ROBOT,
    provider: str | None = None,
    threads: int | None = None,
) -> Model:
    """Return the model of a file, of a folder or of a server, as `vla_file` finds them.

    Args:
        path: ONNX file, the folder of a checkpoint, or the address of a server.
        robot: that it is about to command.
        provider: "cpu", "cuda" or "tensorrt"; None takes the CPU for a file, and for a checkpoint
            the GPU where there is one.
        threads: of the CPU; None takes one for a file, and for a checkpoint all.

    Raises:
        CanterError: it is no model, was changed, or does not fit.
    """
    if isinstance(path, ServerAddress):
        return RemoteModel(path, robot)
    if path.is_dir():
        return HfModel(path, robot, provider, threads)
    return VlaRuntime(path, provider or "cpu", threads or 1, robot)


def hears_words(model: Model | None) -> bool:
    """Tell whether a model can be talked to while it drives; the expert (None) cannot."""
    if isinstance(model, RemoteModel):
        return not model.facts.wants_truth
    return isinstance(model, VlaRuntime)


def followed_policy(model: Model) -> FollowedPolicy:
    """Return a model that hears words as it drives one robot that is talked to.

    Raises:
        CanterError: it hears none.
    """
    if isinstance(model, VlaRuntime):
        return VlaPolicy(model)
    if isinstance(model, RemoteModel) and hears_words(model):
        return model.policy()
    raise CanterError("this policy hears no words on its way; choose another with --policy")


def closed_by(stack: ExitStack, policy: object) -> None:
    """End the connections of a policy that has any, when a block ends."""
    policy = policy.driver if isinstance(policy, EyedPolicy) else policy
    if isinstance(policy, RemotePolicy):
        stack.callback(policy.close)
