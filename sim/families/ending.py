"""When judges have seen enough."""

from canter.sim.families.tally import Tally


def is_over(tally: Tally, time_limit: float, *, lost: bool = False) -> bool:
    """Tell whether nothing that may still happen changes the verdicts.

    Args:
        tally: the judge's notes.
        time_limit: for the strict verdict, s.
        lost: whether the strict verdict is out of reach for a reason of the family's own.
    """
    if tally.strict or tally.fallen or tally.time >= time_limit:
        return True
    return tally.quard and (lost or tally.touched)
