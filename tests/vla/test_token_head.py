"""Fields are said one after the other, each told of those before it and of none behind."""

import math

import pytest
import torch

from canter.control.errors import CanterError
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.vla.codec import BINS
from canter.vla.config import VlaConfig
from canter.vla.losses import BINS_WEIGHT, head_loss
from canter.vla.token_head import TokenHead

FIELDS = ("vx", "wz", "terminate")


@pytest.fixture
def head() -> TokenHead:
    torch.manual_seed(0)
    made = TokenHead(VlaConfig(d_model=8, active_fields=FIELDS, head="tokens", horizon=1))
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return made


def test_a_field_hears_those_before_it_alone(head: TokenHead) -> None:
    context = torch.randn(16)
    for changed in range(len(FIELDS)):
        bins = torch.tensor([3, 5, 7])
        before = head.logits(context, bins)
        bins[changed] += 1
        moved = (head.logits(context, bins) != before).any(-1)
        assert moved.tolist() == [field > changed for field in range(len(FIELDS))]


def test_what_is_chosen_is_the_likeliest_after_what_was_chosen(head: TokenHead) -> None:
    context = torch.randn(4, 5, 16)
    chosen = head.chosen(context)
    torch.testing.assert_close(head.logits(context, chosen).argmax(-1), chosen)


def test_a_command_is_said_to_half_a_bin_and_held(
    head: TokenHead, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = torch.from_numpy(GaitCommand(vx=0.7, wz=-0.4, terminate=0.25).to_array())
    bins = head.codec.bins(command)
    monkeypatch.setattr(head, "chosen", lambda _: bins)
    chunk = head.codec.decode(head.values(torch.zeros(16)))
    assert chunk.shape == (CHUNK_STEPS, 12)
    wide = torch.tensor([3.0, 0.0, 3.0]) / BINS / 2  # vx and wz go from -1.5 to 1.5
    assert (abs(chunk - command)[:, :3] <= wide + 1e-6).all()
    assert (abs(chunk - command)[:, -1] <= 0.5 / BINS + 1e-6).all()


def test_an_even_guess_costs_the_logarithm_of_the_bins(head: TokenHead) -> None:
    for parameter in head.bins.parameters():
        torch.nn.init.zeros_(parameter)
    chunk = torch.from_numpy(GaitCommand(vx=0.3).to_array()).expand(2, CHUNK_STEPS, 12)
    terms = head_loss(torch.randn(2, 16), chunk, head)
    assert terms["bins"].item() == pytest.approx(BINS_WEIGHT * math.log(BINS), rel=1e-5)


def test_more_than_one_command_is_refused() -> None:
    with pytest.raises(CanterError, match="horizon 1, not 5"):
        VlaConfig(head="tokens", horizon=5)
