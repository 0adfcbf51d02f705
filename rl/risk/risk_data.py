"""Walks for the training of the posture risk, collected in pieces; needs no torch."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.array_file import read_arrays, write_arrays
from canter.control.errors import CanterError
from canter.control.safety.posture_risk import PERIOD_S
from canter.control.session import OnnxSession
from canter.rl.progress import progress_bar
from canter.rl.risk.risk_settings import RiskTraining
from canter.sim.locomotion.fall_alarms import falls_within
from canter.sim.locomotion.risky_walks import WARM_UP, Hardship, Walks, walks

HORIZON_S = 0.5
MOST_BYTES = 1 << 32
"""Bytes that a piece may take."""
KEPT = 0.2
"""Share of the moments without a fall ahead that are kept; they weigh the more."""
KINDS: tuple[Hardship, ...] = ("harsh", "shoved", "harsh", "pushed", "shoved", "normal")
"""What the pieces hold, in turn."""
Arrays = dict[str, NDArray[np.float32]]


def thinned(piece: Walks, rng: np.random.Generator) -> Arrays:
    """Return inputs x, labels y and weights w of a piece, most quiet moments left out."""
    soon = falls_within(piece.fallen, piece.ended, round(HORIZON_S / PERIOD_S))
    keep = soon | (rng.random(soon.shape) < KEPT)
    keep[:WARM_UP] = False
    weight = np.where(soon, 1.0, 1 / KEPT)
    return {
        "x": piece.seen[keep],
        "y": soon[keep].astype(np.float32),
        "w": weight[keep].astype(np.float32),
        "falls": np.array([piece.fallen.sum()], np.float32),
    }


def gather(session: OnnxSession, settings: RiskTraining) -> Arrays:
    """Return all pieces; those that lie in the folder are not collected again."""
    parts = []
    with progress_bar() as bar:
        task = bar.add_task("walks", total=settings.pieces, report="")
        for i in range(settings.pieces):
            path = settings.out / f"walks_{i}.npz"
            if not path.exists():
                seed = 1000 * settings.seed + i
                kind = KINDS[i % len(KINDS)]
                piece = walks(session, kind, settings.robots, settings.seconds, seed)
                write_arrays(path, thinned(piece, np.random.default_rng(seed)))
            parts.append(_piece(path))
            falls = sum(int(part["falls"].sum()) for part in parts)
            bar.update(task, completed=i + 1, report=f"{falls} falls")
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _piece(path: Path) -> Arrays:
    """Return a piece that lies in the folder; raises CanterError if it is damaged."""
    try:
        return read_arrays(path, MOST_BYTES)
    except CanterError as error:
        raise CanterError(f"{path}: {error}; delete it, and it is collected again") from error
