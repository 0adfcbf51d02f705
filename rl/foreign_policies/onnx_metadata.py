"""The metadata that mjlab writes into its ONNX files, read in the words of a recipe."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from canter.control.errors import CanterError
from canter.rl.foreign_policies.side_file_values import KD_UNIT, KP_UNIT, our_term, with_unit

NEEDED = (
    *("joint_names", "joint_stiffness", "joint_damping", "default_joint_pos"),
    *("observation_names", "action_scale"),
)
SCALES, HISTORIES = "observation_terms_scale", "observation_terms_history_length"
CLIPS, FLAT = "observation_terms_clip", "observation_terms_flatten_history_dim"
"""What versions from 1.4 on write of each term."""


def mjlab(path: Path, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Read the metadata of an ONNX file of mjlab; lists stand there as text, "1.000,2.000".

    Args:
        path: the ONNX file.
        recipe: the recipe that it completes.

    Raises:
        CanterError: it has none, or says what cannot be mapped; by name.
    """
    model = onnx.load(path, load_external_data=False)
    given = {entry.key: entry.value for entry in model.metadata_props}
    missing = [name for name in NEEDED if name not in given]
    if missing:
        raise CanterError(
            f"{path}: its metadata lack {', '.join(missing)}; export it with mjlab's own runner"
        )
    names = given["observation_names"].split(",")
    if "False" in given.get(FLAT, ""):
        raise CanterError(f"{FLAT}: {given[FLAT]}; a history of its own axis cannot be mapped")
    each: dict[str, Sequence[str]] = {
        key: _items(given.get(key), len(names), key) for key in (SCALES, HISTORIES, CLIPS)
    }
    return {
        "joints": given["joint_names"].split(","),
        "default_pose": with_unit(_numbers(given["default_joint_pos"]), "rad"),
        "gains": {
            "kp": with_unit(_numbers(given["joint_stiffness"]), KP_UNIT),
            "kd": with_unit(_numbers(given["joint_damping"]), KD_UNIT),
        },
        "action": {"scale": with_unit(_numbers(given["action_scale"]), "rad")},
        "observation": [
            {
                "term": our_term(name, recipe["terms"], "observation_names"),
                **_term(each[SCALES][i], each[HISTORIES][i], each[CLIPS][i]),
            }
            for i, name in enumerate(names)
        ],
    }


def _items(text: str | None, count: int, key: str) -> list[str]:
    """Return what is written of each term; left out, nothing."""
    items = [""] * count if text is None else text.split(",")
    if len(items) != count:
        raise CanterError(f"{key}: {len(items)} values, there are {count} terms")
    return items


def _term(scale: str, frames: str, clip: str) -> dict[str, Any]:
    """Return the keys of a term from its scale, its frames (0 is one) and its clip."""
    found: dict[str, Any] = {"frames": max(int(float(frames)), 1) if frames else 1}
    if scale:
        found["scale"] = _numbers(scale, ";")
    ends = [float(one) for one in clip.split(";")] if clip else []
    if ends and all(map(math.isfinite, ends)):
        found["clip"] = ends
    return found


def _numbers(text: str, between: str = ",") -> Any:  # noqa: ANN401 - one number or a list
    """Return the numbers of a text; one that stands alone holds for all."""
    try:
        numbers = [float(one) for one in text.split(between)]
    except ValueError:
        raise CanterError(f"'{text}' holds no numbers") from None
    return numbers if len(numbers) > 1 else numbers[0]
