"""Copies of a MuJoCo model without copies of its meshes, read where the original has them.

A robot with collision meshes makes a model of megabytes, nearly all of it vertices, hulls and
bounding boxes, which are alike in all environments. MuJoCo copies a model array by array, each as
long as the sizes in the model's struct say. The copier therefore makes the meshes' sizes zero while
MuJoCo copies, then gives original and copy the true sizes, and the copy the original's arrays.
"""

import copy
import weakref

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.borrow import Words, struct_words

SIZES = (
    ("nbvh", "nbvhstatic", "nbvhdynamic", "noct", "njnt"),
    (
        *("nmesh", "nmeshvert", "nmeshnormal", "nmeshtexcoord", "nmeshface", "nmeshgraph"),
        *("nmeshpoly", "nmeshpolyvert", "nmeshpolymap"),
    ),
    ("nbuffer",),
)
"""Sizes that lie one after another in the struct."""

ARRAYS = {
    "nbvh": ("bvh_depth", "bvh_child", "bvh_nodeid"),
    "nbvhstatic": ("bvh_aabb",),
    "noct": ("oct_depth", "oct_child", "oct_aabb", "oct_coeff"),
    "nmeshvert": ("mesh_vert", "mesh_polymapadr", "mesh_polymapnum"),
    "nmeshnormal": ("mesh_normal",),
    "nmeshtexcoord": ("mesh_texcoord",),
    "nmeshface": ("mesh_face", "mesh_facenormal", "mesh_facetexcoord"),
    "nmeshgraph": ("mesh_graph",),
    "nmeshpoly": ("mesh_polynormal", "mesh_polyvertadr", "mesh_polyvertnum"),
    "nmeshpolyvert": ("mesh_polyvert",),
    "nmeshpolymap": ("mesh_polymap",),
}
"""Arrays that copies share, by the size that is the length of each."""

_SIZE_WORDS = 120
"""Words of the struct among which its sizes are."""


class LeanCopier:
    """Copies a model, which must not change any more; the copies keep it.

    Args:
        model: to be copied.

    Attributes:
        shared: bytes of the arrays that each copy does without; 0 if the model has no meshes, or
            MuJoCo's struct is not as expected: copies are then whole.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self.shared = 0
        self._sizes: NDArray[np.intp] = np.zeros(0, np.intp)
        self._arrays: NDArray[np.intp] = np.zeros(0, np.intp)
        places = _size_places(model)
        if model.nmesh and places is not None:
            self._find(places)

    def copy(self) -> mujoco.MjModel:
        """Return a copy; its shared arrays must not be written to."""
        words = struct_words(self._model)
        if not self.shared:
            return copy.copy(self._model)
        kept = words[self._sizes].copy()
        try:
            words[self._sizes] = 0
            words[self._buffer] = np.uint64(self._model_bytes - self.shared)
            made = copy.copy(self._model)
        finally:
            words[self._sizes] = kept
            words[self._buffer] = self._model_bytes
        theirs = struct_words(made)
        theirs[self._sizes] = kept
        theirs[self._arrays] = words[self._arrays]
        weakref.finalize(made, _keep, self._model)
        return made

    def _find(self, places: dict[str, int]) -> None:
        """Find the arrays' pointers, and how much of the buffer the arrays take."""
        words = struct_words(self._model)
        base, size = int(self._model.qpos0.ctypes.data), int(self._model.nbuffer)
        pointers = words[(words >= base) & (words < base + size)]
        starts = np.unique(np.append(pointers, np.uint64(base + size)))
        found: list[np.intp] = []
        shared = 0
        for length, names in ARRAYS.items():
            for array in (getattr(self._model, name) for name in names):
                if len(array) != getattr(self._model, length):
                    return
                if not array.size:
                    continue
                at = np.flatnonzero(words == array.ctypes.data)
                following = np.searchsorted(starts, array.ctypes.data, side="right")
                if not len(at) or following == len(starts):
                    return
                found.extend(at)  # an empty array has the address of the next
                shared += int(starts[following]) - array.ctypes.data
        self._sizes = np.array([places[name] for name in ARRAYS])
        self._arrays = np.array(found, np.intp)
        self._buffer, self._model_bytes = places["nbuffer"], size
        self.shared = shared


def _size_places(model: mujoco.MjModel) -> dict[str, int] | None:
    """Return where each size is in the struct; None if a run of them is not found exactly once."""
    words: Words = struct_words(model)[:_SIZE_WORDS]
    places: dict[str, int] = {}
    for names in SIZES:
        run = np.array([getattr(model, name) for name in names], np.uint64)
        windows = np.lib.stride_tricks.sliding_window_view(words, len(run))
        found = np.flatnonzero((windows == run).all(axis=1))
        if len(found) != 1:
            return None
        places |= {name: int(found[0]) + i for i, name in enumerate(names)}
    return places


def _keep(_: object) -> None:
    """Do nothing: being called when a model is freed, this keeps its argument until then."""
