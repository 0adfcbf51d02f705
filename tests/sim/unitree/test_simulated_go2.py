import json
from collections.abc import Callable

import numpy as np
import pytest

from canter.control.impedance import JOINT_VALID_S
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.unitree import api, low_cmd
from canter.control.unitree.crc import is_sealed, seal
from canter.control.unitree.low_state import robot_state
from canter.control.unitree.messages import LOW_CMD
from canter.control.unitree.postures import LYING_Q, STANDING_Q, lie_down, stand_up
from canter.sim.unitree.plant import Plant
from canter.sim.unitree.simulated_go2 import SimulatedGo2
from canter.sim.unitree.sport import Sport

STEP = api.LOW_LEVEL_PERIOD_S


class Bench:
    """A simulated robot and the time on its clock."""

    def __init__(self, *, lying: bool = False) -> None:
        policy = LocomotionPolicy(OnnxSession(SHIPPED))
        self.robot = SimulatedGo2(
            Plant(lying=lying), Sport(policy, LYING_Q if lying else STANDING_Q)
        )
        self.now = 100.0

    def run(self, seconds: float, before_tick: Callable[[], None] = lambda: None) -> None:
        for _ in range(round(seconds / STEP)):
            before_tick()
            self.robot.tick(self.now)
            self.now += STEP

    def sport(self, number: int, **parameters: float) -> int:
        answer = self.robot.ask_sport(number, json.dumps(parameters))
        assert answer is not None
        return answer[0]

    def release(self) -> None:
        assert self.robot.ask_switcher(api.RELEASE_MODE, "") == (api.OK, "")

    @property
    def height(self) -> float:
        return float(self.robot.plant.position_w[2])


def test_it_stands_and_weighs_what_it_weighs() -> None:
    bench = Bench()
    bench.run(2.0)
    record = bench.robot.low_state()
    assert is_sealed(record)
    assert sum(record["foot_force"].tolist()) == pytest.approx(15.2 * 9.81, rel=0.05)
    state = robot_state(record, 0.0)
    np.testing.assert_allclose(state.accel, [0, 0, 9.81], atol=0.5)
    assert record["tick"] == 2000


def test_sport_mode_stands_up_walks_leans_and_lies_down() -> None:
    bench = Bench(lying=True)
    bench.run(0.5)
    assert bench.height < 0.12
    assert bench.sport(api.STAND_UP) == api.OK
    bench.run(3.0)
    assert bench.height > 0.24
    assert bench.sport(api.EULER, x=0.0, y=0.2, z=0.0) == api.OK
    bench.run(1.0)
    rpy = bench.robot.low_state()["imu_state"]["rpy"]
    assert rpy[1] == pytest.approx(0.2, abs=0.06)
    assert bench.sport(api.MOVE, x=0.5, y=0.0, z=0.0) == api.OK
    before = bench.robot.plant.position_w
    bench.run(0.9)
    bench.sport(api.MOVE, x=0.5, y=0.0, z=0.0)
    bench.run(0.9)
    assert bench.robot.sport_state()["velocity"][0] == pytest.approx(0.5, abs=0.2)
    assert bench.robot.plant.position_w[0] - before[0] > 0.5
    told, true = bench.robot.sport_state(), bench.robot.true_state()
    np.testing.assert_allclose(told["velocity"], true["velocity"], atol=0.1)
    np.testing.assert_allclose(told["position"], true["position"], atol=0.05)
    assert (told["position"] != true["position"]).all()  # estimated from what it measures
    bench.run(2.0)  # nobody asks for more: it stops by itself
    assert abs(bench.robot.sport_state()["velocity"][0]) < 0.1
    assert bench.sport(api.STAND_DOWN) == api.OK
    bench.run(2.5)
    assert bench.height < 0.12
    assert bench.sport(api.DAMP) == api.OK


def test_stop_move_stops() -> None:
    bench = Bench()
    bench.sport(api.MOVE, x=0.8, y=0.0, z=0.0)
    bench.run(0.8)
    assert bench.sport(api.STOP_MOVE) == api.OK
    bench.run(1.0)
    assert abs(bench.robot.sport_state()["velocity"][0]) < 0.1


@pytest.mark.parametrize(
    ("number", "parameter", "code"),
    [
        (1016, "{}", api.NOT_IMPLEMENTED),
        (api.MOVE, "{", api.BAD_PARAMETER),
        (api.MOVE, "[1]", api.BAD_PARAMETER),
        (api.MOVE, '{"x": 1, "y": "fast", "z": 0}', api.BAD_PARAMETER),
        (api.MOVE, '{"x": NaN, "y": 0, "z": 0}', api.BAD_PARAMETER),
        (api.EULER, "{}", api.BAD_PARAMETER),
        (api.MOVE, "[" * 100_000, api.BAD_PARAMETER),
    ],
)
def test_requests_that_are_refused(number: int, parameter: str, code: int) -> None:
    answer = Bench().robot.ask_sport(number, parameter)
    assert answer is not None
    assert answer[0] == code


def test_the_motion_switcher() -> None:
    robot = Bench().robot
    assert robot.ask_switcher(api.API_VERSION, "") == (api.OK, api.VERSION)
    assert json.loads(robot.ask_switcher(api.CHECK_MODE, "")[1])["name"] == "normal"
    robot.ask_switcher(api.RELEASE_MODE, "{}")
    assert json.loads(robot.ask_switcher(api.CHECK_MODE, "")[1])["name"] == ""
    assert robot.ask_sport(api.STAND_UP, "{}") is None
    assert robot.ask_switcher(api.SELECT_MODE, '{"name": "dance"}')[0] == api.BAD_PARAMETER
    assert robot.ask_switcher(api.SELECT_MODE, '{"name": "normal"}')[0] == api.OK
    assert robot.ask_sport(api.STAND_UP, "{}") == (api.OK, "")
    assert robot.ask_switcher(1005, "")[0] == api.NOT_IMPLEMENTED


def test_low_level_commands_are_ignored_until_sport_mode_is_released() -> None:
    bench = Bench()
    limp = LOW_CMD.to_wire(low_cmd.do_nothing())
    bench.run(0.5, lambda: bench.robot.receive(limp, bench.now))
    assert bench.robot.refused == {"sport mode": 250}
    assert bench.height > 0.24
    bench.release()
    bench.run(1.0, lambda: bench.robot.receive(limp, bench.now))
    assert bench.robot.accepted == 500
    assert bench.height < 0.2


def test_a_low_level_client_stands_up_holds_and_lies_down() -> None:
    bench = Bench(lying=True)
    bench.release()
    for way, seconds, low, high in ((stand_up, 3.5, 0.24, 0.3), (lie_down, 2.5, 0.05, 0.12)):
        glide = way(robot_state(bench.robot.low_state(), 0.0).q)
        begin = bench.now

        def send(glide=glide, begin=begin) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            command = glide.command(bench.now - begin, bench.now)
            sample = LOW_CMD.to_wire(low_cmd.from_joint_command(command))
            bench.robot.receive(sample, bench.now)

        bench.run(seconds, send)
        assert low < bench.height < high
    assert not bench.robot.refused
    assert bench.robot.damped == 0


def test_a_command_that_runs_out_is_followed_by_damping() -> None:
    bench = Bench()
    bench.release()
    hold = stand_up(STANDING_Q)
    for _ in range(500):
        command = hold.command(9.0, bench.now)
        bench.robot.receive(LOW_CMD.to_wire(low_cmd.from_joint_command(command)), bench.now)
        bench.run(STEP)
    assert bench.height > 0.24
    bench.run(2.0)
    assert bench.robot.damped == 1
    assert bench.robot.damped_after_s <= JOINT_VALID_S + 2 * STEP
    assert bench.height < 0.2


@pytest.mark.parametrize("rule", ["encoding", *low_cmd.REFUSALS])
def test_broken_commands_are_counted_and_not_executed(rule: str) -> None:
    bench = Bench(lying=True)
    bench.release()
    record = low_cmd.from_joint_command(stand_up(STANDING_Q).command(9.0, bench.now))
    changes: dict[str, Callable[[], None]] = {
        "head": lambda: record["head"].fill(0),
        "level flag": lambda: record.__setitem__("level_flag", 0xEE),
        "mode": lambda: record["motor_cmd"]["mode"].__setitem__(3, 7),
        "not finite": lambda: record["motor_cmd"]["q"].__setitem__(3, np.inf),
    }
    if rule in changes:
        changes[rule]()
        seal(record)
    if rule == "crc":
        record["motor_cmd"]["kp"][0] += 1
    sample = LOW_CMD.to_wire(record)
    if rule == "encoding":
        sample = sample[:200]
    bench.run(0.5, lambda: bench.robot.receive(sample, bench.now))
    assert bench.robot.refused == {rule: 250}
    assert bench.robot.accepted == 0
    assert bench.height < 0.12
