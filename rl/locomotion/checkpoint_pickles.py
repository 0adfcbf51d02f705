"""What SB3 pickles beside the weights: looked through before it is loaded, as it may run anything.

SB3 unpickles a checkpoint's classes, spaces and schedules. Each of these pickles is first read by
an unpickler that knows only what a checkpoint of ours is made of, and refuses all else by name.
"""

import base64
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.control.zip_members import honest_members

PICKLED = ":serialized:"
"""Key under which SB3 keeps a pickle, as base64."""
DATA = "data"
MOST_BYTES = 1 << 32
"""Bytes that a checkpoint may take unpacked."""

KNOWN: frozenset[str] = frozenset(
    {
        "builtins.slice",
        "collections.OrderedDict",
        "collections.deque",
        "canter.control.dynamics.straight_leg.StraightLeg",
        "canter.rl.locomotion.asymmetric_policy.AsymmetricPolicy",
        "canter.rl.locomotion.gait_prior.GaitPrior",
        "canter.rl.locomotion.mirror.Mirror",
        "canter.rl.locomotion.train_locomotion.FallingRate",
        "canter.rl.locomotion.trot_prior.TrotPrior",
        "gymnasium.spaces.box.Box",
        "numpy.dtype",
        "numpy._core.multiarray.scalar",
        "numpy._core.numeric._frombuffer",
        "numpy.random._pcg64.PCG64",
        "numpy.random._pickle.__bit_generator_ctor",
        "numpy.random._pickle.__generator_ctor",
        "numpy.random.bit_generator.SeedSequence",
        "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
        "stable_baselines3.common.buffers.RolloutBuffer",
        "stable_baselines3.common.utils.ConstantSchedule",
        "stable_baselines3.common.utils.FloatSchedule",
        "torch._utils._rebuild_tensor_v2",
        "torch.storage._load_from_bytes",
    }
)
"""What the pickles of `canter train locomotion` name: none of it runs what it is given."""

_TENSOR_BYTES = "torch.storage._load_from_bytes"
_BROKEN = (
    *(OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError),
    *(RuntimeError, ImportError, RecursionError, OverflowError, AssertionError),
    *(pickle.UnpicklingError, zipfile.BadZipFile),
)
"""What is raised where a checkpoint is not what SB3 writes."""


def refuse_bomb(checkpoint: Path) -> None:
    """Refuse a checkpoint that would take too much room unpacked.

    Raises:
        CanterError: it would, or it is no archive.
    """
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            if sum(member.file_size for member in honest_members(archive)) > MOST_BYTES:
                raise ValueError(f"unpacked it takes more than {MOST_BYTES >> 30} GiB")
    except _BROKEN as error:
        raise CanterError(f"'{checkpoint}' is no whole checkpoint ({error})") from error


def refuse_programs(checkpoint: Path) -> None:
    """Refuse a checkpoint whose pickles name more than a checkpoint of ours is made of.

    Raises:
        CanterError: it does, or it is no whole checkpoint.
    """
    refuse_bomb(checkpoint)
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            entries: dict[str, Any] = parse_json(archive.read(DATA))
        for entry in entries.values():
            if isinstance(entry, dict) and PICKLED in entry:
                _Narrow(io.BytesIO(base64.b64decode(entry[PICKLED]))).load()
    except CanterError as error:
        raise CanterError(f"'{checkpoint}' {error}") from error
    except _BROKEN as error:
        raise CanterError(f"'{checkpoint}' is no whole checkpoint ({error})") from error


class _Narrow(pickle.Unpickler):
    """Unpickles what is known alone."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - a class or a function
        called = f"{module}.{name}".replace("numpy.core.", "numpy._core.")
        if called not in KNOWN:
            raise CanterError(
                f"is refused: it holds a pickled '{called[:80]}', which could run any program; "
                "only checkpoints of this version's canter train locomotion are read"
            )
        return _tensor_bytes if called == _TENSOR_BYTES else super().find_class(module, name)


def _tensor_bytes(content: bytes) -> object:
    """Return a tensor's storage; torch's own function would unpickle anything that stands there."""
    return torch.load(io.BytesIO(content), weights_only=True)
