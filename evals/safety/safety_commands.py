"""The gait commands that robots of ``canter bench safety`` are given."""

from canter.control.errors import CanterError
from canter.control.policy.contract import PolicyContract
from canter.sim.locomotion.locomotion_commands import WHOLE, CommandRanges

ROUNDING = 1e-6
"""A contract's numbers went through 32 bits."""


def ranges_of(contract: PolicyContract) -> CommandRanges:
    """Return the widest ranges of commands that lie within those of a policy's contract.

    Raises:
        CanterError: not even those of the shipped trot do.
    """
    for ranges in (WHOLE, CommandRanges()):
        limits = ranges.limits()
        ends = [(*limits[name], *contract.command_ranges[name]) for name in limits]
        if all(
            lowest - ROUNDING <= low and high <= highest + ROUNDING
            for low, high, lowest, highest in ends
        ):
            return ranges
    raise CanterError(
        f"the policy was trained for {contract.command_ranges}, which is less than the trot's "
        f"{CommandRanges().limits()}; give a policy that follows at least those"
    )
