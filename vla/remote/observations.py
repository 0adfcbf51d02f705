"""Observations as they are sent to a policy server, and as it reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import Observation
from canter.control.types import RobotState
from canter.vla.remote.errors import MessageError
from canter.vla.remote.names import (
    ACTIVE,
    IMAGE,
    MEASURED,
    PERCEIVED,
    PROMPT,
    RESET,
    TIME,
    Message,
    array,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client's message asks of a policy.

    Attributes:
        observation: of N robots; what the robots measure is NaN where the message lacks it.
        prompts: what each of them is told.
        reset: a new episode begins with it.
        batched: its arrays have an axis of N robots in front, and so has the answer.
    """

    observation: Observation
    prompts: tuple[str, ...]
    reset: bool
    batched: bool


def observation_message(
    observation: Observation, rows: slice | int, prompts: Sequence[str]
) -> Message:
    """Return what is sent of some of N robots, copied; without an axis of robots where it is one.

    Args:
        observation: of the N robots.
        rows: which of them; a number for one.
        prompts: what the N robots are told.
    """
    state = observation.state
    single = isinstance(rows, int)
    message: Message = {IMAGE: observation.images[rows].copy(), TIME: float(state.time)}
    message |= {n: getattr(observation, field)[rows].copy() for n, (field, _) in PERCEIVED.items()}
    message |= {n: getattr(state, field)[rows].copy() for n, (field, _) in MEASURED.items()}
    told = prompts[rows]
    message[PROMPT] = told if single else list(told)
    return message if single else message | {ACTIVE: observation.active[rows].copy()}


def read_observation(message: Mapping[str, Any]) -> Asked:
    """Return what a client asks.

    Raises:
        MessageError: something is missing or cannot be; by its name.
    """
    images = array(message, IMAGE)
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise MessageError(
            f"'{IMAGE}' is {images.dtype} of shape {images.shape}, not uint8 RGB of (height, "
            "width, 3), or of (N, height, width, 3)"
        )
    batched = images.ndim == 4
    images = images if batched else images[None]
    count = len(images)
    prompts = _prompts(message.get(PROMPT), count, batched=batched)
    seen = {
        field: _body(message, name, (count, width), batched=batched)
        for name, (field, width) in PERCEIVED.items()
    }
    active = array(message, ACTIVE).astype(bool) if ACTIVE in message else np.ones(count, bool)
    if active.shape != (count,):
        raise MessageError(f"'{ACTIVE}' has shape {active.shape}, not ({count},)")
    observation = Observation(
        images=images,
        gyro_mean=seen["gyro_mean"],
        gravity=seen["gravity"],
        last_command=seen["last_command"].astype(np.float32),
        state=_state(message, count, batched=batched),
        active=active,
    )
    return Asked(observation, prompts, _flag(message, RESET), batched)


def _flag(message: Mapping[str, Any], name: str) -> bool:
    value = message.get(name, False)
    if not isinstance(value, bool | np.bool_):
        raise MessageError(f"'{name}' is {value!r:.80}, not true or false")
    return bool(value)


def _prompts(value: object, count: int, *, batched: bool) -> tuple[str, ...]:
    prompts = [value] if isinstance(value, str) and not batched else value
    good = isinstance(prompts, list | tuple) and all(isinstance(one, str) for one in prompts)
    if not good or not isinstance(prompts, list | tuple) or len(prompts) != count:
        wanted = f"a list of {count} sentences" if batched else "a sentence"
        raise MessageError(f"'{PROMPT}' is {value!r:.80}, not {wanted}")
    return tuple(prompts)


def _body(
    message: Mapping[str, Any], name: str, shape: tuple[int, int], *, batched: bool
) -> NDArray[np.floating]:
    """Return a measurement, (N, width), as a float array of the precision that it came in."""
    values = array(message, name)
    values = values if batched else values[None]
    if values.shape != shape:
        wanted = shape if batched else shape[1:]
        raise MessageError(f"'{name}' has shape {np.shape(message[name])}, not {wanted}")
    floats = values if values.dtype.kind == "f" else values.astype(np.float64)
    if not np.isfinite(floats).all():
        raise MessageError(f"'{name}' holds NaN or infinity")
    return floats


def _state(message: Mapping[str, Any], count: int, *, batched: bool) -> RobotState:
    """Return what the robots measure, NaN where the message lacks it."""
    fields = {
        field: _body(message, name, (count, width), batched=batched)
        if name in message
        else np.full((count, width), np.nan)
        for name, (field, width) in MEASURED.items()
    }
    time = message.get(TIME, np.nan)
    if not isinstance(time, int | float):
        raise MessageError(f"'{TIME}' is {time!r:.80}, not a number of seconds")
    return RobotState(time=float(time), **fields)
