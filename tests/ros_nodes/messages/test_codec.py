"""The codec: what goes in comes out, in the robot's order; what does not fit is refused by name."""

from array import array
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.robot import GO2
from canter.control.types import GAIT_RANGES, GaitCommand, JointCommand, RobotState
from canter.ros_nodes.messages.codec import (
    LowState,
    Packet,
    StampedCommand,
    decode_chunk,
    decode_command,
    decode_low_state,
    decode_state,
    encode_chunk,
    encode_command,
    encode_low_state,
    encode_state,
)

TIME = st.floats(0.0, 1e10)
Decoder = Callable[..., Any]


def numbers(width: int, largest: float, low: float | None = None) -> st.SearchStrategy[Any]:
    least = -largest if low is None else low
    return arrays(np.float64, width, elements=st.floats(least, largest))


STATES = st.builds(
    RobotState,
    time=TIME,
    q=numbers(12, 100.0),
    qd=numbers(12, 1e4),
    tau=numbers(12, 1e4),
    quat=numbers(4, 2.0),
    gyro=numbers(3, 1e3),
    accel=numbers(3, 1e4),
    foot_contact=numbers(4, 10.0),
)
COMMANDS = st.builds(
    StampedCommand,
    command=st.builds(
        JointCommand,
        q_target=numbers(12, 100.0),
        kp=numbers(12, 1e4, 0.0),
        kd=numbers(12, 1e4, 0.0),
        tau_ff=numbers(12, 1e4),
        valid_until=TIME,
    ),
    time=TIME,
    origin=TIME,
)
CHUNKS = st.builds(
    GaitChunk,
    time=TIME,
    commands=st.integers(1, 100).flatmap(
        lambda steps: arrays(np.float64, (steps, 12), elements=st.floats(-100.0, 100.0))
    ),
    spacing_s=st.floats(1e-3, 10.0),
)


def a_state() -> RobotState:
    """Return a state whose twelve joints differ."""
    ramp = np.arange(12.0)
    quat = np.array([1.0, 0.0, 0.0, 0.0])
    return RobotState(
        3.5, ramp, 10 + ramp, 20 + ramp, quat, np.arange(3.0), np.arange(3.0), np.arange(4.0)
    )


def a_command() -> StampedCommand:
    ramp = np.arange(12.0)
    return StampedCommand(JointCommand(ramp, 20 + ramp, 1 + ramp, -ramp, 3.6), 3.55, 3.3)


def a_chunk() -> GaitChunk:
    return GaitChunk(3.5, np.tile(GaitCommand(vx=0.5).to_array(), (10, 1)))


EVERY: list[tuple[Packet, Decoder]] = [
    (encode_state(a_state()), decode_state),
    (encode_command(a_command()), decode_command),
    (encode_chunk(a_chunk()), decode_chunk),
]


def assert_same(first: object, second: object) -> None:
    """Compare dataclasses of arrays exactly."""
    for field in fields(first):  # type: ignore[arg-type]
        ours, theirs = getattr(first, field.name), getattr(second, field.name)
        if isinstance(ours, JointCommand):
            assert_same(ours, theirs)
        else:
            np.testing.assert_array_equal(ours, theirs, strict=isinstance(ours, np.ndarray))


@settings(deadline=None)
@given(STATES)
def test_a_state_comes_back_exactly(state: RobotState) -> None:
    packet = encode_state(state)
    assert_same(state, decode_state(packet.labels, packet.data))


@settings(deadline=None)
@given(STATES, TIME)
def test_a_measurement_for_the_motor_loop_comes_back_exactly(
    state: RobotState, follows: float
) -> None:
    packet = encode_low_state(LowState(state, follows))
    found = decode_low_state(packet.labels, packet.data)
    assert_same(state, found.state)
    assert found.follows == follows
    with pytest.raises(CanterError, match="RobotState"):
        decode_state(packet.labels, packet.data)


@settings(deadline=None)
@given(COMMANDS)
def test_a_command_comes_back_exactly(stamped: StampedCommand) -> None:
    packet = encode_command(stamped)
    assert_same(stamped, decode_command(packet.labels, packet.data))


@settings(deadline=None)
@given(CHUNKS)
def test_a_chunk_comes_back_exactly(chunk: GaitChunk) -> None:
    packet = encode_chunk(chunk)
    assert_same(chunk, decode_chunk(packet.labels, packet.data))


def test_a_list_does_as_well_as_an_array_and_nothing_is_shared() -> None:
    packet = encode_state(a_state())
    assert_same(a_state(), decode_state(list(packet.labels), list(packet.data)))
    state = decode_state(packet.labels, packet.data)
    packet.data[1] = 77.0
    assert state.q[0] == 0.0


def test_a_batch_of_one_is_one_robot() -> None:
    state = a_state()
    batched = {f.name: getattr(state, f.name)[None] for f in fields(state) if f.name != "time"}
    assert encode_state(replace(state, **batched)) == encode_state(state)


@settings(deadline=None)
@given(st.permutations(range(12)), st.permutations(range(4)))
def test_joints_and_feet_are_mapped_by_name(joints: list[int], feet: list[int]) -> None:
    """A sender with another order, as Unitree's motors have, is understood."""
    sender = replace(
        GO2,
        joint_names=tuple(GO2.joint_names[j] for j in joints),
        foot_names=tuple(GO2.foot_names[f] for f in feet),
    )
    state = a_state()
    by_name = {name: getattr(state, name)[joints] for name in ("q", "qd", "tau")}
    packet = encode_state(replace(state, **by_name, foot_contact=state.foot_contact[feet]), sender)
    assert_same(state, decode_state(packet.labels, packet.data))


@pytest.mark.parametrize(("packet", "decode"), EVERY)
def test_labels_say_all_and_sizes_go_with_them(packet: Packet, decode: Decoder) -> None:
    assert packet.labels[0].startswith("canter.")
    widths = dict(part.split(":") for part in packet.labels[1].split())
    assert sum(map(int, widths.values())) == len(packet.data) == packet.sizes[0]
    assert len(packet.labels) == len(packet.sizes)
    for label, size in zip(packet.labels[2:], packet.sizes[2:], strict=True):
        assert len(label.split(",")) == size
    assert decode(packet.labels, packet.data) is not None


def test_the_joint_order_stands_in_the_label() -> None:
    assert f"joints={','.join(GO2.joint_names)}" in encode_command(a_command()).labels
    assert set(GAIT_RANGES) <= {p.split(":")[0] for p in encode_chunk(a_chunk()).labels[1].split()}


@pytest.mark.parametrize(("packet", "decode"), EVERY)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e300])
def test_every_number_is_guarded(packet: Packet, decode: Decoder, value: float) -> None:
    name = packet.labels[0]
    fields_in_order = [
        field
        for part in packet.labels[1].split()
        for field in [part.split(":")[0]] * int(part.split(":")[1])
    ]
    for where, field in enumerate(fields_in_order):
        data = array("d", packet.data)
        data[where] = value
        with pytest.raises(CanterError, match=f"^{name}: {field} "):
            decode(packet.labels, data)


def test_a_bad_number_is_named_with_its_joint() -> None:
    packet = encode_state(a_state())
    packet.data[3] = np.nan
    with pytest.raises(CanterError, match=r"q of FL_calf_joint is nan, allowed are -100..100"):
        decode_state(packet.labels, packet.data)


@pytest.mark.parametrize(("packet", "decode"), EVERY)
@pytest.mark.parametrize("change", [-1, 1, 100, -10_000])
def test_another_size_is_refused(packet: Packet, decode: Decoder, change: int) -> None:
    data = (list(packet.data) + [0.0] * max(change, 0))[: max(len(packet.data) + change, 0)]
    with pytest.raises(CanterError, match=f"data has {len(data)} numbers"):
        decode(packet.labels, data)


@pytest.mark.parametrize(("packet", "decode"), EVERY)
def test_other_labels_are_refused_by_what_is_wrong(packet: Packet, decode: Decoder) -> None:
    schema, widths, *groups = packet.labels
    for labels, what in (
        ((), "0 labels"),
        ((*packet.labels, "more"), "labels"),
        ((schema.replace("/1", "/2"), widths, *groups), "schema"),
        ((schema, widths + " extra:1", *groups), "fields"),
        ((schema, widths, "x" * 10_000, *groups[1:]), "label is 'x"),
        ((schema, widths, groups[0] + ",another", *groups[1:]), "another"),
        ((schema, widths, groups[0] + "," + groups[0].split(",")[-1], *groups[1:]), "twice"),
    ):
        with pytest.raises(CanterError, match=what) as caught:
            decode(labels, packet.data)
        assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(("packet", "decode"), EVERY)
def test_one_kind_is_not_taken_for_another(packet: Packet, decode: Decoder) -> None:
    for other, _ in EVERY:
        if other is not packet:
            with pytest.raises(CanterError):
                decode(other.labels, other.data)


@pytest.mark.parametrize(
    ("packet", "decode", "time"),
    [(*pair, time) for pair, time in zip(EVERY, (3.5, 3.55, 3.5), strict=True)],
)
def test_time_does_not_go_back(packet: Packet, decode: Decoder, time: float) -> None:
    assert decode(packet.labels, packet.data, after=time) is not None
    with pytest.raises(CanterError, match="time went back"):
        decode(packet.labels, packet.data, after=time + 1e-6)


@pytest.mark.parametrize(("packet", "decode"), EVERY)
@pytest.mark.parametrize("junk", ["text", None, [1.0], {}])
def test_what_is_no_number_is_refused(packet: Packet, decode: Decoder, junk: object) -> None:
    data: list[Any] = [junk] * len(packet.data)
    with pytest.raises(CanterError):
        decode(packet.labels, data)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), max_size=5), st.lists(st.floats(), max_size=140))
def test_random_packets_raise_nothing_else(labels: list[str], data: list[float]) -> None:
    for _, decode in EVERY:
        with pytest.raises(CanterError):
            decode(labels, data)


@settings(deadline=None)
@given(st.lists(st.floats(), min_size=51, max_size=51))
def test_random_numbers_under_good_labels_decode_finite_or_not_at_all(data: list[float]) -> None:
    labels = encode_state(a_state()).labels
    try:
        state = decode_state(labels, data)
    except CanterError:
        return
    assert all(np.isfinite(getattr(state, f.name)).all() for f in fields(state))


def test_values_of_another_shape_are_not_sent() -> None:
    with pytest.raises(CanterError, match="gyro"):
        encode_state(replace(a_state(), gyro=np.zeros(4)))
    with pytest.raises(CanterError, match="q_target"):
        encode_command(
            StampedCommand(
                JointCommand(np.zeros(11), np.zeros(11), np.zeros(11), np.zeros(11), 1.0), 1.0
            )
        )
    with pytest.raises(CanterError, match=r"1\.\.100"):
        encode_chunk(GaitChunk(0.0, np.zeros((101, 12))))
