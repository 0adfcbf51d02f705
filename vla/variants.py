"""Variants of the model to compare: what each changes in a VlaConfig, and nothing else."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from canter.control.errors import CanterError
from canter.vla.config import VlaConfig


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant.

    Attributes:
        about: what it is, in a line.
        changes: fields of a VlaConfig by name.
    """

    about: str
    changes: Mapping[str, Any]

    def config(self, base: VlaConfig) -> VlaConfig:
        """Return the config of this variant of a base."""
        return replace(base, **self.changes)


VARIANTS: dict[str, Variant] = {
    "mamba": Variant("every block is Mamba-2; what ships", {"backbone": "mamba"}),
    "transformer": Variant("every block attends to a window", {"backbone": "transformer"}),
    "hybrid": Variant("every second block attends", {"backbone": "hybrid"}),
    "no_places": Variant(
        "no way points, last sightings or passed scans are kept", {"places": False}
    ),
    "no_free_maps": Variant("no attention but that on what is named", {"free_maps": 0}),
    "bins": Variant("each field is classified among 256 bins", {"head": "bins"}),
    "experts": Variant(
        "two of eight experts after each block",
        {"feed_forward": 0.25, "experts": 8, "experts_active": 2},
    ),
    "dense_active": Variant(
        "a feed-forward as large as the experts of a frame", {"feed_forward": 0.5}
    ),
    "dense_total": Variant(
        "a feed-forward as large as all experts together", {"feed_forward": 2.0}
    ),
}
"""Every variant by its name."""


def variant(name: str) -> Variant:
    """Return the variant of a name.

    Raises:
        CanterError: there is none; says which was meant, or which there are.
    """
    if name in VARIANTS:
        return VARIANTS[name]
    near = difflib.get_close_matches(name, VARIANTS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(VARIANTS)}"
    raise CanterError(f"no variant '{name}'; {hint}")
