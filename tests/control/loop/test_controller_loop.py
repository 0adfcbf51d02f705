"""The motor loop: every fault answered tick by tick on a turned clock, then on a real thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from canter.control.adaptation.impedance import AdaptiveImpedance
from canter.control.adaptation.laws import GainLaw
from canter.control.errors import CanterError
from canter.control.impedance import DAMPING_KD, JOINT_VALID_S, hold_command
from canter.control.loop.controller_loop import Clocks, ControllerLoop
from canter.control.robot import GO2
from canter.control.safety.flight_recorder import LastSeconds
from canter.control.safety.safety_monitor import SafetyLimits, SafetyMonitor
from canter.control.types import JointCommand, RobotState
from tests.control.fake_time import FakeTime
from tests.control.states import standing

Whole = TypeVar("Whole", RobotState, JointCommand)

PERIOD = 0.002
KP, KD = np.full(12, 25.0), np.full(12, 0.5)


def is_damping(given: JointCommand) -> bool:
    return bool((given.kp == 0).all() and (given.kd == DAMPING_KD).all() and not given.tau_ff.any())


class Bench:
    """A loop on a turned clock; what it sends is kept."""

    def __init__(self, recorder: LastSeconds | None = None) -> None:
        self.fake = FakeTime(1.0)
        self.stamps = FakeTime(50.0)
        self.sent: list[JointCommand] = []
        self.fails: Exception | None = None
        self.clock_fails = False
        clocks = Clocks(self.stamp, self.fake.now, self.fake.pass_time)
        self.loop = ControllerLoop(GO2, self.send, clocks=clocks, recorder=recorder)

    def stamp(self) -> float:
        if self.clock_fails:
            raise OSError("no clock")
        return self.stamps.time

    def send(self, command: JointCommand) -> None:
        if self.fails is not None:
            raise self.fails
        self.sent.append(command)

    def feed(self) -> JointCommand:
        """Hand over a fresh state and command; return the command."""
        now = self.stamps.time
        command = hold_command(GO2.default_q, KP, KD, now)
        self.loop.put_state(standing(time=now))
        self.loop.put_command(command)
        return command

    def tick(self, *, stamps: bool = True) -> JointCommand:
        """Let one period pass and tick."""
        self.fake.pass_time(PERIOD)
        if stamps:
            self.stamps.pass_time(PERIOD)
        return self.loop.tick()

    def settle(self) -> None:
        """Run until the gains have risen."""
        for _ in range(50):
            self.feed()
            self.tick()


def test_nothing_arrived_damps_without_a_fault() -> None:
    bench = Bench()
    for _ in range(100):
        assert is_damping(bench.tick())
    assert bench.loop.fault is None
    assert bench.loop.statistics().waiting == 100
    assert len(bench.sent) == 100


@pytest.mark.parametrize("what", ["state", "command"])
def test_half_of_what_is_needed_damps_without_a_fault(what: str) -> None:
    bench = Bench()
    if what == "state":
        bench.loop.put_state(standing(time=50.0))
    else:
        bench.loop.put_command(hold_command(GO2.default_q, KP, KD, 50.0))
    for _ in range(100):
        assert is_damping(bench.tick())
    assert bench.loop.fault is None


def test_gains_rise_from_damping_then_commands_pass_untouched() -> None:
    bench = Bench()
    limits = bench.loop.monitor.limits
    bench.tick()
    for tick in range(1, 50):
        given = bench.feed()
        sent = bench.tick()
        kp = min(KP[0], limits.kp_slew * PERIOD * tick)
        kd = max(KD[0], DAMPING_KD - limits.kd_slew * PERIOD * tick)
        np.testing.assert_allclose((sent.kp[0], sent.kd[0]), (kp, kd), atol=1e-9)
    assert sent is given
    assert bench.loop.statistics().passed == 49


def test_an_expired_command_is_held_one_tick_then_damped_until_reset() -> None:
    bench = Bench()
    bench.settle()
    last = bench.feed()
    sent: list[JointCommand] = []
    while not sent or not is_damping(sent[-1]):
        bench.loop.put_state(standing(time=bench.stamps.time))
        sent.append(bench.tick())
    np.testing.assert_array_equal(sent[-2].q_target, last.q_target)
    assert sent[-2] is not last
    assert all(command is last for command in sent[:-2])
    assert len(sent) in (26, 27)  # 25 periods of validity, the hold, then damping
    assert bench.loop.statistics().holding == 1
    bench.feed()
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert bench.loop.fault.rule == "expired command"


def test_after_a_reset_old_commands_are_forgotten() -> None:
    bench = Bench()
    bench.settle()
    bench.stamps.pass_time(1.0)
    bench.loop.put_state(standing(time=bench.stamps.time))
    bench.tick()
    bench.tick()
    fault = bench.loop.fault
    assert fault is not None
    assert bench.loop.reset() is fault
    assert is_damping(bench.tick())  # and not a hold of the old set-point
    assert bench.loop.fault is None
    bench.feed()
    assert bench.tick().kp[0] == pytest.approx(2.0 * bench.loop.monitor.limits.kp_slew / 1000)


def test_states_that_stop_arriving_damp_within_the_bound() -> None:
    bench = Bench()
    bench.settle()
    begin = bench.fake.time
    while not is_damping(bench.sent[-1]):
        bench.loop.put_command(hold_command(GO2.default_q, KP, KD, bench.stamps.time))
        bench.tick()
    assert bench.fake.time - begin <= 0.06 + 2 * PERIOD
    assert bench.loop.fault is not None
    assert bench.loop.fault.rule == "stale state"


def test_simulated_time_that_stands_still_does_not_hide_lost_states() -> None:
    bench = Bench()
    bench.settle()
    begin = bench.fake.time
    while not is_damping(bench.sent[-1]):
        bench.tick(stamps=False)
    assert bench.fake.time - begin <= 0.06 + 2 * PERIOD
    assert bench.loop.fault is not None
    assert "arrived" in bench.loop.fault.reason


def test_an_output_that_raises_latches_and_damps() -> None:
    bench = Bench()
    bench.settle()
    bench.fails = RuntimeError("publisher is gone")
    bench.feed()
    bench.tick()
    bench.fails = None
    bench.feed()
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert "the output raised RuntimeError: publisher is gone" in bench.loop.fault.reason
    assert bench.loop.statistics().errors == 1


def test_a_clock_that_raises_latches_and_damps_in_the_same_tick() -> None:
    bench = Bench()
    bench.settle()
    bench.clock_fails = True
    assert is_damping(bench.tick())
    assert is_damping(bench.sent[-1])
    assert bench.loop.fault is not None
    assert "the check raised OSError: no clock" in bench.loop.fault.reason


def test_what_is_no_command_at_all_latches_and_damps() -> None:
    bench = Bench()
    bench.settle()
    bench.loop.put_command("no command")  # type: ignore[arg-type]
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert "the check raised AttributeError" in bench.loop.fault.reason


def test_a_trip_from_outside_damps_from_the_next_tick() -> None:
    bench = Bench()
    bench.settle()
    bench.loop.trip("operator lost")
    bench.feed()
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert bench.loop.fault.reason == "operator lost"


def test_every_tick_is_recorded_as_sent() -> None:
    recorder = LastSeconds(GO2, 500.0)
    bench = Bench(recorder)
    bench.settle()
    values = recorder.take().values
    np.testing.assert_allclose(values["command_kp"][:, 0], [c.kp[0] for c in bench.sent])
    np.testing.assert_allclose(np.diff(values["now"]), PERIOD)


def test_a_recorder_that_fails_is_a_fault_like_any_other() -> None:
    bench = Bench(LastSeconds(GO2, 500.0))
    bench.feed()
    bench.loop.put_state(standing(time=bench.stamps.time, accel=np.zeros(5)))
    bench.tick()
    assert bench.loop.fault is not None
    assert "the recorder raised" in bench.loop.fault.reason


class Adapter:
    """Adds one newton metre to every joint, and keeps what it was told."""

    def __init__(self) -> None:
        self.periods: list[float] = []
        self.resets = 0
        self.fails: Exception | None = None
        self.adds = 1.0

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        assert mask is None
        self.resets += 1

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        assert state.time <= command.valid_until
        self.periods.append(dt)
        if self.fails is not None:
            raise self.fails
        return replace(command, tau_ff=command.tau_ff + self.adds)


def adapting() -> tuple[Bench, Adapter]:
    """Return a settled loop with an adapter."""
    bench, adapter = Bench(), Adapter()
    bench.loop.adapter = adapter
    bench.settle()
    return bench, adapter


def test_the_adapter_acts_at_every_tick_and_the_monitor_sees_what_it_made() -> None:
    bench, adapter = adapting()
    np.testing.assert_array_equal(bench.sent[-1].tau_ff, 1.0)
    np.testing.assert_allclose(adapter.periods, PERIOD)
    adapter.adds = 100.0
    bench.feed()
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert "tau_ff of FL_hip_joint is 100 Nm" in bench.loop.fault.reason


def test_a_late_tick_adapts_for_no_longer_than_a_command_is_valid() -> None:
    bench, adapter = adapting()
    bench.stamps.pass_time(3.0)
    bench.feed()
    bench.tick()
    assert adapter.periods[-1] == JOINT_VALID_S


def test_an_adapter_that_raises_latches_damps_and_is_asked_no_more() -> None:
    bench, adapter = adapting()
    adapter.fails = CanterError("no such robot")
    bench.feed()
    assert is_damping(bench.tick())
    assert bench.loop.fault is not None
    assert "raised CanterError: no such robot" in bench.loop.fault.reason
    asked = len(adapter.periods)
    bench.feed()
    assert is_damping(bench.tick())
    assert len(adapter.periods) == asked


def test_a_reset_of_the_loop_resets_the_adapter() -> None:
    bench, adapter = adapting()
    bench.loop.trip("operator lost")
    before = adapter.resets
    bench.loop.reset()
    assert adapter.resets == before + 1
    bench.settle()
    np.testing.assert_array_equal(bench.sent[-1].tau_ff, 1.0)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_leaves_no_trace_after_a_reset(value: float) -> None:
    bench = Bench()
    bench.loop.adapter = AdaptiveImpedance(GO2, gains=GainLaw())
    bench.settle()
    for _ in range(10):
        bench.feed()
        bench.loop.put_state(standing(time=bench.stamps.time, q=np.full(12, value)))
        assert is_damping(bench.tick())
    bench.loop.reset()
    bench.settle()
    assert bench.loop.fault is None
    assert np.isfinite(bench.sent[-1].tau_ff).all()


VALUES = st.one_of(
    st.floats(-2, 2), st.floats(), st.sampled_from([1e9, -1e9, np.nan, np.inf, -np.inf])
)
FIELDS = st.sampled_from(["q", "qd", "tau", "quat", "gyro", "accel", "foot_contact", "time"])
PARTS = st.sampled_from(["q_target", "kp", "kd", "tau_ff", "valid_until"])


@settings(deadline=None)
@given(st.lists(st.tuples(FIELDS, PARTS, VALUES, VALUES, st.integers(0, 11)), max_size=15))
def test_whatever_arrives_what_is_sent_is_safe(
    events: list[tuple[str, str, float, float, int]],
) -> None:
    """One wrong number, of any size, in any field; the output never leaves the limits."""
    bench = Bench()
    bench.settle()
    limits = SafetyLimits()
    for field, part, measured, asked, where in events:
        command = bench.feed()
        state = standing(time=bench.stamps.time)
        bench.loop.put_state(spoilt(state, field, measured, where))
        bench.loop.put_command(spoilt(command, part, asked, where))
        sent = bench.tick()
        for array in (sent.q_target, sent.kp, sent.kd, sent.tau_ff):
            assert np.isfinite(array).all()
        assert (sent.kp >= 0).all()
        assert (sent.kp <= limits.kp_max).all()
        assert (sent.kd >= 0).all()
        assert (sent.kd <= limits.kd_max).all()
        assert (np.abs(sent.tau_ff) <= GO2.tau_max).all()
        assert (sent.q_target <= GO2.q_max + limits.target_margin_rad).all()
        assert (sent.q_target >= GO2.q_min - limits.target_margin_rad).all()
    assert bench.loop.statistics().errors == 0


def spoilt(whole: Whole, name: str, value: float, where: int) -> Whole:
    """Return a state or a command with one number replaced."""
    given = np.array(getattr(whole, name))
    np.ravel(given)[where % given.size] = value
    changes: dict[str, Any] = {name: given if given.ndim else value}
    return replace(whole, **changes)


def real_loop(send: Callable[[JointCommand], None], rate_hz: float = 500.0) -> ControllerLoop:
    return ControllerLoop(GO2, send, rate_hz=rate_hz)


def wait_for(what: Callable[[], bool]) -> None:
    """Wait until something holds; fails after 5 s."""
    until = time.monotonic() + 5.0
    while not what():
        assert time.monotonic() < until
        time.sleep(0.001)


def halt(loop: ControllerLoop) -> None:
    """Stop a loop; a busy machine may take longer than `stop` waits."""
    begin = time.monotonic()
    loop.stop()
    assert time.monotonic() - begin < 1.0
    wait_for(lambda: not loop.running)
    assert loop.stop()


def test_the_thread_sends_and_stops_with_a_last_damping() -> None:
    sent: list[JointCommand] = []
    loop = real_loop(sent.append)
    loop.start()
    wait_for(lambda: loop.running and len(sent) >= 20)
    halt(loop)
    assert is_damping(sent[-1])
    statistics = loop.statistics()
    assert len(sent) == statistics.stages["tick"]["n"] + 1
    assert 0.0 <= statistics.held_fraction <= 1.0


def test_a_loop_that_never_ran_stops_and_one_that_runs_does_not_start() -> None:
    loop = real_loop(lambda _: None)
    halt(loop)
    loop.start()
    with pytest.raises(CanterError, match="runs already"):
        loop.start()
    halt(loop)
    loop.start()
    halt(loop)


def test_an_output_that_raises_does_not_kill_the_thread() -> None:
    sent: list[JointCommand] = []

    def send(command: JointCommand) -> None:
        if len(sent) < 5:
            sent.append(command)
            raise ValueError("full")
        sent.append(command)

    loop = real_loop(send)
    loop.start()
    wait_for(lambda: len(sent) >= 20)
    halt(loop)
    assert loop.fault is not None
    assert loop.statistics().errors == 5


def test_an_output_that_blocks_is_told() -> None:
    gate = threading.Event()

    def send(_: JointCommand) -> None:
        gate.wait(5.0)

    loop = real_loop(send)
    loop.start()
    begin = time.monotonic()
    assert not loop.stop()
    assert time.monotonic() - begin < 1.0
    gate.set()
    wait_for(lambda: not loop.running)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_by_itself_leaves_a_fault_and_damping() -> None:
    sent: list[JointCommand] = []

    def broken(_: float) -> None:
        raise InterruptedError("no sleep")

    loop = ControllerLoop(GO2, sent.append, clocks=Clocks(sleep=broken))
    loop.start()
    wait_for(lambda: not loop.running)
    assert is_damping(sent[-1])
    assert loop.fault is not None
    assert "ended by itself" in loop.fault.reason


def test_lateness_and_missed_deadlines_are_counted() -> None:
    """A tick of half a period meets its deadline, one of 3.5 periods passes three."""
    fake, work, gate = FakeTime(), [0.001, 0.007, 0.0005], threading.Event()

    def sleep(seconds: float) -> None:
        fake.pass_time(seconds)
        if not work:
            gate.wait(5.0)

    loop = ControllerLoop(
        GO2,
        lambda _: fake.pass_time(work.pop(0) if work else 0.0),
        clocks=Clocks(fake.now, fake.now, sleep),
    )
    loop.start()
    wait_for(lambda: loop.statistics().ticks >= 2)
    statistics = loop.statistics()
    assert statistics.missed == 3
    assert statistics.held_fraction == pytest.approx(1 / 4)
    assert statistics.lateness_ms["max"] == pytest.approx(5.0)
    gate.set()
    halt(loop)


def test_hand_over_from_other_threads_is_never_torn() -> None:
    """Each state's arrays all carry the same number; so must what a tick saw."""
    recorder = LastSeconds(GO2, 500.0)
    limits = SafetyLimits(angle_margin_rad=10.0)
    monitor = SafetyMonitor(GO2, limits)
    loop = ControllerLoop(GO2, lambda _: None, monitor, recorder=recorder)
    loop.start()
    for number in range(300):
        now = time.monotonic()
        value = np.full(12, number / 300)
        loop.put_state(standing(time=now, q=value, qd=value, tau=value))
        loop.put_command(hold_command(GO2.default_q, KP, KD, now))
        time.sleep(0.0005)
    halt(loop)
    values = recorder.take().values
    np.testing.assert_array_equal(values["state_q"], values["state_qd"])
    np.testing.assert_array_equal(values["state_q"], values["state_tau"])
    assert len(values["now"]) > 10


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_is_positive(rate: float) -> None:
    with pytest.raises(CanterError, match="rate"):
        real_loop(lambda _: None, rate)
