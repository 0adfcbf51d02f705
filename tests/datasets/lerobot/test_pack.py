"""The files of a data set: the layout that LeRobot documents, the same bytes whatever happens."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from canter.control.errors import CanterError
from canter.datasets.lerobot import layout
from canter.datasets.lerobot.check import check
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import MixedVersionsError
from canter.datasets.lerobot.features import (
    ACTION,
    BASE_POSE,
    CAMERA,
    OPTIONAL,
    RECORDED,
    values_of,
)
from canter.datasets.lerobot.pack import pack
from canter.datasets.lerobot.reader import Dataset
from tests.datasets.lerobot.made import CAMERA as CAMERA_SPEC
from tests.datasets.lerobot.made import FPS, INSTRUCTIONS, contents, episode, packed, spooled

COUNT = 9


def test_files_lie_where_lerobot_looks_for_them(tmp_path: Path) -> None:
    assert set(contents(packed(tmp_path / "set", range(3)))) == {
        "data/chunk-000/file-000.parquet",
        "meta/canter.json",
        "meta/canter_checksums.json",
        "meta/episodes/chunk-000/file-000.parquet",
        "meta/info.json",
        "meta/stats.json",
        "meta/tasks.parquet",
        "videos/observation.images.front/chunk-000/file-000.mp4",
    }


def test_info_says_what_is_there(tmp_path: Path) -> None:
    root = packed(tmp_path / "set", range(COUNT))
    info = json.loads((root / "meta/info.json").read_text())
    lengths = [len(episode(n)[1]) for n in range(COUNT)]
    assert info["codebase_version"] == "v3.0"
    assert (info["total_episodes"], info["total_frames"]) == (COUNT, sum(lengths))
    assert info["total_tasks"] == len(INSTRUCTIONS)
    assert info["features"]["action"]["shape"] == [12]
    assert info["features"]["action"]["names"][:3] == ["vx", "vy", "wz"]
    assert len(set(info["features"]["observation.state"]["names"])) == 49
    chunk = info["features"]["action.chunk"]
    assert (chunk["shape"], chunk["names"][:2], chunk["names"][-1]) == (
        [120],
        ["0.vx", "0.vy"],
        "9.terminate",
    )
    assert info["features"]["referents"]["names"][:2] == ["0.present", "0.seen"]
    columns = pq.read_schema(root / "data/chunk-000/file-000.parquet").names
    assert set(columns) | {CAMERA} == set(info["features"])


def test_frames_are_counted_through_the_episodes(tmp_path: Path) -> None:
    root = packed(tmp_path / "set", range(COUNT))
    table = pq.read_table(root / "data/chunk-000/file-000.parquet")
    lengths = [len(episode(n)[1]) for n in range(COUNT)]
    assert values_of(table, "index").tolist() == list(range(sum(lengths)))
    assert values_of(table, "episode_index").tolist() == np.repeat(range(COUNT), lengths).tolist()
    steps = np.concatenate([np.arange(length) for length in lengths])
    assert values_of(table, "timestamp") == pytest.approx(steps / FPS)
    tasks = pq.read_table(root / "meta/tasks.parquet").to_pydict()
    said = [tasks["task"][k] for k in values_of(table, "task_index")]
    assert said == np.repeat([episode(n)[0].instruction for n in range(COUNT)], lengths).tolist()


def test_the_table_of_tasks_is_indexed_by_its_words(tmp_path: Path) -> None:
    root = packed(tmp_path / "set", range(2))
    notes = json.loads(pq.read_schema(root / "meta/tasks.parquet").metadata[b"pandas"])
    assert notes["index_columns"] == ["task"]


def test_episodes_come_back_as_they_were_recorded(tmp_path: Path) -> None:
    dataset = Dataset(packed(tmp_path / "set", range(COUNT)))
    for entry in dataset.entries:
        record, frames = episode(entry.index)
        assert entry.record == record
        table = dataset.frames(entry)
        for feature in RECORDED:
            assert np.array_equal(values_of(table, feature.key), frames.columns[feature.key])
        assert np.abs(dataset.images(entry).astype(float) - frames.images).mean() < 8


def test_full_files_are_followed_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MB", 20)  # 2 KB of values and 4 KB of pictures a file
    monkeypatch.setattr(layout, "CHUNKS_SIZE", 2)
    monkeypatch.setattr(layout, "EPISODES_PER_FILE", 4)
    dataset = Dataset(packed(tmp_path / "set", range(COUNT)))
    places = {(entry.data.chunk, entry.data.file) for entry in dataset.entries}
    assert {(0, 0), (0, 1), (1, 0)} <= places
    assert len({entry.video for entry in dataset.entries}) > 1
    assert len(dataset.episode_files()) == 3
    for entry in dataset.entries:
        record, frames = episode(entry.index)
        assert entry.record == record
        action = values_of(dataset.frames(entry), "action")
        assert np.array_equal(action, frames.columns["action"])
        assert np.abs(dataset.images(entry).astype(float) - frames.images).mean() < 8


def test_what_a_data_set_may_lack_is_absent_everywhere(tmp_path: Path) -> None:
    store = EpisodeStore(tmp_path / "store")
    for number in range(2):
        record, frames = episode(number)
        kept = {k: v for k, v in frames.columns.items() if k not in OPTIONAL}
        store.write(number, record, replace(frames, columns=kept))
    pack(tmp_path / "set", store.read_all(range(2)), {})
    info = json.loads((tmp_path / "set/meta/info.json").read_text())
    assert not OPTIONAL & set(info["features"])
    assert {fault.kind for fault in check(tmp_path / "set")} == {"old format"}
    with pytest.raises(CanterError, match=r"observation\.state.*missing"):
        store.write(2, episode(2)[0], replace(frames, columns={ACTION: kept[ACTION]}))


def test_pictures_of_another_pace_have_their_times(tmp_path: Path) -> None:
    slow = replace(CAMERA_SPEC, period=0.5)
    store = EpisodeStore(tmp_path / "store")
    for number in range(3):
        record, frames = episode(number)
        store.write(number, record, replace(frames, camera=slow))
    pack(tmp_path / "set", store.read_all(range(3)), {})
    assert check(tmp_path / "set") == []
    dataset = Dataset(tmp_path / "set")
    assert (dataset.info.fps, dataset.info.camera) == (2, slow)
    for entry in dataset.entries:
        times = values_of(dataset.frames(entry), "timestamp")
        assert times == pytest.approx(np.arange(entry.length) / 2)
        images = episode(entry.index)[1].images
        assert np.abs(dataset.images(entry).astype(float) - images).mean() < 8


def test_episodes_of_different_kinds_are_kept_apart(tmp_path: Path) -> None:
    record, frames = episode(0)
    fewer = {k: v for k, v in frames.columns.items() if k != BASE_POSE}
    others = [
        replace(frames, camera=replace(CAMERA_SPEC, fovy=1.0)),
        replace(frames, columns=fewer),
    ]
    for odd, named in zip(others, ("cameras", "truth.base_pose"), strict=True):
        store = EpisodeStore(tmp_path / named)
        store.write(0, record, frames)
        store.write(1, record, odd)
        with pytest.raises(MixedVersionsError, match=named):
            pack(tmp_path / f"{named}-set", store.read_all(range(2)), {})


def test_the_same_episodes_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = packed(tmp_path / "one", range(4)), packed(tmp_path / "other", range(4))
    assert contents(one) == contents(other)


def test_packing_that_is_killed_anywhere_ends_in_the_same_bytes(tmp_path: Path) -> None:
    whole = contents(packed(tmp_path / "whole", range(COUNT)))
    root, folder = tmp_path / "killed", tmp_path / "whole-store"
    for after in (1, COUNT // 2, COUNT):
        assert _killed(_pack_and_die, root, folder, after) == -signal.SIGKILL
        assert not (root / "meta/info.json").exists()
    pack(root, EpisodeStore(folder).read_all(range(COUNT)), {"made": "up"})
    assert contents(root) == whole


def test_an_episode_that_is_killed_between_its_files_does_not_count(tmp_path: Path) -> None:
    spooled(tmp_path / "store", range(2))
    assert _killed(_write_and_die, tmp_path / "store", 2) == -signal.SIGKILL
    found = EpisodeStore(tmp_path / "store")
    assert [found.has(k) for k in range(3)] == [True, True, False]
    found.write(2, *episode(2))
    expected = contents(spooled(tmp_path / "other", range(3)).folder)
    assert contents(found.folder) == expected


def _killed(function: Callable[..., None], *arguments: object) -> int | None:
    """Return how a process ended that runs a function."""
    spawn = multiprocessing.get_context("spawn")
    child = spawn.Process(target=function, args=arguments)
    child.start()
    child.join()
    return child.exitcode


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _pack_and_die(root: Path, folder: Path, after: int) -> None:
    packed_now = 0

    def count() -> None:
        nonlocal packed_now
        packed_now += 1
        if packed_now == after:
            _die()

    pack(root, EpisodeStore(folder).read_all(range(COUNT)), {}, count)


def _write_and_die(folder: Path, number: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("canter.datasets.lerobot.episode_store.write_table", lambda *_: _die())
        EpisodeStore(folder).write(number, *episode(number))
