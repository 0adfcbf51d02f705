"""Recordings: what is read back is what was written, and what is wrong is named."""

import codecs
import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.robot import GO2
from canter.sim.tune.files import read_recording, write_recording
from canter.sim.tune.recording import Recording, RecordingError, usable

JOINTS = GO2.joint_names


def still(seconds: float = 12.0, rate: float = 100.0, seed: int = 0) -> Recording:
    """Return a recording of a robot that shivers in its default pose."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate) + 1) / rate
    shape = (len(time), len(JOINTS))
    return Recording(
        time=time,
        joint_names=JOINTS,
        q=GO2.default_q + 0.01 * rng.normal(size=shape),
        qd=0.1 * rng.normal(size=shape),
        q_target=np.tile(GO2.default_q, (len(time), 1)),
        kp=np.full(shape, 60.0),
        kd=np.full(shape, 1.5),
        tau=rng.normal(size=shape),
    )


def same(a: Recording, b: Recording) -> bool:
    """Tell whether two recordings hold the same numbers under the same names."""
    ours, theirs = a.columns(), b.columns()
    return (
        a.joint_names == b.joint_names
        and np.array_equal(a.time, b.time)
        and ours.keys() == theirs.keys()
        and all(np.array_equal(ours[name], theirs[name]) for name in ours)
    )


@pytest.mark.parametrize("suffix", [".npz", ".csv"])
def test_what_is_read_is_what_was_written(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"recording{suffix}"
    recording = still()
    write_recording(path, recording)
    assert same(read_recording(path, GO2), recording)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(len(JOINTS))))
def test_any_order_of_the_joints_gives_the_same(order: list[int]) -> None:
    recording = still()
    shuffled = Recording(
        recording.time,
        tuple(JOINTS[i] for i in order),
        **{name: values[:, order] for name, values in recording.columns().items()},
    )
    assert same(usable(shuffled, GO2), recording)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["q", "qd", "q_target", "kp", "kd", "tau"]),
    st.integers(0, 1200),
    st.integers(0, len(JOINTS) - 1),
    st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_any_number_that_is_not_finite_is_named(
    column: str, row: int, joint: int, bad: float
) -> None:
    recording = still()
    recording.columns()[column][row, joint] = bad
    with pytest.raises(RecordingError) as caught:
        usable(recording, GO2)
    message = str(caught.value)
    assert f"'{column}' of {JOINTS[joint]}" in message and f"row {row} " in message


def with_names(*names: str) -> Callable[[Recording], Recording]:
    return lambda r: dataclasses.replace(r, joint_names=names)


def with_time(change: Callable[[Any], Any]) -> Callable[[Recording], Recording]:
    return lambda r: dataclasses.replace(r, time=change(r.time.copy()))


def swap(time: Any) -> Any:  # noqa: ANN401
    time[[500, 501]] = time[[501, 500]]
    return time


def jitter(time: Any) -> Any:  # noqa: ANN401
    return np.sort(time + np.random.default_rng(0).uniform(-0.008, 0.008, len(time)))


BROKEN: dict[str, tuple[Callable[[Recording], Recording], str]] = {
    "a misspelt joint": (
        with_names("FL_hip_jont", *JOINTS[1:]),
        "unknown joint 'FL_hip_jont'; did you mean 'FL_hip_joint'",
    ),
    "a joint twice": (with_names(JOINTS[1], *JOINTS[1:]), f"joint '{JOINTS[1]}' twice"),
    "a wrong shape": (lambda r: dataclasses.replace(r, qd=r.qd[:-1]), "'qd' must have shape"),
    "times that fall": (with_time(swap), "'time' falls or stands still at row 501"),
    "a gap": (with_time(lambda t: t + 0.5 * (t > 6.0)), "gap of 0.510 s after 6.000 s"),
    "irregular times": (with_time(jitter), "'time' is irregular"),
    "too short": (with_time(lambda t: t / 2), "6.0 s long, too short"),
    "too slow": (with_time(lambda t: t * 3), "33 samples a second"),
    "degrees": (lambda r: dataclasses.replace(r, q=np.rad2deg(r.q)), "is it in degrees"),
    "a negative gain": (lambda r: dataclasses.replace(r, kd=-r.kd), "'kd' of FL_hip_joint is neg"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_recording_is_refused_by_name(what: str) -> None:
    change, message = BROKEN[what]
    with pytest.raises(RecordingError, match=re.escape(message)):
        usable(change(still()), GO2)


def test_a_missing_leg_is_named() -> None:
    kept = [i for i, name in enumerate(JOINTS) if not name.startswith("RR")]
    with pytest.raises(RecordingError, match="lacks joint RR_hip_joint, RR_thigh_joint, RR_calf"):
        usable(
            Recording(
                still().time,
                tuple(JOINTS[i] for i in kept),
                **{name: values[:, kept] for name, values in still().columns().items()},
            ),
            GO2,
        )


def csv_with(tmp_path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    path = tmp_path / "recording.csv"
    write_recording(path, still())
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: [rows[0].replace("qd.RL_calf", "qd.RL_claf"), *rows[1:]], "RL_claf_joint"),
        (
            lambda rows: [rows[0].replace("kp.RL_calf_joint", "stiffness"), *rows[1:]],
            "column kp.RL_calf_joint is missing (1 in all)",
        ),
        (lambda rows: [rows[0], *rows[1:9], "1,2,3"], "line 10 has 3 fields, the header has 73"),
        (lambda rows: [rows[0], rows[1].replace(",", ",x", 1)], "'q.FL_hip_joint' in line 2 is"),
        (lambda rows: [rows[0].replace("time", "q.FL_hip_joint")], "'q.FL_hip_joint' stands twice"),
        (lambda rows: [row.replace(",", ";") for row in rows], "';' stands between its columns"),
        (lambda _: [], "column time, q.FL_hip_joint, q.FL_thigh_joint"),
    ],
)
def test_a_broken_csv_is_refused_by_column_and_line(
    tmp_path: Path, change: Callable[[list[str]], list[str]], message: str
) -> None:
    path = csv_with(tmp_path, change)
    with pytest.raises(RecordingError, match=re.escape(message)) as caught:
        read_recording(path, GO2)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_byte_order_mark_and_any_line_end_are_read(tmp_path: Path, line_end: str) -> None:
    path = csv_with(tmp_path, lambda rows: rows)
    text = path.read_text().replace("\n", line_end)
    path.write_bytes(codecs.BOM_UTF8 + text.encode())
    np.testing.assert_array_equal(read_recording(path, GO2).q, still().q)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(RecordingError, match=r"no CSV text in UTF-8.*save it as one"):
        read_recording(path, GO2)


def test_an_npz_without_an_array_names_it(tmp_path: Path) -> None:
    path = tmp_path / "recording.npz"
    np.savez(path, time=still().time, q=still().q)
    with pytest.raises(RecordingError, match="array qd, q_target, kp, kd is missing"):
        read_recording(path, GO2)


def test_gains_of_an_npz_may_be_constant(tmp_path: Path) -> None:
    path = tmp_path / "recording.npz"
    columns: dict[str, Any] = still().columns()
    gains = {"kp": np.full(len(JOINTS), 60.0), "kd": np.full(len(JOINTS), 1.5)}
    np.savez(path, time=still().time, **{**columns, **gains})
    assert same(read_recording(path, GO2), still())


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_no_npz_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording.npz"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"no \.npz that can be read"):
        read_recording(path, GO2)


@pytest.mark.parametrize("name", ["absent.npz", "recording.mat"])
def test_other_paths_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "recording.mat").touch()
    with pytest.raises(CanterError, match=r"there is no recording|neither"):
        read_recording(tmp_path / name, GO2)
