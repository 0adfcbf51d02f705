"""Names that NumPy removed and code for Isaac Gym still uses."""

import builtins
import sys

import numpy as np

_RENAMED = {
    "Inf": "inf",
    "Infinity": "inf",
    "NaN": "nan",
    "NINF": "-inf",
    "alltrue": "all",
    "cumproduct": "cumprod",
    "float_": "float64",
    "in1d": "isin",
    "infty": "inf",
    "product": "prod",
    "row_stack": "vstack",
    "sometrue": "any",
    "trapz": "trapezoid",
    "unicode_": "str_",
}
_BUILTINS = ("int", "float", "complex", "object", "str")


def restore() -> None:
    """Give the removed names back, each with one line on the error stream at its first use."""
    numpys_own = np.__getattr__

    def find(name: str) -> object:
        if name in _RENAMED:
            new = _RENAMED[name]
            value = -np.inf if new == "-inf" else getattr(np, new)
        elif name in _BUILTINS:
            new, value = name, getattr(builtins, name)
        else:
            return numpys_own(name)
        setattr(np, name, value)
        print(f"canter: np.{name} is gone from NumPy; {new} stands in for it", file=sys.stderr)
        return value

    vars(np)["__getattr__"] = find
