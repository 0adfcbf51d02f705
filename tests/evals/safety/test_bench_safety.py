"""The bench of the safety monitor: its plan, its sums, its pieces, and faults end to end."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT, SHIPPED
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import JointCommand
from canter.evals.chunks import Chunks
from canter.evals.options import BenchSafety
from canter.evals.safety.bench_safety import main, summary, times
from canter.evals.safety.body_faults import FlippedEncoder, as_torque
from canter.evals.safety.faults import CLASSES
from canter.evals.safety.normal_running import walk
from canter.evals.safety.safety_commands import ranges_of
from canter.evals.safety.safety_trial import inject, plan
from canter.sim.locomotion.locomotion_commands import WHOLE, CommandRanges
from tests.control.states import standing


def test_the_plan_gives_every_class_the_same_number_and_every_variant_some() -> None:
    planned = plan(1200, 0)
    assert len(planned) >= 1200
    assert set(Counter(one.kind for one in planned).values()) == {len(planned) // len(CLASSES)}
    assert {(one.kind, one.variant) for one in planned} == {
        (kind, variant) for kind, variants in CLASSES.items() for variant in variants
    }
    assert len({one.seed for one in planned}) == len(planned)


def test_times_are_quantiles_that_occurred() -> None:
    found = times([0.002 * k for k in range(101)])
    assert found is not None
    assert (found.p50, found.p99, found.max) == pytest.approx((100.0, 198.0, 200.0))
    assert found.p99_periods == pytest.approx(9.9)
    assert times([]) is None


def test_a_piece_is_kept_over_a_kill_and_half_a_line_is_not(tmp_path: Path) -> None:
    path = tmp_path / "pieces.jsonl"
    Chunks(path, {"seed": 1}, resume=False).add("a", [{"x": 1}])
    with path.open("ab") as file:
        file.write(b'{"b": [\xff')
    again = Chunks(path, {"seed": 1}, resume=True)
    assert again.done == {"a": [{"x": 1}]}
    assert Chunks(path, {"seed": 1}, resume=True).done == again.done
    with pytest.raises(CanterError, match="other settings"):
        Chunks(path, {"seed": 2}, resume=True)


def test_a_flipped_encoder_is_the_law_of_the_flipped_readings() -> None:
    rng = np.random.default_rng(0)
    fault = FlippedEncoder(rng, 0.0)
    j = fault.joint
    state = standing(q=GO2.default_q + rng.normal(0, 0.1, 12), qd=rng.normal(0, 1, 12))
    command = JointCommand(
        GO2.default_q, np.full(12, 20.0), np.full(12, 0.5), rng.normal(0, 1, 12), 1.0
    )
    done = fault.motors(command, state)
    law = 20.0 * (GO2.default_q[j] + state.q[j]) + 0.5 * state.qd[j] + command.tau_ff[j]
    assert done.tau_ff[j] == pytest.approx(np.clip(law, -GO2.tau_max[j], GO2.tau_max[j]))
    assert done.kp[j] == done.kd[j] == 0
    np.testing.assert_array_equal(np.delete(done.kp, j), 20.0)


def test_a_motor_that_goes_the_wrong_way_gives_the_negative_of_the_law() -> None:
    state = standing()
    command = JointCommand(state.q + 0.1, np.full(12, 20.0), np.zeros(12), np.zeros(12), 1.0)
    assert as_torque(GO2, command, state, 3, -1.0).tau_ff[3] == pytest.approx(-2.0)


def test_one_fault_of_every_quick_class_is_answered_in_time() -> None:
    slow = ("stuck motor: jammed", "flipped motor", "over-tilt", "dead VLA")
    planned = [one for one in plan(len(CLASSES), 3) if one.kind not in slow]
    rows = inject(OnnxSession(SHIPPED), planned)
    found = summary(rows)
    assert found["missed"] == 0
    assert found["false trips before the fault"] == 0
    assert found["ms_from_sight"]["max"] <= 60.0


def test_the_same_seed_gives_the_same_outcome() -> None:
    planned = [one for one in plan(len(CLASSES), 4) if one.kind == "stuck motor: no torque"]
    first, second = (inject(OnnxSession(SHIPPED), planned) for _ in range(2))
    assert first == second


def test_normal_running_trips_nothing() -> None:
    rows = walk(OnnxSession(SHIPPED), [11, 12], 2.0)
    assert [row["rule"] for row in rows] == ["", ""]
    assert [row["seconds"] for row in rows] == [2.0, 2.0]


def test_the_whole_command_policy_walks_untripped_within_its_contract() -> None:
    session = OnnxSession(GAIT)
    assert ranges_of(session.contract) == WHOLE
    assert ranges_of(OnnxSession(SHIPPED).contract) == CommandRanges()
    (row,) = walk(session, [11], 2.0)
    assert (row["rule"], row["seconds"]) == ("", 2.0)


def test_a_policy_that_follows_less_than_the_trot_is_refused() -> None:
    contract = OnnxSession(SHIPPED).contract
    less = contract.command_ranges | {"vx": (0.0, 0.1)}
    with pytest.raises(CanterError, match="trained for"):
        ranges_of(replace(contract, command_ranges=less))


@pytest.mark.parametrize(("injections", "hours"), [(0, 0.0), (-1, 1.0), (1, -1.0)])
def test_a_bench_without_work_is_refused(injections: int, hours: float, tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="nothing to do"):
        main(BenchSafety(injections=injections, hours=hours, out=tmp_path))
