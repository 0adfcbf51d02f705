"""When judges have seen enough."""

from canter.sim.tasks.success_state import SuccessState


def is_over(state: SuccessState, time_limit: float, *, lost: bool = False) -> bool:
    """Tell whether nothing that may still happen changes the verdicts.

    Args:
        state: the judge's notes.
        time_limit: for the strict verdict, s.
        lost: whether the strict verdict is out of reach for a reason of the family's own.
    """
    if state.strict or state.fallen or state.time >= time_limit:
        return True
    return state.quard and (lost or state.touched)
