"""First frames that say free fall are found, and mended to what statics says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.checksums import checksums
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import DatasetError
from canter.datasets.lerobot.features import RECORDED, STATE, STATE_LAYOUT, values_of
from canter.datasets.lerobot.first_readings import holding_torques
from canter.datasets.lerobot.layout import CHECKSUMS
from canter.datasets.lerobot.metadata import read_json
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset
from canter.datasets.lerobot.repair import repair
from canter.sim.physics.batched_sim import BatchedSim
from canter.sim.robots.equip import robot_model_spec
from tests.datasets.lerobot.made import episode, packed

FALLING = (1, 2)
"""Episodes of the old data set that begin as older versions recorded them."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data set of four episodes, two of which begin in free fall."""
    folder = tmp_path_factory.mktemp("old")
    store = EpisodeStore(folder / "store")
    for number in range(4):
        record, frames = episode(number)
        if number in FALLING:
            state = np.array(frames.columns[STATE])
            for name in ("accel", "tau", "foot_contact"):
                state[0, STATE_LAYOUT[name]] = 0.0
            state[0, STATE_LAYOUT["q"]] = GO2.default_q
            state[0, STATE_LAYOUT["gravity"]] = [0.0, 0.0, -1.0]
            frames = replace(frames, columns={**frames.columns, STATE: state})
        store.write(number, record, frames)
    pack(folder / "set", store.read_all(range(4)), {"made": "up"})
    return folder / "set"


def test_check_names_the_fault_and_the_remedy(old: Path) -> None:
    (fault,) = check(old)
    assert fault.kind == "first readings"
    assert "2 of 4 episodes" in fault.text and "(1, 2)" in fault.text
    assert f"canter dataset repair {old}" in fault.text


def test_a_repaired_set_has_no_fault_and_says_what_was_done(old: Path, tmp_path: Path) -> None:
    out = tmp_path / "new"
    assert repair(old, out) == [*FALLING]
    assert check(out) == []
    assert checksums(out) == read_json(out / CHECKSUMS)
    notes = read_json(out / "meta/canter.json")
    assert notes["made"] == "up" and notes["first_readings_mended"] == [*FALLING]


def test_only_the_first_readings_change(old: Path, tmp_path: Path) -> None:
    repair(old, tmp_path / "new")
    before, after = Dataset(old), Dataset(tmp_path / "new")
    for one, other in zip(before.entries, after.entries, strict=True):
        assert one.record == other.record
        np.testing.assert_array_equal(before.images(one), after.images(other))
        for feature in RECORDED:
            was, now = (
                values_of(data.frames(entry), feature.key).copy()
                for data, entry in ((before, one), (after, other))
            )
            if feature.key == STATE and one.index in FALLING:
                first = STATE_LAYOUT.unpack(now[0])
                np.testing.assert_allclose(first["accel"], [0.0, 0.0, 9.81], rtol=1e-6)
                np.testing.assert_array_equal(first["foot_contact"], 1.0)
                for name in ("accel", "tau", "foot_contact"):
                    now[0, STATE_LAYOUT[name]] = 0.0
            np.testing.assert_array_equal(was, now, err_msg=feature.key)


def test_torques_are_those_that_the_simulator_reads_of_held_joints() -> None:
    """Newton-Euler with least squares against MuJoCo with its contact solver."""
    with BatchedSim([robot_model_spec(GO2).compile()], GO2, threads=1) as sim:
        state = sim.measured()
    found = holding_torques(state.q[0], state.projected_gravity()[0])
    np.testing.assert_allclose(found, state.tau[0], atol=0.02)


def test_nothing_to_mend_and_a_folder_in_use_are_refused(old: Path, tmp_path: Path) -> None:
    whole = packed(tmp_path / "whole", range(2))
    with pytest.raises(DatasetError, match="nothing to mend"):
        repair(whole, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(DatasetError, match="holds a data set already"):
        repair(old, whole)
