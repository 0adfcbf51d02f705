"""The name ``isaacgym`` for this package: its modules to ``import``, its version to pip."""

import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from os import PathLike
from pathlib import Path
from types import ModuleType

from canter.sim.isaacgym.errors import GymError

PACKAGE = "canter.sim.isaacgym"

MODULES = ("gymapi", "gymtorch", "gymutil", "terrain_utils", "torch_utils")
"""Modules of Isaac Gym that this package has."""

VERSION = "1.0rc4"
"""Version of Isaac Gym Preview 4, by which other packages ask for it."""

METADATA = f"""\
Metadata-Version: 2.1
Name: isaacgym
Version: {VERSION}
Summary: Stands for Isaac Gym Preview 4; Canter runs its users' code on MuJoCo.
Requires-Dist: torch
Requires-Dist: numpy
Requires-Dist: scipy
Requires-Dist: pyyaml
Requires-Dist: pillow
Requires-Dist: imageio
"""


class IsaacGymDistribution(Distribution):
    """The distribution that ``importlib.metadata`` finds under the name ``isaacgym``."""

    def read_text(self, filename: str) -> str | None:
        """Return the metadata; there is no other file."""
        return METADATA if filename == "METADATA" else None

    def locate_file(self, path: str | PathLike[str]) -> Path:
        """Return where a file of the distribution would be."""
        return Path(__file__).parent / path


class _SameModule(Loader):
    """Gives the module of this package, not a second copy, under Isaac Gym's name."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module, imported under its own name."""
        module = importlib.import_module(self._target)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module back its own specification; it has run already."""
        module.__spec__ = self._spec


class IsaacGymFinder(DistributionFinder):
    """Answers ``import isaacgym`` and its sub-modules before anything on the search path does."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module of Isaac Gym comes from; None for every other module.

        Raises:
            ModuleNotFoundError: Isaac Gym has no such module, or this package does not.
        """
        package, _, module = name.partition(".")
        if package != "isaacgym":
            return None
        if not module:
            return ModuleSpec(name, _SameModule(PACKAGE), is_package=True)
        if module in MODULES:
            return ModuleSpec(name, _SameModule(f"{PACKAGE}.{module}"))
        raise ModuleNotFoundError(
            f"No module named {name!r}: Canter has isaacgym with {', '.join(MODULES)}", name=name
        )

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        """Yield the distribution when it, or every one, is asked for."""
        if context is None or context.name in (None, "isaacgym"):
            yield IsaacGymDistribution()


def provide() -> None:
    """Make ``import isaacgym`` give this package from now on, in this process.

    Raises:
        GymError: NVIDIA's package has been imported already.
    """
    present = sys.modules.get("isaacgym")
    if present is not None and present.__name__ != PACKAGE:
        raise GymError(
            f"isaacgym is already imported from {present.__file__}; start the script with "
            f"python -m {PACKAGE} SCRIPT, or call provide() before the first import"
        )
    if not any(isinstance(finder, IsaacGymFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, IsaacGymFinder())


def withdraw() -> None:
    """Undo :func:`provide`."""
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, IsaacGymFinder)]
    for name in list(_provided()):
        del sys.modules[name]


def _provided() -> Iterator[str]:
    """Yield the names under which modules of this package are imported as Isaac Gym's."""
    for name, module in sys.modules.items():
        if name.partition(".")[0] == "isaacgym" and module.__name__.startswith(PACKAGE):
            yield name
