"""All families by name, each loaded when it is asked for."""

import difflib
import importlib

from canter.control.errors import SceneError
from canter.sim.tasks.task import Family

FAMILIES: dict[str, str] = {
    "go_to": "canter.sim.tasks.go_to:GO_TO",
    "distinguish": "canter.sim.tasks.distinguish:DISTINGUISH",
    "go_avoid": "canter.sim.tasks.go_avoid:GO_AVOID",
    "go_through": "canter.sim.tasks.go_through:GO_THROUGH",
    "crawl": "canter.sim.tasks.crawl:CRAWL",
    "unload": "canter.sim.tasks.unload:UNLOAD",
    "follow": "canter.sim.tasks.follow:FOLLOW",
    "sequence": "canter.sim.tasks.sequence:SEQUENCE",
    "move": "canter.sim.tasks.move:MOVE",
}
"""Where each family is, "module:attribute"."""


def family(name: str) -> Family:
    """Return a family by its name.

    Raises:
        SceneError: there is no such family; names the nearest, or all.
    """
    if name not in FAMILIES:
        near = difflib.get_close_matches(name, FAMILIES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(FAMILIES)}"
        raise SceneError(f"no family is called '{name}'; {hint}")
    module, _, attribute = FAMILIES[name].partition(":")
    found: Family = getattr(importlib.import_module(module), attribute)
    return found
