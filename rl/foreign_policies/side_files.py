"""What a recipe's ``side_file`` names: the reader of what a project writes beside its policies."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from canter.control.errors import CanterError, did_you_mean
from canter.rl.foreign_policies.onnx_metadata import mjlab
from canter.rl.foreign_policies.rl_sar_file import rl_sar
from canter.rl.foreign_policies.unitree_files import unitree_rl_gym, unitree_rl_lab

IN_THE_FILE = "onnx_metadata"
"""What needs no second file: the policy's own metadata."""

READERS: dict[str, Callable[[Path, Mapping[str, Any]], dict[str, Any]]] = {
    "unitree_rl_gym": unitree_rl_gym,
    "unitree_rl_lab": unitree_rl_lab,
    "rl_sar": rl_sar,
    IN_THE_FILE: mjlab,
}


def completed(content: Mapping[str, Any], policy: Path, side_file: Path | None) -> dict[str, Any]:
    """Return the keys of a recipe with what its side file says laid over them.

    Args:
        content: keys of the recipe.
        policy: the policy's file.
        side_file: what lies beside it, where the recipe asks for it.

    Raises:
        CanterError: there is no such reader, a file is missing or too much, or it cannot be read.
    """
    kind = content.get("side_file")
    if kind in (None, IN_THE_FILE) and side_file is not None:
        raise CanterError(f"--side-file {side_file}: this recipe reads none; leave it out")
    if kind is None:
        return dict(content)
    if kind not in READERS:
        raise CanterError(f"side_file: no reader '{kind}'; {did_you_mean(str(kind), READERS)}")
    if kind == IN_THE_FILE:
        path = policy
    elif side_file is None:
        raise CanterError(f"this recipe reads a file of {kind}; name it with --side-file FILE")
    else:
        path = side_file
    found = READERS[kind](path, content)
    return {**content, **{key: _laid_over(content.get(key), found[key]) for key in found}}


def _laid_over(below: object, above: Any) -> Any:  # noqa: ANN401
    """Return a value with what stood there before kept where it says nothing."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **above}
    return above
