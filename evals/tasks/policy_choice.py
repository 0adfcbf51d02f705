"""Who drives: the model, the expert, or a model in a file; said once for every command."""

from pathlib import Path

from canter.control.errors import CanterError
from canter.vla.runtime import SHIPPED, VlaRuntime

EXPERT, MODEL = "expert", "vla"


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
            f"no policy '{policy}'; choose vla (the model), expert, or the path of an ONNX file"
        )
    unknown = [name for name in tasks if name not in VlaRuntime(path).tasks]
    if unknown and not policy:
        return None
    if unknown:
        known = ", ".join(VlaRuntime(path).tasks)
        raise CanterError(
            f"the model {path.name} knows {known}, not {', '.join(unknown)}; "
            "choose --policy expert, or a model that knows it"
        )
    return path
