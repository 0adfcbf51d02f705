"""Episodes as the model learns from them, against the values that were written, by hand."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES
from canter.datasets.lerobot.episode import EpisodeRecord, Frames
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.datasets.lerobot.errors import OldFormatError
from canter.datasets.lerobot.features import (
    ACTION_CHUNK,
    EXPERT_CHUNK,
    RECORDED,
    REFERENT_COUNT,
    REFERENT_LAYOUT,
    REFERENTS,
    STATE,
    STATE_LAYOUT,
)
from canter.datasets.lerobot.pack import pack
from canter.vla.config import CAMERA
from canter.vla.data import Episode
from canter.vla.episode_reader import EpisodeReader, fit_camera
from canter.vla.instruction import InstructionCode
from canter.vla.proprio import PROPRIO
from tests.datasets.lerobot.made import episode

TALL = 120
WIDE = CameraSpec(TALL, 96, 2 * math.atan(TALL / 96 * math.tan(CAMERA.fovy / 2)), 0.1)
"""A camera whose middle rows, every second time, are those of the model's."""
FRAMES = 7


def made(
    folder: Path, camera: CameraSpec, without: tuple[str, ...] = (), **changes: object
) -> Path:
    """Return a data set of one episode, its pictures as bright as their number."""
    record = replace(_record(), **changes)  # type: ignore[arg-type]
    columns = {key: value for key, value in _columns().items() if key not in without}
    level = (20 + 30 * np.arange(FRAMES)).astype(np.uint8)[:, None, None, None]
    images = np.tile(level, (1, *camera.shape))
    store = EpisodeStore(folder / "store")
    store.write(0, record, Frames(images, columns, camera))
    pack(folder / "set", store.read_all(range(1)), {})
    return folder / "set"


def _record() -> EpisodeRecord:
    record, _ = episode(1)
    assert (record.family, dict(record.words)) == ("go_to", {"colour": "red", "shape": "ball"})
    return record


def _columns() -> Mapping[str, np.ndarray]:
    rng = np.random.default_rng(0)
    columns = {
        feature.key: rng.uniform(0, 1, (FRAMES, len(feature.names))).astype(feature.dtype)
        for feature in RECORDED
    }
    columns = {k: v[:, 0] if v.shape[1] == 1 else v for k, v in columns.items()}
    named = REFERENT_LAYOUT.unpack(columns[REFERENTS].reshape(FRAMES, REFERENT_COUNT, -1))
    named["present"][:], named["seen"][:] = 1.0, 0.0
    named["seen"][4:], named["present"][2] = 1.0, 0.0
    return columns


def read(folder: Path) -> list[Episode]:
    return EpisodeReader(("go_to",)).read(folder)


def test_what_the_model_is_told_by_hand(tmp_path: Path) -> None:
    (found,) = read(made(tmp_path, CAMERA))
    columns = _columns()
    chunks = columns[EXPERT_CHUNK].reshape(FRAMES, CHUNK_STEPS, len(GAIT_RANGES))
    planned = columns[ACTION_CHUNK].reshape(FRAMES, CHUNK_STEPS, len(GAIT_RANGES))
    state = STATE_LAYOUT.unpack(columns[STATE])
    assert np.array_equal(found.chunk, chunks)
    assert np.array_equal(found.proprio[:, PROPRIO["gyro"]], state["gyro"])
    last = found.proprio[:, PROPRIO["last_command"]]
    assert not last[0].any()
    second = planned[:-1, 1]  # two commands are executed between two pictures 0.2 s apart
    names = ("vx", "vy", "wz", "body_height", "body_pitch", "terminate")
    wanted = [second[:, GAIT_LAYOUT[name]] for name in names]
    assert np.array_equal(last[1:], np.concatenate(wanted, axis=-1))
    assert found.seen[:, 0].tolist() == [False] * 4 + [True] * 3
    assert found.present[:, 0].tolist() == [True] * 2 + [False] + [True] * 4
    referents = columns[REFERENTS].reshape(FRAMES, REFERENT_COUNT, -1)
    where = referents[..., REFERENT_LAYOUT["distance"]][..., 0]
    there = np.where(found.present, np.maximum(where, 0.05), 1.0)
    assert np.array_equal(found.distance, there)
    code = InstructionCode(("go_to",)).code("go_to", {"colour": "red", "shape": "ball"})
    assert np.array_equal(found.instruction, code)


def test_wide_pictures_are_cut_and_thinned_out(tmp_path: Path) -> None:
    (found,) = read(made(tmp_path, WIDE))
    assert found.images.shape == (4, *CAMERA.shape)
    levels = found.images.mean(axis=(1, 2, 3))
    assert levels == pytest.approx(20 + 30 * np.arange(0, FRAMES, 2), abs=3)
    gyro = STATE_LAYOUT.unpack(_columns()[STATE])["gyro"]
    told = found.proprio[:, PROPRIO["gyro"]]
    assert told[0] == pytest.approx(gyro[0])
    assert told[1:] == pytest.approx((gyro[1:-1:2] + gyro[2::2]) / 2)
    planned = _columns()[ACTION_CHUNK].reshape(FRAMES, CHUNK_STEPS, len(GAIT_RANGES))
    vx = found.proprio[1:, PROPRIO["last_command"]][:, 0]
    assert np.array_equal(vx, planned[1:-1:2, 0, GAIT_LAYOUT["vx"]].ravel())


def test_the_recording_camera_is_cut_to_its_middle() -> None:
    fit = fit_camera(WIDE, CAMERA)
    assert (fit.rows, fit.columns, fit.stride) == (slice(12, 108), slice(0, 96), 2)


@pytest.mark.parametrize(
    "camera",
    [
        replace(CAMERA, height=48),
        replace(CAMERA, fovy=1.0),
        replace(CAMERA, period=0.5),
        replace(WIDE, fovy=CAMERA.fovy),
    ],
)
def test_other_cameras_are_refused_with_a_remedy(tmp_path: Path, camera: CameraSpec) -> None:
    with pytest.raises(CanterError, match=r"cannot be cut.*--camera-of"):
        read(made(tmp_path, camera))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"family": "crawl"}, "of other tasks"),
        ({"words": (("colour", "mauve"), ("shape", "ball"))}, "of words that the model has not"),
        ({"words": (("colour", "red"), ("which", "nearest"))}, "of words that the model has not"),
        ({"split": "unseen_object"}, "held out for evaluation"),
    ],
)
def test_what_the_model_cannot_learn_is_left_out_and_counted(
    tmp_path: Path, changes: dict[str, object], reason: str
) -> None:
    reader = EpisodeReader(("go_to",))
    assert reader.read(made(tmp_path, CAMERA, (), **changes)) == []
    assert reader.told() == f"1 {reason}"


def test_open_words_are_any(tmp_path: Path) -> None:
    (found,) = read(made(tmp_path, CAMERA, words=(("colour", ""), ("shape", "ball"))))
    code = InstructionCode(("go_to",)).code("go_to", {"shape": "ball"})
    assert np.array_equal(found.instruction, code)


def test_a_robots_own_recording_has_no_labels(tmp_path: Path) -> None:
    folder = made(tmp_path, CAMERA, without=(EXPERT_CHUNK, REFERENTS))
    with pytest.raises(CanterError, match=r"expert_action\.chunk, referents.*canter collect"):
        read(folder)


def test_older_data_sets_are_refused_by_name(tmp_path: Path) -> None:
    folder = made(tmp_path, CAMERA, without=(ACTION_CHUNK, EXPERT_CHUNK, REFERENTS))
    info = json.loads((folder / "meta/info.json").read_text())
    assert ACTION_CHUNK not in info["features"]
    with pytest.raises(OldFormatError, match=r"older version.*action\.chunk.*collect it again"):
        read(folder)
