"""What is fuzzed: a reader of foreign input, valid inputs of it, and what they are told by."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canter.control.errors import CanterError


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of foreign input.

    Attributes:
        read: reads an input; whatever is wrong with it must be told by a CanterError.
        seeds: valid inputs, which are mutated.
        words: pieces of text that its inputs are made of.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()


ROOM = "canter.evals.fuzzing"
TARGETS: dict[str, str] = {
    "contract": f"{ROOM}.policy_targets:contract",
    "policy": f"{ROOM}.policy_targets:policy",
    "risk": f"{ROOM}.policy_targets:risk",
    "checkpoint": f"{ROOM}.training_targets:checkpoint",
    "learner": f"{ROOM}.training_targets:learner",
    "settings": f"{ROOM}.training_targets:settings",
    "urdf": f"{ROOM}.robot_targets:urdf",
    "mesh": f"{ROOM}.robot_targets:mesh",
    "scene": f"{ROOM}.robot_targets:scene",
    "recording": f"{ROOM}.robot_targets:recording",
    "dataset": f"{ROOM}.dataset_targets:dataset",
    "instruction": f"{ROOM}.dataset_targets:instruction",
    "unitree": f"{ROOM}.wire_targets:unitree",
    "ros": f"{ROOM}.wire_targets:ros",
    "bag": f"{ROOM}.wire_targets:bag",
    "repair": f"{ROOM}.wire_targets:repair",
}
"""Where the maker of each target lies, "module:function"; it is loaded in the target's process."""


def make(name: str, folder: Path) -> Target:
    """Return a target.

    Args:
        name: of the target, or where its maker lies, "module:function".
        folder: where it may write its inputs.

    Raises:
        CanterError: there is no such target.
    """
    if name not in TARGETS and ":" not in name:
        raise CanterError(f"no target '{name}'; choices are {', '.join(TARGETS)}")
    module, _, function = TARGETS.get(name, name).partition(":")
    made: Target = getattr(importlib.import_module(module), function)(folder)
    return made
