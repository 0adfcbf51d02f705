"""Trajectories of the data sets that ``canter collect`` writes, experts' and failures alike."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from canter.control.dynamics.rotations import yaw_of_quat
from canter.control.errors import CanterError
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.datasets.lerobot.episode_rows import Entry
from canter.datasets.lerobot.features import (
    ACTION,
    BASE_POSE,
    REFERENTS,
    STATE,
    STATE_LAYOUT,
    values_of,
)
from canter.datasets.lerobot.reader import Dataset
from canter.rl.offline.family_state import place_terms, referent_terms, state_layout
from canter.rl.offline.trajectories import Float, Trajectory
from canter.rl.progress import progress_bar
from canter.vla.config import CAMERA
from canter.vla.episode_reader import SEEN
from canter.vla.instruction import InstructionCode

FAMILIES = "tasks"
"""World of the tasks' environments, as a model's file names it."""
NEEDED = (ACTION, REFERENTS, BASE_POSE)
LONGEST_S = 40.0
"""So much time costs as much as success is worth."""


def picture_cost(period: float) -> float:
    """Return what the time of a picture costs."""
    return period / LONGEST_S


def family_trajectories(
    folder: Path, tasks: Sequence[str], robot: RobotSpec = DEFAULT_ROBOT
) -> list[Trajectory]:
    """Return the episodes of a data set that are of some tasks and of the split to train on.

    Args:
        folder: of the data set.
        tasks: their names.
        robot: that the model is to drive.

    Raises:
        DatasetError: it is missing or damaged.
        CanterError: it lacks what the model is told, or is of another robot or another camera.
    """
    dataset = Dataset(folder)
    lacking = [key for key in NEEDED if key not in dataset.info.features]
    if lacking:
        raise CanterError(
            f"'{folder}' has no {', '.join(lacking)}, as a robot's own recording; give data sets "
            "of `canter collect`"
        )
    if dataset.info.robot != robot.name:
        raise CanterError(
            f"'{folder}' is of the robot {dataset.info.robot}; the model drives a {robot.name}"
        )
    period = dataset.info.camera.period
    stride = round(CAMERA.period / period)
    if stride < 1 or not math.isclose(stride * period, CAMERA.period):
        raise CanterError(
            f"'{folder}' has a picture every {period} s, the model acts every {CAMERA.period} s; "
            f"collect with --period {CAMERA.period}, or with the usual camera"
        )
    code = InstructionCode(tasks)
    chosen = [e for e in dataset.entries if e.record.split == SEEN and e.record.family in tasks]
    with progress_bar() as bar:
        rows = bar.track(chosen, task_id=bar.add_task(str(folder), total=len(chosen), report=""))
        found = [_trajectory(dataset.frames(entry), entry, code, stride) for entry in rows]
    return [one for one in found if one is not None]


def _trajectory(
    table: pa.Table, entry: Entry, code: InstructionCode, stride: int
) -> Trajectory | None:
    """Return every stride-th frame of an episode, None where there is no code for its words."""
    record = entry.record
    said = code.known(record.family, dict(record.words))
    if said is None:
        return None
    return Trajectory(
        observations=_observations(table, said, code, stride),
        actions=values_of(table, ACTION)[::stride],
        rewards=_rewards(len(range(0, len(table), stride)), record.strict),
        kind=record.family,
        failed=not record.strict,
    )


def _observations(table: pa.Table, said: Float, code: InstructionCode, stride: int) -> Float:
    body = STATE_LAYOUT.unpack(values_of(table, STATE))
    base = values_of(table, BASE_POSE)[::stride]
    poses = np.column_stack([base[:, :2], yaw_of_quat(base[:, 3:])])
    kept = range(0, len(table), stride)
    turning = np.stack([body["gyro"][max(k - stride + 1, 0) : k + 1].mean(axis=0) for k in kept])
    return state_layout(code).pack(
        {
            "gyro": turning,
            "gravity": body["gravity"][::stride],
            "time": CAMERA.period * np.arange(len(kept))[:, None],
            "place": place_terms(poses, poses[0]),
            "referents": referent_terms(values_of(table, REFERENTS)[::stride]),
            "instruction": np.tile(said, (len(kept), 1)),
        }
    )


def _rewards(steps: int, strict: bool) -> Float:
    rewards = np.full(steps, -picture_cost(CAMERA.period), np.float32)
    rewards[-1] += strict
    return rewards
