"""Which number means what: of a ``sensor_msgs/Joy`` by ROS's joy node, and of Linux's own events.

The joy node (SDL) numbers pads of the Xbox kind: axes left x, left y, left trigger, right x;
buttons A B X Y LB RB. Linux numbers as <linux/input-event-codes.h>.
"""

from collections.abc import Sequence

from canter.control.errors import CanterError
from canter.control.teleop.gamepad import PadState

JOY_STICKS = {"left_x": 0, "left_y": 1, "right_x": 3}
"""Axes; to the left and forwards are positive already (REP 103)."""
JOY_BUTTONS = {"stop": 1, "gait": 3, "hold": 4, "faster": 5, "slower": 0}
"""B, Y, LB, RB, A."""
EV_KEY, EV_ABS = 1, 3
EVENT_STICKS = {0: "left_x", 1: "left_y", 3: "right_x"}
"""ABS_X, ABS_Y, ABS_RX; to the right and backwards are positive."""
EVENT_BUTTONS = {0x131: "stop", 0x134: "gait", 0x136: "hold", 0x137: "faster", 0x130: "slower"}
"""BTN_EAST, BTN_WEST, BTN_TL, BTN_TR, BTN_SOUTH."""


def pad_of_joy(axes: Sequence[float], buttons: Sequence[int]) -> PadState:
    """Return the state of a Joy message.

    Raises:
        CanterError: it has too few axes or buttons to be a gamepad.
    """
    if len(axes) <= max(JOY_STICKS.values()) or len(buttons) <= max(JOY_BUTTONS.values()):
        raise CanterError(
            f"joy has {len(axes)} axes and {len(buttons)} buttons; a gamepad has "
            f"{max(JOY_STICKS.values()) + 1} and {max(JOY_BUTTONS.values()) + 1} or more"
        )
    sticks = {name: float(axes[at]) for name, at in JOY_STICKS.items()}
    return PadState(sticks, frozenset(n for n, at in JOY_BUTTONS.items() if buttons[at]))
