"""One array of heights behind the height fields of any number of MuJoCo models.

A compiled model owns a copy of its height data; thousands of models with a 10 MB terrain would not
fit in memory. A model is therefore compiled with 2 x 2 samples of the right metric size, and its
`hfield_data` pointer is then set to the shared array. MuJoCo frees a model's own buffer only, and
reads the data through this pointer alone.
"""

import weakref

import mujoco
import numpy as np

from canter.sim.isaacgym.borrow import struct_words
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.terrain import HeightField

THICKNESS = 1.0
"""Depth of the solid beneath the lowest sample, m."""

LEAST_RANGE = 1e-3
"""Range of heights that a level field is given, m; MuJoCo wants a positive one."""


class SharedHeights:
    """A height field's samples, normalised to 0..1 as MuJoCo wants them, rows along y."""

    def __init__(self, field: HeightField) -> None:
        low, high = _range(field)
        normalised = (field.heights.T - low) / (high - low)
        self._data = np.ascontiguousarray(normalised, dtype=np.float32)

    def attach(self, model: mujoco.MjModel) -> None:
        """Let a model that was compiled with 2 x 2 samples, and resized, read the shared ones.

        Raises:
            GymError: the model's struct is not laid out as expected.
        """
        words = struct_words(model)
        found = np.flatnonzero(words == model.hfield_data.ctypes.data)
        if len(found) != 1:
            raise GymError(
                f"height field: its data pointer was found {len(found)} times in the model of "
                f"MuJoCo {mujoco.__version__}; use MuJoCo 4.0.0"
            )
        words[found[0]] = self._data.ctypes.data
        weakref.finalize(model, _keep, self._data)

    def resize(self, model: mujoco.MjModel) -> None:
        """Write the number of samples into a model."""
        model.hfield_nrow[:], model.hfield_ncol[:] = self._data.shape


def add_field(spec: mujoco.MjSpec, name: str, field: HeightField) -> tuple[float, float, float]:
    """Add a 2 x 2 stand-in of a height field's metric size; return its centre, m, (3,)."""
    half = (np.array(field.heights.shape) - 1) * field.scale / 2
    low, high = _range(field)
    spec.add_hfield(
        name=name, nrow=2, ncol=2, size=[*half, high - low, THICKNESS], userdata=[0.0] * 4
    )
    x, y, z = field.origin + np.array([*half, low])
    return float(x), float(y), float(z)


def _range(field: HeightField) -> tuple[float, float]:
    low, high = float(field.heights.min()), float(field.heights.max())
    return low, max(high, low + LEAST_RANGE)


def _keep(_: object) -> None:
    """Do nothing: being called when a model is freed, this keeps its argument until then."""
