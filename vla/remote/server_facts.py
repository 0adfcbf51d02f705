"""What a policy server says of its policy when a robot connects: openpi's metadata."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CameraSpec
from canter.control.errors import ContractError
from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_RANGES, GaitCommand

LOWS, HIGHS = np.array(list(GAIT_RANGES.values()), np.float32).T
"""Bounds of a command, order of GAIT_RANGES, (12,): those of the robot, whatever a server says."""
ALL_FIELDS: Final = tuple(GAIT_RANGES)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server's policy is, and wants; a server of another program may leave all of it out.

    Attributes:
        policy: its name.
        robot: that it was trained for; empty where any will do.
        tasks: that it knows; empty where it does not say.
        camera: whose pictures it takes, and how often; None where it does not say.
        locomotion: name of the shipped locomotion policy that it commands; empty for the usual one.
        action_names: field of a GaitCommand in each column of its actions; what is not among them
            stays as it is for a robot that stands.
        batched: it drives N robots by one message, whose arrays have one more axis in front.
        wants_truth: it needs the simulator's ground truth.
    """

    policy: str = ""
    robot: str = ""
    tasks: tuple[str, ...] = ()
    camera: CameraSpec | None = None
    locomotion: str = ""
    action_names: tuple[str, ...] = ALL_FIELDS
    batched: bool = False
    wants_truth: bool = False

    def as_message(self) -> dict[str, Any]:
        """Return the metadata of our own server."""
        bounds = {"action_low": LOWS, "action_high": HIGHS}
        known = asdict(self)
        known |= {name: list(known[name]) for name in ("tasks", "action_names")}
        return known | bounds | {
            "action_horizon": CHUNK_STEPS,
            "action_spacing_s": CHUNK_SPACING_S,
        }  # fmt: skip

    def commands(self, actions: NDArray[Any]) -> NDArray[np.float32]:
        """Return gait commands, (..., 12), of actions in the server's columns, (..., A)."""
        if self.action_names == ALL_FIELDS:
            return actions.astype(np.float32)
        columns = np.broadcast_to(GaitCommand().to_array(), (*actions.shape[:-1], len(LOWS))).copy()
        columns[..., [ALL_FIELDS.index(name) for name in self.action_names]] = actions
        return columns


def read_facts(message: Mapping[str, Any], source: str) -> ServerFacts:
    """Return what a server says of its policy; names that mean nothing here are passed over.

    Args:
        message: its metadata.
        source: its address.

    Raises:
        ContractError: a name has a value that cannot be.
    """
    _check_spacing(message, source)
    return ServerFacts(
        policy=_text(message, "policy", source),
        robot=_text(message, "robot", source),
        tasks=_texts(message, "tasks", source),
        camera=_camera(message, source),
        locomotion=_text(message, "locomotion", source),
        action_names=_action_names(message, source),
        batched=message.get("batched") is True,
        wants_truth=message.get("wants_truth") is True,
    )


def _refused(source: str, name: str, value: object, wanted: str) -> ContractError:
    return ContractError(f"{source}: metadata '{name}' is {value!r:.80}, not {wanted}")


def _text(message: Mapping[str, Any], name: str, source: str) -> str:
    value = message.get(name, "")
    if not isinstance(value, str):
        raise _refused(source, name, value, "a text")
    return value


def _texts(message: Mapping[str, Any], name: str, source: str) -> tuple[str, ...]:
    value = message.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _refused(source, name, value, "a list of texts")
    return tuple(value)


def _action_names(message: Mapping[str, Any], source: str) -> tuple[str, ...]:
    names = _texts(message, "action_names", source) or ALL_FIELDS
    if not set(names) <= set(ALL_FIELDS) or len(set(names)) != len(names):
        raise _refused(source, "action_names", names, f"different ones of {', '.join(ALL_FIELDS)}")
    return names


def _camera(message: Mapping[str, Any], source: str) -> CameraSpec | None:
    value = message.get("camera")
    if value is None:
        return None
    try:
        if not all(isinstance(value[size], int) for size in ("height", "width")):
            raise _refused(source, "camera", value, "one of whole pixels")
        return CameraSpec(**value)
    except ContractError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ContractError(f"{source}: metadata 'camera' is {value!r:.80}: {error}") from error


def _check_spacing(message: Mapping[str, Any], source: str) -> None:
    value = message.get("action_spacing_s", CHUNK_SPACING_S)
    if not isinstance(value, int | float) or not math.isclose(value, CHUNK_SPACING_S, rel_tol=1e-6):
        raise _refused(source, "action_spacing_s", value, f"{CHUNK_SPACING_S}")
