"""What came of each picture, by hand: a robot that walks ahead and turns, past a thing."""

import math

import pytest
import torch

from canter.vla.config import CAMERA
from canter.vla.instruction import MOST_REFERENTS
from canter.vla.losses import track_loss
from canter.vla.proprio import COMMAND_TERMS, PROPRIO
from canter.vla.tracks import AHEAD, TRACK, Foretold, foretold

PICTURES = 12
SPEED = 0.5


def walked() -> Foretold:
    """Straight ahead at half a metre a second; the first thing stands still, 3 m ahead."""
    proprio = torch.zeros(1, PICTURES, PROPRIO.size)
    proprio[..., PROPRIO["last_command"].start + list(COMMAND_TERMS).index("vx")] = SPEED
    distance = torch.ones(1, PICTURES, MOST_REFERENTS)
    distance[0, :, 0] = 3.0 - SPEED * CAMERA.period * torch.arange(PICTURES)
    present = torch.zeros(1, PICTURES, MOST_REFERENTS, dtype=torch.bool)
    present[..., 0] = True
    mask = torch.ones(1, PICTURES, dtype=torch.bool)
    mask[0, -1] = False
    return foretold(proprio, torch.full_like(distance, 0.1), distance, present, mask)


def test_what_comes_by_hand() -> None:
    came = walked()
    assert came.tracks.shape == came.known.shape == (1, PICTURES, len(AHEAD), TRACK.size)
    for place, pictures in enumerate(AHEAD):
        now = came.tracks[0, 0, place]
        metres = SPEED * CAMERA.period * pictures
        assert now[TRACK["x"]].item() == pytest.approx(metres)
        assert now[TRACK["turned_ahead"]].item() == pytest.approx(1.0)
        assert now[TRACK["left"]][0].item() == pytest.approx(math.sin(0.1))
        assert now[TRACK["log_distance"]][0].item() == pytest.approx(math.log(3.0 - metres))


def test_what_is_not_there_or_not_yet_over_counts_nothing() -> None:
    came = walked()
    named = came.known[..., TRACK["left"]]
    assert not named[..., 1:].any()
    for place, pictures in enumerate(AHEAD):
        last = PICTURES - 1 - pictures  # the last picture is padding
        assert came.known[0, :last, place, TRACK["x"]].all()
        assert not came.known[0, last:, place].any()


def test_the_loss_leaves_out_what_nobody_knows() -> None:
    came = walked()
    wrong = torch.where(came.known > 0, came.tracks, torch.full_like(came.tracks, 9.0))
    assert track_loss(wrong, came)["tracks"].item() == 0.0
    assert track_loss(wrong + 0.3 * came.known, came)["tracks"].item() > 0.1
