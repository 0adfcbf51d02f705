"""Ways to arrange policy and adapter, by name; "fixed" is the policy with its constant gains."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canter.control.adaptation.adapter import GainAdapter
from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED
from canter.control.robot import RobotSpec


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One way to control the joints.

    Attributes:
        summary: what it does, one line.
        policy: ONNX file of the locomotion policy.
        adapter: makes the adapter for a robot and a count; None where nothing adapts.
    """

    summary: str
    policy: Path = SHIPPED
    adapter: Callable[[RobotSpec, int], GainAdapter] | None = None


ARRANGEMENTS: dict[str, Arrangement] = {
    "fixed": Arrangement("the shipped policy with its constant gains"),
}
"""Every arrangement by name."""


def arrangement(name: str) -> Arrangement:
    """Return the arrangement of this name; raises CanterError with the choices otherwise."""
    if name not in ARRANGEMENTS:
        near = difflib.get_close_matches(name, ARRANGEMENTS)
        hint = f"did you mean '{near[0]}'?" if near else f"choices: {', '.join(ARRANGEMENTS)}"
        raise CanterError(f"no arrangement '{name}'; {hint}")
    return ARRANGEMENTS[name]


def make_adapter(name: str, spec: RobotSpec, robots: int = 1) -> GainAdapter | None:
    """Return the adapter of an arrangement for N robots, None where nothing adapts.

    Raises:
        CanterError: there is no such arrangement.
    """
    make = arrangement(name).adapter
    return None if make is None else make(spec, robots)
