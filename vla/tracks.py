"""What the model expects to see and to be later: it is foretold first, then the model acts.

Predicting where things and the body will be, and only then the action, is what ATM
(arXiv:2401.00025) and PiTe (arXiv:2409.07239) do with points of the picture. Here it is direction
and distance of what is named, and where the body stands and looks, after one and two seconds.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from canter.control.layout import Layout
from canter.vla.config import CAMERA, VlaConfig
from canter.vla.instruction import MOST_REFERENTS
from canter.vla.norm import RmsNorm
from canter.vla.odometry import ODOMETRY, accumulated, from_here

AHEAD = tuple(round(seconds / CAMERA.period) for seconds in (1.0, 2.0))
"""Pictures between now and what is foretold."""
TRACK = Layout(
    {
        "left": MOST_REFERENTS,
        "ahead": MOST_REFERENTS,
        "log_distance": MOST_REFERENTS,
        "x": 1,
        "y": 1,
        "turned_left": 1,
        "turned_ahead": 1,
    }
)
"""What is foretold of one time: sines and cosines of what is named's bearings and logarithms of
distances, m; and the body's place, m, sine and cosine of its turn, from where it is now."""


class Foretold(NamedTuple):
    """What will be, for each of AHEAD.

    Attributes:
        tracks: (..., len(AHEAD), TRACK.size).
        known: 1 where it is known, else 0; of the same shape.
    """

    tracks: Tensor
    known: Tensor


class TrackHead(nn.Module):
    """Foretells tracks from tokens, and tells the tokens what it foretold.

    Args:
        config: sizes.
    """

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        size = len(AHEAD) * TRACK.size
        self.foretell = nn.Sequential(
            RmsNorm(config.d_model),
            nn.Linear(config.d_model, config.d_model),
            nn.GELU(),
            nn.Linear(config.d_model, size),
        )
        self.tell = nn.Linear(size, config.d_model)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Return tokens (..., d_model) that know the tracks, and the tracks as in `Foretold`."""
        tracks: Tensor = self.foretell(tokens)
        return tokens + self.tell(tracks), tracks.float().unflatten(-1, (len(AHEAD), TRACK.size))


def foretold(
    proprio: Tensor, bearing: Tensor, distance: Tensor, present: Tensor, mask: Tensor
) -> Foretold:
    """Return what came of each picture of padded episodes.

    Args:
        proprio: of the pictures, (B, T, PROPRIO.size).
        bearing: of what is named, rad, (B, T, MOST_REFERENTS).
        distance: likewise, m.
        present: whether there is such a thing.
        mask: True at pictures that are not padding, (B, T).
    """
    walked, there = accumulated(proprio), present.to(bearing.dtype)
    found: list[Foretold] = []
    for pictures in AHEAD:
        lies = [_later(term, pictures) for term in (bearing, distance.log(), there, walked)]
        bearings, log_distances, theres, then = lies
        turned = then[..., ODOMETRY["yaw"]] - walked[..., ODOMETRY["yaw"]]
        x, y = from_here(then[..., ODOMETRY["x"]], then[..., ODOMETRY["y"]], walked)
        body = [x, y, turned.sin(), turned.cos()]
        lasts = _later(mask.to(bearing.dtype)[..., None], pictures)
        known = [theres * lasts] * 3 + [lasts.expand_as(x)] * len(body)
        tracks = [bearings.sin(), bearings.cos(), log_distances, *body]
        found.append(Foretold(torch.cat(tracks, -1), torch.cat(known, -1)))
    return Foretold(*(torch.stack(terms, 2) for terms in zip(*found, strict=True)))


def _later(term: Tensor, pictures: int) -> Tensor:
    """Return terms (B, T, ...) of so many pictures later, zeros where the episode is over."""
    later = torch.zeros_like(term)
    later[:, : max(term.shape[1] - pictures, 0)] = term[:, pictures:]
    return later
