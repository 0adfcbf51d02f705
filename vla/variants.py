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
        weights_of: variant that is trained alike and differs in how it drives alone, whose weights
            it takes; empty where it is trained for itself.
    """

    about: str
    changes: Mapping[str, Any]
    weights_of: str = ""

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
    "tokens": Variant(
        "the fields of one command are classified one after the other, each told of those before",
        {"head": "tokens", "horizon": 1},
    ),
    "two_pass": Variant(
        "the head says a first answer and looks at it once more", {"head": "two_pass"}
    ),
    "flow": Variant("the head goes from noise to the chunk in ten steps", {"head": "flow"}),
    "flow_2": Variant("the same in two steps", {"head": "flow", "flow_steps": 2}, "flow"),
    "flow_1": Variant("the same in one step", {"head": "flow", "flow_steps": 1}, "flow"),
    "tracks": Variant(
        "where things and the body will be is foretold before the commands", {"tracks": True}
    ),
    "half_chunk": Variant("chunks of five commands, the last one held", {"horizon": 5}),
    "no_chunk": Variant("of a chunk, the two that are executed alone", {"horizon": 2}),
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
