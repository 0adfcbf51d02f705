"""Collecting, killed for real and begun again, ends in the bytes of a run in one sitting."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.cli import main
from canter.control.errors import CanterError
from canter.control.vocab import GLYPHS
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import DatasetError
from canter.datasets.lerobot.features import REFERENT_LAYOUT, values_of
from canter.datasets.lerobot.reader import Dataset
from canter.rl.collection.camera_choice import camera_of
from canter.rl.collection.collect import collect
from canter.rl.collection.collect_options import Collect
from canter.sim.scene_env import RECORDING_CAMERA
from canter.vla.config import PRESETS
from canter.vla.episode_reader import EpisodeReader
from canter.vla.export import export_policy, vla_contract
from canter.vla.model import VlaModel
from canter.vla.runtime import SHIPPED, VlaRuntime
from tests.datasets.lerobot.made import contents

OPTIONS = Collect(tasks=("go_to",), episodes=3, noisy_share=0.4, seed=5, workers=1)
WORDS = ("--episodes", "3", "--noisy-share", "0.4", "--seed", "5", "--workers", "1")
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data set that was collected in one sitting."""
    out = tmp_path_factory.mktemp("collect") / "whole"
    reports = collect(replace(OPTIONS, out=out))
    assert sum(report.episodes for report in reports) == OPTIONS.episodes
    return out


def but_the_commit(root: Path) -> dict[str, bytes]:
    """Return all files but the notes, which tell the commit; someone may commit meanwhile."""
    return {
        name: content
        for name, content in contents(root).items()
        if name not in (layout.NOTES, layout.CHECKSUMS)
    }


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(word) for word in found.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_killed_run_goes_on_to_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    command = [
        sys.executable,
        "-m",
        "canter",
        "collect",
        "--tasks",
        "go_to",
        *WORDS,
        "--out",
        str(out),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + PATIENCE_S
        while not list(out.rglob("episode-*.parquet")):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        workers = children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    store = EpisodeStore(out / layout.SPOOL)
    assert 1 <= store.count() < OPTIONS.episodes
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < end, "a worker outlived the run"
        time.sleep(0.05)
    assert {fault.kind for fault in check(out)} >= {"unfinished"}
    assert main(command[3:]) == 0
    assert but_the_commit(out) == but_the_commit(whole)
    assert check(out) == []


def test_what_is_complete_is_left_alone(whole: Path) -> None:
    before = contents(whole)
    assert collect(replace(OPTIONS, out=whole)) == []
    assert contents(whole) == before


def test_the_data_set_is_whole_and_says_what_happened(whole: Path) -> None:
    assert check(whole) == []
    dataset = Dataset(whole)
    drivers = {entry.record.driver for entry in dataset.entries}
    assert drivers == {"expert", "noisy"}
    for entry in dataset.entries:
        table, record = dataset.frames(entry), entry.record
        action, expert = values_of(table, "action"), values_of(table, "expert_action")
        assert np.array_equal(action, expert) == (record.driver == "expert")
        for first, chunk in ((action, "action.chunk"), (expert, "expert_action.chunk")):
            assert np.array_equal(values_of(table, chunk)[:, :12], first)
        named = REFERENT_LAYOUT.unpack(values_of(table, "referents")[:, : REFERENT_LAYOUT.size])
        assert named["present"].all()
        assert named["seen"][-1] == 1
        assert named["distance"][-1] < named["distance"][0]
        assert not values_of(table, "referents")[:, REFERENT_LAYOUT.size :].any()
        assert dict(record.words).keys() == {"colour", "shape"}
        assert values_of(table, "next.done").tolist() == [False] * (entry.length - 1) + [True]
        assert bool(values_of(table, "next.success")[-1]) == record.strict
        assert record.instruction not in record.paraphrases
        assert record.events
        assert dataset.images(entry).shape == (entry.length, 96, 96, 3)
        quat = values_of(table, "truth.base_pose")[:, 3:]
        assert np.linalg.norm(quat, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_other_arguments_are_refused(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="seed 5 not 6"):
        collect(replace(OPTIONS, out=whole, seed=6))
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DatasetError, match="something else"):
        collect(replace(OPTIONS, out=tmp_path))
    with pytest.raises(CanterError, match="-1 workers"):
        collect(replace(OPTIONS, out=tmp_path / "new", workers=-1))


def test_a_model_drives_while_the_expert_labels(tmp_path: Path) -> None:
    out = tmp_path / "model"
    options = replace(OPTIONS, episodes=2, levels=(2,), max_seconds=5.0, dynamics="varied")
    collect(replace(options, out=out, policy=str(SHIPPED)))
    assert check(out) == []
    dataset = Dataset(out)
    assert (dataset.info.fps, dataset.info.camera) == (5, VlaRuntime(SHIPPED).camera)
    for entry in dataset.entries:
        table = dataset.frames(entry)
        assert entry.length == 25
        assert entry.record.driver.startswith(f"{SHIPPED.name} ")
        assert entry.record.sub_optimal
        action, expert = (values_of(table, f"{key}.chunk") for key in ("action", "expert_action"))
        assert not np.array_equal(action, expert)
    assert len(EpisodeReader(("go_to",)).read(out)) == 2
    with pytest.raises(DatasetError, match="driver"):
        collect(replace(options, out=out))


def test_cameras_are_chosen_by_a_model_or_by_their_figures() -> None:
    assert camera_of(Collect()) == RECORDING_CAMERA
    assert camera_of(Collect(camera_of=SHIPPED)) == VlaRuntime(SHIPPED).camera
    assert camera_of(Collect(policy=str(SHIPPED))) == VlaRuntime(SHIPPED).camera
    chosen = camera_of(Collect(height=64, fovy=90.0, period=0.5))
    assert (chosen.height, chosen.width, chosen.period) == (64, RECORDING_CAMERA.width, 0.5)
    assert chosen.fovy == pytest.approx(np.pi / 2)
    with pytest.raises(CanterError, match="whole number"):
        camera_of(Collect(period=0.3))
    with pytest.raises(CanterError, match="even"):
        camera_of(Collect(height=63))
    with pytest.raises(CanterError, match="leave out --camera-of"):
        camera_of(Collect(policy=str(SHIPPED), period=0.1))


def test_a_policy_that_cannot_drive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="no policy 'experts'"):
        collect(replace(OPTIONS, out=tmp_path, policy="experts"))
    known = ("go_to",)
    model = VlaModel(replace(PRESETS["debug"], tasks=known), torch.rand(len(GLYPHS), 4))
    contract = vla_contract(model.config, training_commit="0123abc", training_seed=0)
    export_policy(model, contract, tmp_path / "few.onnx")
    with pytest.raises(CanterError, match="knows go_to, not crawl"):
        collect(
            replace(
                OPTIONS, out=tmp_path / "x", tasks=("crawl",), policy=str(tmp_path / "few.onnx")
            )
        )


def test_ray_gives_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs the extra scale")
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    collect(replace(OPTIONS, out=tmp_path / "ray", ray="local"))
    assert but_the_commit(tmp_path / "ray") == but_the_commit(whole)
