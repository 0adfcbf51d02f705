"""The parts of the nodes that need no ROS, each against what can be worked out by hand."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from canter.control.adaptation.controller_presets import CONTROLLER_PRESETS, TROT
from canter.control.avoidance.avoidance import Avoidance
from canter.control.avoidance.range_scan import RangeScan
from canter.control.errors import CanterError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.impedance import DAMPING_KD, hold_command
from canter.control.robot import GO2
from canter.control.safety.heartbeat import (
    Heartbeats,
    OperatorHeartbeat,
    Pulse,
    Reaction,
    answer_to,
)
from canter.control.safety.lease import LeaseError
from canter.control.types import GAIT_RANGES, GaitCommand, JointCommand
from canter.ros_nodes.commands.command_mux import CommandMux
from canter.ros_nodes.commands.motor_inbox import Follows, MotorInbox
from canter.ros_nodes.commands.safety_link import SafetyLink
from canter.ros_nodes.commands.steady import ENOUGH, SteadyFlow
from canter.ros_nodes.commands.stop_logic import CRITICAL, REACTION, Heard, StopLogic
from canter.ros_nodes.graph import environment
from canter.ros_nodes.graph.settings import ADAPTERS, NODES
from canter.ros_nodes.graph.shared_memory import sweep
from canter.ros_nodes.graph.topics import SERVICES, TOPICS
from canter.ros_nodes.messages.arrivals import StampGate
from canter.ros_nodes.messages.images import rgb
from tests.control.states import standing

ROOT = Path(__file__).parents[2] / "ros_nodes"


class Hands:
    """A clock whose hands a test turns."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


def stiff(kp: float = 30.0) -> JointCommand:
    return hold_command(GO2.default_q, np.full(12, kp), np.full(12, 1.0), 0.0)


class TestStampGate:
    def test_forward_and_equal_stamps_pass(self, hands: Hands) -> None:
        gate = StampGate("x", now=hands)
        for stamp in (1.0, 1.0, 1.5):
            gate.check(stamp, clock=1.5)

    @pytest.mark.parametrize("stamp", [math.nan, math.inf, 0.9, 3.1])
    def test_odd_stamps_are_refused_and_change_nothing(self, hands: Hands, stamp: float) -> None:
        gate = StampGate("x", ahead_s=0.5, now=hands)
        gate.check(1.0, clock=1.0)
        with pytest.raises(CanterError, match="x"):
            gate.check(stamp, clock=2.0)
        gate.check(1.1, clock=2.0)

    def test_a_sender_that_starts_anew_is_taken_after_a_while(self, hands: Hands) -> None:
        gate = StampGate("x", forget_s=1.0, now=hands)
        gate.check(500.0)
        hands.now += 0.9
        with pytest.raises(CanterError, match="back"):
            gate.check(0.1)
        hands.now += 0.2
        gate.check(0.1)
        gate.check(0.2)


class TestMotorInbox:
    def test_stands_by_itself_until_somebody_takes_over(self, hands: Hands) -> None:
        inbox = MotorInbox(GO2, GO2.default_q, 0.1, hands)
        hands.now += 1000.0
        assert (inbox.choose().kp > 0).all()
        assert inbox.follows is Follows.STANCE

    def test_damps_once_the_controller_is_silent(self, hands: Hands) -> None:
        inbox = MotorInbox(GO2, GO2.default_q, 0.1, hands)
        inbox.put(Follows.CONTROLLER, stiff())
        hands.now += 0.1
        assert inbox.choose().kp == pytest.approx(30.0)
        hands.now += 0.001
        damping = inbox.choose()
        assert damping.kp == pytest.approx(0.0)
        assert damping.kd == pytest.approx(DAMPING_KD)
        assert (inbox.follows, inbox.since) == (Follows.DAMPING, hands.now)

    def test_the_override_goes_first_while_it_is_fresh(self, hands: Hands) -> None:
        inbox = MotorInbox(GO2, GO2.default_q, 0.1, hands)
        inbox.put(Follows.OVERRIDE, stiff(0.0))
        hands.now += 0.08
        inbox.put(Follows.CONTROLLER, stiff())
        assert inbox.choose().kp == pytest.approx(0.0)
        hands.now += 0.03
        assert inbox.choose().kp == pytest.approx(30.0)

    def test_it_tells_which_of_the_controllers_commands_the_motors_follow(
        self, hands: Hands
    ) -> None:
        inbox = MotorInbox(GO2, GO2.default_q, 0.1, hands)
        told = []
        for sender, stamp in ((None, 0.0), (Follows.CONTROLLER, 7.0), (Follows.OVERRIDE, 8.0)):
            if sender is not None:
                inbox.put(sender, stiff(), stamp)
            inbox.choose()
            told.append(inbox.stamp)
        hands.now += 1.0
        inbox.choose()
        assert [*told, inbox.stamp] == [0.0, 7.0, 0.0, 0.0]


class TestSteadyFlow:
    def test_enough_in_a_row_are_needed_and_a_gap_begins_anew(self) -> None:
        flow = SteadyFlow()
        stamps = 5.0 + 0.02 * np.arange(3 * ENOUGH)
        stamps[ENOUGH - 2 :] += 0.05
        steady = [flow.put(stamp, stamp + 0.05, stamp + 0.005) for stamp in stamps]
        first = steady.index(True)
        assert first == (ENOUGH - 2) + ENOUGH  # the gap is at ENOUGH - 2, the count begins after it
        assert all(steady[first:])

    def test_expired_commands_do_not_count(self) -> None:
        flow = SteadyFlow()
        assert not any(flow.put(s, s + 0.05, s + 0.06) for s in 5.0 + 0.02 * np.arange(50))


class TestCommandSource:
    def chunk(self, vx: float) -> GaitChunk:
        command = GaitCommand(vx=vx).to_array()
        return GaitChunk(10.0, np.tile(command.astype(float), (10, 1)))

    def test_nobody_stands(self, hands: Hands) -> None:
        command, origin = CommandMux(GAIT_RANGES, 0.5, hands).command(10.0)
        assert (command, origin) == (GaitCommand(), 0.0)

    def test_an_operator_takes_over_and_gives_back_by_silence(self, hands: Hands) -> None:
        source = CommandMux(GAIT_RANGES, 0.5, hands)
        source.put_chunk(self.chunk(0.3))
        assert source.command(10.05)[0].vx == pytest.approx(0.3)
        source.put_velocity(-0.2, 0.0, 0.0)
        with pytest.raises(LeaseError):
            source.put_chunk(self.chunk(0.4))
        assert source.command(10.05) == (source.velocity.command(), 0.0)
        assert source.command(10.05)[0].vx == pytest.approx(-0.2)
        hands.now += 0.51
        assert source.command(10.05)[0].vx == 0.0
        source.put_chunk(self.chunk(0.4))
        assert source.writer == "vla_node"

    def test_the_model_that_falls_silent_moves_nobody(self, hands: Hands) -> None:
        source = CommandMux(GAIT_RANGES, 0.5, hands)
        source.put_chunk(self.chunk(0.3))
        hands.now += 0.51
        assert source.command(10.51)[0].vx == 0.0

    def test_a_stop_goes_before_both_until_new_words_or_a_pause(self, hands: Hands) -> None:
        mux = CommandMux(GAIT_RANGES, 0.5, hands)
        mux.put_chunk(self.chunk(0.3))
        mux.halt(10.1)
        assert mux.command(10.1)[0].vx == 0.0
        mux.put_chunk(replace(self.chunk(0.3), time=10.3))  # answers the words before the stop
        assert mux.command(10.35)[0].vx == 0.0
        mux.put_chunk(replace(self.chunk(0.3), time=10.5))
        assert mux.command(10.55)[0].vx == pytest.approx(0.3)

        mux.put_velocity(0.2, 0.0, 0.0)
        mux.halt(11.0)
        for _ in range(20):
            hands.now += 0.1
            with pytest.raises(CanterError, match="a person said stop"):
                mux.put_velocity(0.2, 0.0, 0.0)
            assert mux.command(11.0)[0].vx == 0.0
        mux.put_velocity(0.0, 0.0, 0.0)
        mux.put_velocity(0.2, 0.0, 0.0)
        assert mux.command(11.0)[0].vx == pytest.approx(0.2)
        mux.halt(12.0)
        hands.now += 0.51
        mux.put_velocity(0.2, 0.0, 0.0)
        assert not mux.halted

    def test_avoidance_stands_behind_every_writer(self, hands: Hands) -> None:
        avoidance = Avoidance(GO2, 0.02)
        mux = CommandMux(GAIT_RANGES, 0.5, hands, avoidance)
        y, z = np.meshgrid(np.linspace(-0.3, 0.3, 21), np.linspace(-0.2, 0.1, 10))
        wall = np.stack([np.full(y.size, 0.5), y.ravel(), z.ravel()], axis=-1)

        def commanded() -> float:
            avoidance.put_state(standing())
            avoidance.put_scan(RangeScan(10.0, wall))
            return mux.command(10.05)[0].vx

        mux.put_chunk(self.chunk(0.8))
        assert 0.0 < commanded() < 0.35
        mux.put_velocity(0.8, 0.0, 0.0)
        assert 0.0 < commanded() < 0.35
        mux.put_velocity(-0.2, 0.0, 0.0)
        assert commanded() == pytest.approx(-0.2)
        assert mux.command(11.0)[0].vx == 0.0  # the scan is too old
        assert (avoidance.report.changed, avoidance.report.blind) == (3, 1)


class TestSafetyLink:
    def test_unheard_it_does_not_let_go_and_is_not_lost(self, hands: Hands) -> None:
        link = SafetyLink(0.5, required=True, now=hands)
        hands.now += 1e6
        assert (link.lets_go, link.pulse) == (False, Pulse.WAITING)

    def test_silence_after_it_was_heard_is_a_loss(self, hands: Hands) -> None:
        link = SafetyLink(0.5, required=True, now=hands)
        allowed = []
        for level in (Reaction.GO, Reaction.DAMP, Reaction.SETTLE):
            link.hear(level)
            allowed.append(link.lets_go)
        assert allowed == [True, False, True]
        hands.now += 0.51
        assert (link.lets_go, link.pulse) == (False, Pulse.LOST)

    def test_not_required_it_lets_go(self, hands: Hands) -> None:
        assert SafetyLink(0.5, required=False, now=hands).lets_go


class TestStopLogic:
    def logic(self, hands: Hands, operator: OperatorHeartbeat | None = None) -> StopLogic:
        beats = Heartbeats({CRITICAL: 0.5, "vla_node": 0.5}, 10.0, hands)
        logic = StopLogic(beats, operator, hands)
        logic.hear(CRITICAL, Heard(0, "works", {}))
        return logic

    def test_the_controllers_silence_stops_and_only_a_reset_ends_it(self, hands: Hands) -> None:
        logic = self.logic(hands)
        assert logic.level() is Reaction.GO
        hands.now += 0.6
        assert logic.level() is Reaction.DAMP
        with pytest.raises(CanterError, match="not heard"):
            logic.reset()
        logic.hear(CRITICAL, Heard(0, "works", {}))
        assert logic.level() is Reaction.DAMP
        assert "silent" in logic.reset()
        assert logic.level() is Reaction.GO

    def test_the_controllers_monitor_settles_the_robot_for_as_long_as_it_asks(
        self, hands: Hands
    ) -> None:
        logic = self.logic(hands)
        logic.hear("vla_node", Heard(1, "asks for rest", {REACTION: "SETTLE"}))
        assert logic.level() is Reaction.GO
        logic.hear(CRITICAL, Heard(1, "asks for rest", {REACTION: "SETTLE"}))
        assert logic.level() is Reaction.SETTLE
        logic.stop("a person")
        assert logic.level() is Reaction.DAMP
        logic.reset()
        assert logic.level() is Reaction.SETTLE
        logic.hear(CRITICAL, Heard(0, "works", {}))
        assert logic.level() is Reaction.GO

    def test_the_controllers_fault_stops_and_its_echo_after_a_reset_does_not(
        self, hands: Hands
    ) -> None:
        logic = self.logic(hands)
        broken = Heard(2, "damps: tilt", {})
        logic.hear(CRITICAL, broken)
        assert logic.level() is Reaction.DAMP
        logic.reset()
        hands.now += 0.1
        logic.hear(CRITICAL, broken)
        assert logic.level() is Reaction.GO
        hands.now += 0.5
        logic.hear(CRITICAL, broken)
        assert logic.level() is Reaction.DAMP

    def test_another_nodes_silence_stops_nothing(self, hands: Hands) -> None:
        logic = self.logic(hands)
        logic.hear("vla_node", Heard(2, "broken", {}))
        hands.now += 0.4
        logic.hear(CRITICAL, Heard(0, "works", {}))
        hands.now += 0.4
        assert logic.level() is Reaction.GO

    def test_without_the_operator_it_damps(self, hands: Hands) -> None:
        operator = OperatorHeartbeat(0.5, 1.5, hands)
        logic = self.logic(hands, operator)
        assert logic.level() is Reaction.DAMP
        operator.answer(answer_to(operator.challenge()))
        assert logic.level() is Reaction.GO


@dataclass
class Picture:
    height: int
    width: int
    encoding: str
    step: int
    data: bytes


class TestPictures:
    def test_each_encoding_gives_the_same_colours(self) -> None:
        red, blue = np.array([[[200, 10, 30]]], np.uint8), np.array([[[30, 10, 200]]], np.uint8)
        alpha = np.array([[[7]]], np.uint8)
        for encoding, pixels in {
            "rgb8": red, "bgr8": blue,
            "rgba8": np.concatenate([red, alpha], -1), "bgra8": np.concatenate([blue, alpha], -1),
        }.items():  # fmt: skip
            picture = Picture(1, 1, encoding, pixels.size, pixels.tobytes())
            assert np.array_equal(rgb(picture, 1, 1), red)

    def test_rows_may_be_padded(self) -> None:
        rows = np.arange(2 * 10, dtype=np.uint8).reshape(2, 10)
        found = rgb(Picture(2, 3, "rgb8", 10, rows.tobytes()), 2, 3)
        assert np.array_equal(found.reshape(2, 9), rows[:, :9])

    def test_a_larger_picture_is_averaged(self) -> None:
        pixels = np.array([[[0] * 3, [100] * 3], [[50] * 3, [50] * 3]], np.uint8)
        assert rgb(Picture(2, 2, "rgb8", 6, pixels.tobytes()), 1, 1).tolist() == [[[50, 50, 50]]]

    @given(
        height=st.integers(0, 2**32 - 1),
        width=st.integers(0, 2**32 - 1),
        step=st.integers(0, 2**32 - 1),
        encoding=st.sampled_from(["rgb8", "bgra8", "mono8", "", "x" * 999]),
        data=st.binary(max_size=64),
    )
    def test_anything_else_is_refused(
        self, height: int, width: int, step: int, encoding: str, data: bytes
    ) -> None:
        with pytest.raises(CanterError):
            rgb(Picture(height, width, encoding, step, data), 64, 96)


class TestEnvironment:
    def test_the_graph_stays_on_this_machine_without_shared_memory(self) -> None:
        variables: dict[str, str] = {}
        environment.settle(variables)
        assert Path(variables["FASTRTPS_DEFAULT_PROFILES_FILE"]).is_file()
        again = dict(variables)
        environment.settle(again)
        assert again == variables

    def test_a_wish_is_obeyed(self) -> None:
        wide = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "FASTDDS_BUILTIN_TRANSPORTS": "SHM"}
        environment.settle(wide)
        assert "FASTRTPS_DEFAULT_PROFILES_FILE" not in wide
        assert wide["FASTDDS_BUILTIN_TRANSPORTS"] == "SHM"
        own = {"FASTRTPS_DEFAULT_PROFILES_FILE": "mine.xml"}
        environment.settle(own)
        assert own["FASTRTPS_DEFAULT_PROFILES_FILE"] == "mine.xml"
        other = {"RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp"}
        environment.settle(other)
        assert "ROS_AUTOMATIC_DISCOVERY_RANGE" not in other


def test_only_shared_memory_that_nobody_holds_is_removed(tmp_path: Path) -> None:
    import fcntl  # noqa: PLC0415

    dead, living = "fastrtps_0123456789abcdef", "fastrtps_fedcba9876543210"
    for name in (dead, f"{dead}_el", living, f"{living}_el", "somebody_elses"):
        (tmp_path / name).write_bytes(b"")
    with (tmp_path / f"{living}_el").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert set(sweep(tmp_path)) == {dead, f"{dead}_el"}
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {living, f"{living}_el", "somebody_elses"}


class TestTables:
    def test_the_parameter_file_holds_every_parameter_with_its_default(self) -> None:
        file = yaml.safe_load((ROOT / "config" / "canter.yaml").read_text())
        found = {name.removeprefix("/**/"): it["ros__parameters"] for name, it in file.items()}
        wanted = {
            node: {name: setting.default for name, setting in table.items()}
            for node, table in NODES.items()
        }
        assert found == wanted

    def test_every_default_is_within_its_range_and_described(self) -> None:
        for node, table in NODES.items():
            for name, setting in table.items():
                assert setting.description, (node, name)
                if setting.low is not None and setting.high is not None:
                    assert setting.low <= setting.default <= setting.high, (node, name)  # type: ignore[operator]
                if setting.choices:
                    assert setting.default in setting.choices, (node, name)

    def test_the_adapters_are_the_presets_that_keep_the_policy(self) -> None:
        kept = [name for name, it in CONTROLLER_PRESETS.items() if it.policy == TROT]
        assert list(ADAPTERS) == kept

    def test_every_topic_and_service_belongs_to_a_node_that_exists(self) -> None:
        private = [name for name in (*TOPICS, *SERVICES) if "_node/" in name]
        assert private
        assert {name.partition("/")[0] for name in private} <= NODES.keys()
