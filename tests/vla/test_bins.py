"""A command goes into its bin and comes out of it; what bins say has the meaning of values."""

import math

import pytest
import torch

from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.vla.codec import BINS
from canter.vla.config import VlaConfig
from canter.vla.heads import BinsHead
from canter.vla.losses import BINS_WEIGHT, bins_loss

FIELDS = ("vx", "body_height", "terminate")


def head() -> BinsHead:
    torch.manual_seed(0)
    return BinsHead(VlaConfig(d_model=8, active_fields=FIELDS, head="bins"))


def test_bins_by_hand() -> None:
    """The ranges are +-1.5 m/s, -0.18 to 0.08 m and 0 to 1."""
    command = GaitCommand(vx=-1.5, body_height=-0.05 + 1e-4, terminate=1.0).to_array()
    bins = head().codec.bins(torch.from_numpy(command))
    assert bins.tolist() == [0, BINS // 2, BINS - 1]


def test_sure_logits_decode_to_the_command_of_their_bins() -> None:
    bins = head()
    command = GaitCommand(vx=0.7, body_height=-0.1, terminate=0.25).to_array()
    index = bins.codec.bins(torch.from_numpy(command))
    logits = 100.0 * torch.nn.functional.one_hot(index, BINS).float()
    got = bins.codec.decode(bins.values(logits[None])[0]).numpy()
    width = {"vx": 3.0 / BINS, "body_height": 0.26 / BINS, "terminate": 1.0 / BINS}
    for name in FIELDS:
        apart = abs(got - command)[GAIT_LAYOUT[name]].item()
        assert apart <= width[name] / 2 + 1e-6


def test_values_are_the_expectation_not_the_likeliest() -> None:
    logits = torch.full((3, BINS), -1e4)
    logits[:, 0], logits[:, -1] = math.log(3.0), 0.0  # three quarters on the lowest bin
    values = head().values(logits[None])[0]
    low = -(1 - 1 / BINS)
    assert values[0].item() == pytest.approx(0.5 * low, rel=1e-5)
    probability = (1 + 0.5 * low) / 2
    assert values[2].sigmoid().item() == pytest.approx(probability, rel=1e-5)


def test_an_even_guess_costs_the_logarithm_of_the_bins() -> None:
    chunk = torch.from_numpy(GaitCommand(vx=0.3).to_array()).expand(2, CHUNK_STEPS, 12)
    terms = bins_loss(torch.zeros(2, CHUNK_STEPS, len(FIELDS), BINS), chunk, head())
    assert terms["bins"].item() == pytest.approx(BINS_WEIGHT * math.log(BINS), rel=1e-5)


def test_extreme_logits_stay_finite() -> None:
    logits = torch.zeros(2, 3, BINS)
    logits[0, :, -1] = logits[1, :, 0] = 1e4
    assert head().values(logits).isfinite().all()
