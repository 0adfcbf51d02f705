"""The timing of adapters, on one whose time is known."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.types import JointCommand, RobotState
from canter.evals.benchmarks.bench_adaptation import main, time_ticks
from canter.evals.options import BenchAdaptation


class Slow:
    """Takes half a millisecond."""

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        del mask

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        assert (state.q.shape, dt) == ((12,), 0.002)
        end = time.perf_counter() + 0.5e-3
        while time.perf_counter() < end:
            pass
        return command


def test_a_tick_takes_as_long_as_it_takes() -> None:
    found = time_ticks(Slow(), 20)
    assert found.ticks == 20
    assert 500 <= found.p50_us <= found.p99_us
    assert found.mean_us >= 500


def test_the_table_holds_every_adapter(tmp_path: Path) -> None:
    assert main(BenchAdaptation(ticks=20, json=tmp_path / "b.json")) == 0
    written = json.loads((tmp_path / "b.json").read_text())
    assert set(written["adapters"]) == set(BenchAdaptation().controllers)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (BenchAdaptation(("fixed",)), "'fixed' adapts nothing"),
        (BenchAdaptation(ticks=0), "give at least 1"),
    ],
)
def test_what_cannot_be_timed_is_told(options: BenchAdaptation, message: str) -> None:
    with pytest.raises(CanterError, match=message):
        main(options)
