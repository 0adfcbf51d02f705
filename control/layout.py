"""Named slices over a packed vector, so that nothing is ever indexed by a literal number."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError


class Layout:
    """Order and width of the named terms of a packed vector.

    Args:
        widths: width of each term, in the order in which they are packed.
    """

    def __init__(self, widths: Mapping[str, int]) -> None:
        self.widths = dict(widths)
        self._slices: dict[str, slice] = {}
        start = 0
        for name, width in self.widths.items():
            if width < 1:
                raise CanterError(f"layout term '{name}' has width {width}; widths are at least 1")
            self._slices[name] = slice(start, start + width)
            start += width
        self.size = start

    def __getitem__(self, name: str) -> slice:
        """Return the slice of a term; raises CanterError for an unknown name."""
        if name not in self._slices:
            raise CanterError(f"no term '{name}' in layout; it has {', '.join(self._slices)}")
        return self._slices[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over term names in packed order."""
        return iter(self.widths)

    def pack(self, terms: Mapping[str, NDArray[np.floating]]) -> NDArray[np.float32]:
        """Return the terms as one float32 array (..., size); shapes are checked by name."""
        missing = [name for name in self.widths if name not in terms]
        if missing:
            raise CanterError(f"layout terms missing: {', '.join(missing)}")
        for name, width in self.widths.items():
            if terms[name].shape[-1:] != (width,):
                raise CanterError(
                    f"term '{name}' has shape {terms[name].shape}, its last axis must be {width}"
                )
        return np.concatenate([terms[name] for name in self.widths], axis=-1).astype(np.float32)

    def unpack(self, packed: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
        """Return views of a packed array of shape (..., size) by term name."""
        if packed.shape[-1:] != (self.size,):
            raise CanterError(
                f"packed vector has shape {packed.shape}, last axis must be {self.size}"
            )
        return {name: packed[..., where] for name, where in self._slices.items()}
