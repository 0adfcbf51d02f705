"""Who drives: the model, the expert, or a model in a file; said once for every command."""

from pathlib import Path

from canter.control.errors import CanterError, ContractError
from canter.control.locomotion import shipped_policy
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.vla.runtime import SHIPPED, VlaRuntime

EXPERT, MODEL = "expert", "vla"
LEAVE_OUT = "leave --policy out to use the model that comes with Canter"


def vla_file(policy: str, tasks: tuple[str, ...]) -> Path | None:
    """Return the file of the model that drives, None for the expert.

    Args:
        policy: "vla", "expert", a path, or empty: the shipped model where it knows the tasks,
            else the expert.
        tasks: what is to be done.

    Raises:
        CanterError: there is no such policy, or the model does not know a task.
    """
    if policy == EXPERT:
        return None
    path = SHIPPED if policy in ("", MODEL) else Path(policy)
    if not path.exists():
        raise CanterError(
            f"'{policy}' is no policy: no such file; choose vla, expert or the path of an ONNX "
            f"file, or {LEAVE_OUT}"
        )
    known = known_tasks(path)
    unknown = [name for name in tasks if name not in known]
    if unknown and not policy:
        return None
    if unknown:
        raise CanterError(
            f"the model {path.name} knows {', '.join(known)}, not {', '.join(unknown)}; "
            "choose --policy expert, or a model that knows it"
        )
    return path


def known_tasks(path: Path) -> tuple[str, ...]:
    """Return the tasks that a model knows.

    Raises:
        ContractError: the file is no model that this runtime can drive.
    """
    try:
        return VlaRuntime(path).tasks
    except ContractError as error:
        raise ContractError(f"{error}; {LEAVE_OUT}") from error


def locomotion_file(given: Path | None, vla: Path | None, robot: RobotSpec = DEFAULT_ROBOT) -> Path:
    """Return the locomotion policy: the one given, else the model's own, else the whole gait's."""
    if given is not None:
        return given
    if vla is None:
        return shipped_policy(robot.name, "gait")
    return VlaRuntime(vla, robot=robot).locomotion
