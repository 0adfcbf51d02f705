"""What a training holds beside the network, kept so that it goes on bit for bit where it was.

Arrays alone are kept, in a file of numpy's within the checkpoint: reading it runs nothing.
"""

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import PPO

from canter.control.array_file import read_arrays
from canter.sim.sb3 import LocomotionVecEnv

ENTRY = "training_state.npz"
"""Name within SB3's checkpoint, which is a zip file; SB3 passes it over."""
SCRATCH = frozenset({"_steps", "_readings"})
"""Attributes that are written before they are read."""
FIXED = frozenset({"terrain", "dynamics", "models", "config", "robot"})
"""Attributes that follow from the settings."""
_ARRAY, _GENERATOR, _PARTS = "array", "generator", "parts"

Arrays = dict[str, NDArray[Any]]


def add_state(checkpoint: io.BytesIO, model: PPO, env: LocomotionVecEnv) -> None:
    """Add to a checkpoint what robots and random generators are about to do, if they began."""
    if model._last_obs is None:
        return
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **captured(model, env))
    with ZipFile(checkpoint, "a") as parts:
        parts.writestr(ENTRY, content.getvalue())


def take_state(checkpoint: Path, model: PPO, env: LocomotionVecEnv) -> None:
    """Put robots and random generators where the checkpoint left them.

    A checkpoint of an older version, or of another number of robots, lets new robots begin.
    """
    with ZipFile(checkpoint) as parts:
        if ENTRY not in parts.namelist():
            return
        arrays = read_arrays(parts.read(ENTRY))
    if arrays["last_starts"].shape == (env.num_envs,):
        restore(arrays, model, env)


def captured(model: PPO, env: LocomotionVecEnv) -> Arrays:
    """Return what changes as a training goes on, but for the network and its optimiser."""
    found: Arrays = {}
    for path, value in _changing(env):
        if isinstance(value, np.random.Generator):
            found[f"{_GENERATOR}:{path}"] = np.array(json.dumps(value.bit_generator.state))
        elif isinstance(value, dict):
            for name, part in value.items():
                found[f"{_PARTS}:{path}:{name}"] = np.asarray(part)
        else:
            found[f"{_ARRAY}:{path}"] = value
    _, keys, *rest = np.random.get_state()
    found |= {"numpy": np.asarray(keys), "numpy_rest": np.array(rest, np.float64)}
    found |= {"torch": torch.get_rng_state().numpy()}
    seen, starts = np.asarray(model._last_obs), np.asarray(model._last_episode_starts)
    return found | {"last_obs": seen, "last_starts": starts}


def restore(arrays: Arrays, model: PPO, env: LocomotionVecEnv) -> None:
    """Undo `captured`."""
    parts: dict[str, dict[str, Any]] = defaultdict(dict)
    for key, value in arrays.items():
        kind, _, path = key.partition(":")
        if kind == _GENERATOR:
            owner, name = _owner(env, path)
            getattr(owner, name).bit_generator.state = json.loads(value.item())
        elif kind == _PARTS:
            path, _, part = path.partition(":")
            parts[path][part] = value if value.ndim else value.item()
        elif kind == _ARRAY:
            _put(*_owner(env, path), value)
    for path, values in parts.items():
        owner, name = _owner(env, path)
        setattr(owner, name, values)
    at, has, cached = arrays["numpy_rest"]
    np.random.set_state(("MT19937", arrays["numpy"], int(at), int(has), cached))
    torch.set_rng_state(torch.from_numpy(arrays["torch"]))
    model._last_obs, model._last_episode_starts = arrays["last_obs"], arrays["last_starts"]


def _changing(owner: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of every attribute, also of parts, that may change in a step."""
    for name, value in vars(owner).items():
        path = f"{prefix}{name}"
        if name in SCRATCH | FIXED:
            continue
        if (
            isinstance(value, np.random.Generator)
            or _is_numeric(value)
            or (isinstance(value, dict) and all(map(_is_numeric, value.values())))
        ):
            yield path, value
        elif type(value).__module__.startswith("canter.") and hasattr(value, "__dict__"):
            yield from _changing(value, f"{path}.")


def _is_numeric(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype != np.object_)
    return isinstance(value, float | np.floating)


def _owner(env: LocomotionVecEnv, path: str) -> tuple[Any, str]:
    """Return the object whose attribute a path names, and the attribute's name."""
    *way, name = path.split(".")
    owner: Any = env
    for step in way:
        owner = getattr(owner, step)
    return owner, name


def _put(owner: object, name: str, kept: NDArray[Any]) -> None:
    value = getattr(owner, name)
    if isinstance(value, np.ndarray) and (value.dtype, value.shape) == (kept.dtype, kept.shape):
        value[...] = kept  # other attributes may be views of it
    else:
        setattr(owner, name, kept if kept.ndim else kept.item())
