"""Pairs that were walked once for all tests, and pairs whose answer is known."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.locomotion import GAIT
from canter.control.robot import GO2
from canter.rl.preferences.collect import main as collect
from canter.rl.preferences.exported_gait import ExportedGait, read_gait
from canter.rl.preferences.preference_file import PairOrigin, Preferences
from canter.rl.preferences.preference_settings import PreferencesCollect

NOISE = 0.15


@pytest.fixture(scope="session")
def gait() -> ExportedGait:
    """Return the shipped gait."""
    return read_gait(GAIT, GO2)


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of a few short pairs, judged for energy."""
    path = tmp_path_factory.mktemp("pairs") / "pairs.npz"
    options = PreferencesCollect(pairs=12, again=0.25, settle_s=0.04, segment_s=0.1, out=path)
    assert collect(options) == 0
    return path


@pytest.fixture(scope="session")
def known(gait: ExportedGait) -> tuple[Preferences, torch.Tensor]:
    """Return pairs whose chosen action lies towards a change of the last layer, and that change."""
    draw = torch.Generator().manual_seed(0)
    pairs, steps, size = 64, 4, gait.network.whole.gain.numel()
    observation = torch.randn(pairs, 2, steps, size, generator=draw)
    layer = gait.network.layer
    change = torch.randn(layer.shape, generator=draw)
    features = gait.network.features(observation)
    start = gait.network.act(features, layer)
    towards = gait.network.act(features, layer + change) - start
    towards *= NOISE / towards.square().mean().sqrt()
    first = torch.rand(pairs, generator=draw) < 0.5
    sign = torch.where(first, 1.0, -1.0)[:, None] * torch.tensor([1.0, -1.0])
    action = start + sign[..., None, None] * towards
    blank = np.zeros((pairs, 2, steps, 19), np.float32)
    digest = hashlib.sha256(GAIT.read_bytes()).hexdigest()
    found = Preferences(
        origin=PairOrigin("go2", digest, NOISE, "energy", 0.0, 0, 100),
        observation=observation.numpy(),
        action=action.numpy(),
        qpos=blank,
        command=np.zeros((pairs, 12), np.float32),
        scores=np.ones((pairs, 2, 4), np.float32),
        fallen=np.zeros((pairs, 2), bool),
        preferred=np.where(first.numpy(), 0, 1).astype(np.int8),
    )
    return found, change
