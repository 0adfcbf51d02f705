"""The bins in which large models say commands: the ranges are those that the gait can reach."""

from canter.sim.locomotion.locomotion_commands import WHOLE
from canter.vla.hf.action_bins import ActionBins


def command_bins() -> ActionBins:
    """Return 256 bins for each of the twelve fields, as QUART has them (arXiv:2312.14457)."""
    return ActionBins({**WHOLE.limits(), "terminate": (0.0, 1.0)})
