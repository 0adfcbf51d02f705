"""Recorded episodes as sequences of what was observed, done and earned; drawn in windows."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError

Float = NDArray[np.float32]
ARRAYS = ("observations", "actions", "rewards", "lengths")
"""Names in a file of trajectories."""
MOST_BYTES = 1 << 31
"""Bytes that a file of trajectories may take unpacked."""
LEAST_SPREAD = 1e-3
"""Standard deviation of a term, in its own unit, below which it counts as constant."""

SAME = 1e-6
"""Returns that differ less are equal."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One episode of T steps.

    Attributes:
        observations: before each action, (T, O).
        actions: that were executed, (T, A).
        rewards: after each action, (T,).
        kind: of episode, such as its task; all kinds are drawn equally often.
        failed: whether it missed what was asked for.
    """

    observations: Float
    actions: Float
    rewards: Float
    kind: str = ""
    failed: bool = False

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together, are empty or not finite."""
        steps = len(self.rewards)
        shapes = (self.observations.shape, self.actions.shape, self.rewards.shape)
        if not steps or shapes != ((steps, shapes[0][-1]), (steps, shapes[1][-1]), (steps,)):
            raise CanterError(
                f"a trajectory takes (T, O), (T, A) and (T,) with T of 1 or more, got {shapes}"
            )
        for name in ("observations", "actions", "rewards"):
            if not np.isfinite(getattr(self, name)).all():
                raise CanterError(f"the {name} of a trajectory hold NaN or infinity; mend the data")

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.rewards)

    @property
    def returns(self) -> Float:
        """The sum of the rewards from each step on, (T,)."""
        return np.cumsum(self.rewards[::-1], dtype=np.float64)[::-1].astype(np.float32)


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and spread by which a vector is made of the size of 1.

    Attributes:
        mean: (n,).
        spread: standard deviation, (n,); 0 where the term never changes.
    """

    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Self:
        """Return the scale of rows (N, n)."""
        wide = values.astype(np.float64)
        spread = wide.std(axis=0)
        spread[spread < LEAST_SPREAD] = 0.0
        return cls(tuple(map(float, wide.mean(axis=0))), tuple(map(float, spread)))

    @classmethod
    def from_dict(cls, named: Mapping[str, Sequence[float]]) -> Self:
        """Return the scale of what ``dataclasses.asdict`` makes of one."""
        return cls(tuple(named["mean"]), tuple(named["spread"]))


@dataclass(frozen=True, slots=True)
class Windows:
    """B pieces of trajectories of K steps, padded at their ends.

    Attributes:
        observations: (B, K, O).
        actions: (B, K, A).
        returns: sum of the rewards from each step to the end of its trajectory, (B, K).
        valid: False where padded, (B, K).
    """

    observations: Tensor
    actions: Tensor
    returns: Tensor
    valid: Tensor


class TrajectoryData:
    """Trajectories laid end to end, from which windows are drawn.

    Args:
        trajectories: at least one, all of the same widths.
        source: where they are from, for errors.

    Raises:
        CanterError: there are none, or of different widths.
    """

    def __init__(self, trajectories: Sequence[Trajectory], source: str) -> None:
        if not trajectories:
            raise CanterError(f"{source} holds no episode to learn from; record some first")
        widths = {(t.observations.shape[1], t.actions.shape[1]) for t in trajectories}
        if len(widths) > 1:
            raise CanterError(
                f"{source} holds trajectories of different widths {sorted(widths)}; learn from "
                "those of one world at a time"
            )
        self.trajectories, self.source = tuple(trajectories), source
        self.observations = np.concatenate([t.observations for t in trajectories])
        self.actions = np.concatenate([t.actions for t in trajectories])
        self.returns = np.concatenate([t.returns for t in trajectories])
        self._left = np.concatenate([np.arange(len(t), 0, -1) for t in trajectories])
        frames: Counter[str] = Counter()
        for t in trajectories:
            frames[t.kind] += len(t)
        weights = np.concatenate([np.full(len(t), 1 / frames[t.kind]) for t in trajectories])
        self._ends = np.cumsum(weights)

    @property
    def best(self) -> float:
        """The largest return of a whole trajectory."""
        return max(float(t.returns[0]) for t in self.trajectories)

    def check_returns(self, method: str) -> None:
        """Make sure that there is something to tell good from bad by.

        Raises:
            CanterError: all returns are equal, or the episodes know of failures and none failed.
        """
        totals = [float(t.returns[0]) for t in self.trajectories]
        if math.isclose(max(totals), min(totals), abs_tol=SAME):
            raise CanterError(
                f"all {len(totals)} episodes of {self.source} return {totals[0]:g}, so '{method}' "
                "has nothing to tell good from bad by; add worse or better episodes, or take "
                "--method bc"
            )
        if not any(t.failed for t in self.trajectories):
            raise CanterError(
                f"no episode of {self.source} failed, so '{method}' cannot learn what failing "
                "looks like; add failures (canter collect --noisy-share 1, or a weaker --policy), "
                "or take --method bc"
            )

    def draw(self, size: int, length: int, seed: tuple[int, int]) -> Windows:
        """Return ``size`` windows of at most ``length`` steps, the same for the same seed."""
        rng = np.random.default_rng(seed)
        first = np.searchsorted(self._ends, rng.random(size) * self._ends[-1], side="right")
        first = np.minimum(first, len(self._left) - 1)
        valid = np.arange(length) < self._left[first][:, None]
        at = first[:, None] + np.arange(length) * valid
        return Windows(
            torch.from_numpy(self.observations[at]),
            torch.from_numpy(self.actions[at]),
            torch.from_numpy(self.returns[at]),
            torch.from_numpy(valid),
        )


def save_trajectories(path: Path, trajectories: Sequence[Trajectory]) -> None:
    """Write trajectories as one .npz; kinds are not kept.

    Raises:
        CanterError: the file cannot be written.
    """
    arrays = {
        name: np.concatenate([getattr(t, name) for t in trajectories])
        for name in ("observations", "actions", "rewards")
    }
    lengths = np.array([len(t) for t in trajectories])
    failed = np.array([t.failed for t in trajectories])
    write_arrays(path, {**arrays, "lengths": lengths, "failed": failed}, compressed=True)


def load_trajectories(path: Path) -> list[Trajectory]:
    """Return the trajectories of a file; without ``failed``, the lower half by return counts so.

    Raises:
        CanterError: it cannot be read, or lacks an array.
    """
    try:
        arrays = read_arrays(path, MOST_BYTES)
    except CanterError as error:
        raise CanterError(f"'{path}': {error}") from error
    lacking = [name for name in ARRAYS if name not in arrays]
    if lacking:
        raise CanterError(
            f"'{path}' lacks {', '.join(lacking)}; trajectories are arrays {', '.join(ARRAYS)}: "
            "all steps end to end, and how many each episode has"
        )
    ends = np.cumsum(arrays["lengths"])
    if not len(ends) or len({int(ends[-1]), *(len(arrays[n]) for n in ARRAYS[:-1])}) > 1:
        raise CanterError(f"'{path}': its lengths do not add up to the steps that it holds")
    observations, actions, rewards = (
        np.split(arrays[name].astype(np.float32), ends[:-1]) for name in ARRAYS[:-1]
    )
    totals = np.array([part.sum() for part in rewards])
    failed = arrays.get("failed", totals < np.median(totals))
    rows = zip(observations, actions, rewards, failed, strict=True)
    return [Trajectory(o, a, r, failed=bool(f)) for o, a, r, f in rows]
