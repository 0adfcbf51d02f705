"""Keys and gamepads: what is held moves the robot, what is let go of does not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.control.teleop.event_pad import EVENT, EventPad
from canter.control.teleop.gamepad import Gamepad, PadState
from canter.control.teleop.held_keys import HeldKeys
from canter.control.teleop.pad_layout import pad_of_joy
from canter.control.teleop.velocity_wish import VelocityWish

FORWARDS = PadState({"left_y": 1.0}, frozenset({"hold"}))
EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
BTN_TL, BTN_EAST, ABS_Y, ABS_RX = 0x136, 0x131, 0x01, 0x03
"""By <linux/input-event-codes.h>."""


def test_a_key_moves_for_as_long_as_it_repeats_and_stops_within_half_a_second() -> None:
    keys = HeldKeys()
    for tenths in range(20):
        keys.press("w", 0.1 * tenths)
        assert keys.wish(0.1 * tenths + 0.05).vx == pytest.approx(0.2)  # a quarter of 0.8 m/s
    let_go = 1.9
    assert keys.wish(let_go + 0.3).vx > 0
    assert keys.wish(let_go + 0.45) == VelocityWish()


def test_keys_add_up_and_levels_scale_them() -> None:
    keys = HeldKeys()
    for key in "w3aqx":
        keys.press(key, 0.0)
    assert keys.wish(0.1) == VelocityWish(vx=0.8, vy=0.4, wz=1.0)
    keys.press("s", 0.1)
    assert keys.wish(0.1).vx == 0.0


def test_space_stops_at_once_and_is_told_once() -> None:
    keys = HeldKeys()
    keys.press("w", 0.0)
    keys.press(" ", 0.1)
    assert keys.wish(0.1) == VelocityWish(stop=True)
    assert keys.wish(0.2) == VelocityWish()


def test_nothing_moves_without_the_dead_mans_button() -> None:
    pad = Gamepad()
    pad.put(PadState({"left_y": 1.0}), 0.0)
    assert pad.wish(0.0) == VelocityWish()
    pad.put(FORWARDS, 1.0)
    assert pad.wish(1.0).vx == pytest.approx(0.2)
    pad.put(PadState({"left_y": 1.0}), 1.1)
    assert pad.wish(1.1) == VelocityWish()


def test_a_pad_that_falls_silent_stops_within_half_a_second() -> None:
    pad = Gamepad()
    pad.put(FORWARDS, 0.0)
    assert pad.wish(0.3).vx > 0
    assert pad.wish(0.45) == VelocityWish()


def test_buttons_act_when_they_go_down() -> None:
    pad = Gamepad()
    press = frozenset({"hold", "faster"})
    for time in (0.0, 0.1, 0.2):  # held, it counts once
        pad.put(PadState({"left_y": 1.0}, press), time)
    assert pad.wish(0.2).vx == pytest.approx(0.4)
    for names in ({"hold"}, {"hold", "faster"}, {"hold", "gait"}):
        pad.put(PadState({"left_y": 1.0}, frozenset(names)), 0.3)
    assert pad.wish(0.3) == VelocityWish(vx=0.8, gait="trot")
    pad.put(PadState({"left_y": 1.0}, frozenset({"hold", "stop"})), 0.4)
    assert pad.wish(0.4) == VelocityWish(gait="trot", stop=True)
    assert not pad.wish(0.4).stop


def test_a_joy_message_of_the_joy_node() -> None:
    axes = [0.5, 1.0, 1.0, -0.25, 0.0, 1.0, 0.0, 0.0]
    buttons = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    state = pad_of_joy(axes, buttons)
    assert state == PadState({"left_x": 0.5, "left_y": 1.0, "right_x": -0.25}, frozenset({"hold"}))
    with pytest.raises(CanterError, match="2 axes and 11 buttons"):
        pad_of_joy([0.0, 0.0], buttons)


@pytest.fixture
def device() -> Iterator[tuple[EventPad, int]]:
    """A pad whose device is a pipe, and the end that writes to it."""
    reads, writes = os.pipe()
    pad = EventPad(Path(f"/dev/fd/{reads}"))
    yield pad, writes
    pad.close()
    os.close(reads)


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1, 2, kind, code, value)


def test_events_as_the_kernel_sends_them(device: tuple[EventPad, int]) -> None:
    pad, writes = device
    came = event(EV_KEY, BTN_TL, 1) + event(EV_ABS, ABS_Y, -32767) + event(EV_SYN, 0, 0)
    came += event(EV_ABS, ABS_RX, 32767)
    os.write(writes, came[:30])  # in the middle of an event
    pad.read()
    os.write(writes, came[30:])
    pad.read()
    assert pad.state.sticks == pytest.approx({"left_y": 1.0, "right_x": -1.0})
    assert pad.state.buttons == {"hold"}
    os.write(writes, event(EV_KEY, BTN_TL, 0) + event(EV_KEY, BTN_EAST, 1))
    pad.read()
    assert pad.state.buttons == {"stop"}
    os.close(writes)
    with pytest.raises(CanterError, match="is gone"):
        pad.read()


def test_no_such_pad_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="No such file"):
        EventPad(tmp_path / "event5")
