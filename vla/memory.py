"""What the model keeps in mind of places: the way points that it was told, and the named things.

Both are kept in the frame of the start and told from where odometry says that the robot is now, so
that the network needs to learn neither geometry nor object permanence (own design). Of a named
thing the last sighting is kept: where it was, how long ago, how near it ever came, and for how long
the robot has been at it.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from canter.control.layout import Layout
from canter.datasets.language.amounts import OPEN_LENGTH
from canter.vla.config import CAMERA, VlaConfig
from canter.vla.instruction import DOINGS, LEG, MOST_LEGS, MOST_REFERENTS, WAYS
from canter.vla.odometry import ODOMETRY, from_here
from canter.vla.scans import HISTORY

SIGHTING = Layout({"found": 1, "x": 1, "y": 1, "time": 1, "nearness": 1, "stay": 1})
"""Of one thing: whether it was ever seen; where, in the start's frame, m, and when, s, it was last;
exp(-d) of the least distance d, m; and how long it was in view within REACH, s. Zeros before it was
seen."""
REACH = 0.65
"""A thing that is nearer has been gone to, m."""
PLACES = Layout(
    {
        "odometry": ODOMETRY.size,
        "sightings": MOST_REFERENTS * SIGHTING.size,
        "scans": HISTORY,
    }
)
"""What a state knows of places, before what the network itself remembers."""
ODOMETRY_ALONE = Layout({"odometry": ODOMETRY.size})
"""The same of a model that keeps no places in mind."""
SIGHTING_FEATURES = 7
WAY_FEATURES = 7
FEATURES = MOST_REFERENTS * SIGHTING_FEATURES + MOST_LEGS * WAY_FEATURES
SURE = 0.5
"""A thing that is in view with more than this probability is seen."""
_NEAR_PLACE, _NEAR_TURN = 0.3, math.radians(15.0)
"""Scales within which the end of a way is told finely, m and rad."""
_PLACE_SCALE, _AGE_SCALE, _OLDEST, _LONGEST_STAY = 2.0, 5.0, 3.0, 1.5
_FORWARD = {"forward": 1.0, "back": -1.0}
_LEFTWARD = {"left": 1.0, "right": -1.0}


class Sighted(NamedTuple):
    """Things in the pictures of one moment; all fields share one shape.

    Attributes:
        seen: probability that it is in view.
        bearing: its direction, positive left, rad.
        distance: m.
    """

    seen: Tensor
    bearing: Tensor
    distance: Tensor


def places_known(config: VlaConfig) -> Layout:
    """Return what the state of a model knows of places."""
    return PLACES if config.places else ODOMETRY_ALONE


def remembered(sighted: Sighted, odometry: Tensor) -> Tensor:
    """Return what is kept in mind after every picture of episodes from their first.

    Args:
        sighted: fields (B, T, M).
        odometry: (B, T, 4).

    Returns:
        (B, T, M, SIGHTING.size).
    """
    now = _sightings(sighted, odometry)
    seen = sighted.seen > SURE
    steps = torch.arange(seen.shape[1], device=seen.device)[:, None]
    last = torch.where(seen, steps, -1).cummax(dim=1).values
    kept = now.gather(1, last.clamp_min(0)[..., None].expand_as(now)) * (last >= 0)[..., None]
    nearness = (now[..., SIGHTING["nearness"]] * seen[..., None]).cummax(dim=1).values
    stay = (now[..., SIGHTING["stay"]] * seen[..., None]).cumsum(dim=1)
    return torch.cat([kept[..., : SIGHTING["nearness"].start], nearness, stay], -1)


def reminded(before: Tensor, sighted: Sighted, odometry: Tensor) -> Tensor:
    """Return what is kept in mind after one more picture.

    Args:
        before: (B, M, SIGHTING.size), zeros at the start.
        sighted: fields (B, M).
        odometry: (B, 4).
    """
    now = _sightings(sighted, odometry)
    seen = (sighted.seen > SURE)[..., None]
    kept = torch.where(seen, now, before)
    nearness = torch.maximum(kept, before)[..., SIGHTING["nearness"]]
    stay = before[..., SIGHTING["stay"]] + now[..., SIGHTING["stay"]] * seen
    return torch.cat([kept[..., : SIGHTING["nearness"].start], nearness, stay], -1)


def sighting_features(memory: Tensor, odometry: Tensor) -> Tensor:
    """Tell what is in mind (N, M, SIGHTING.size) from odometry (N, 4), (N, M * features)."""
    found = memory[..., SIGHTING["found"]]
    x, y = from_here(memory[..., SIGHTING["x"]], memory[..., SIGHTING["y"]], odometry[:, None])
    away = (x.square() + y.square()).sqrt().clamp_min(1e-3)
    age = odometry[:, None, ODOMETRY["time"]] - memory[..., SIGHTING["time"]]
    columns = [
        found,
        found * x / away,
        found * y / away,
        found * away / _PLACE_SCALE,
        found * (age / _AGE_SCALE).clamp(0.0, _OLDEST),
        memory[..., SIGHTING["nearness"]],
        memory[..., SIGHTING["stay"]].clamp(0.0, _LONGEST_STAY),
    ]
    return torch.cat(columns, -1).flatten(1)


def way_points(legs: Tensor) -> Tensor:
    """Return the pose after each leg in the start's frame, x, y (m), yaw (rad, not wrapped).

    Args:
        legs: codes, (B, MOST_LEGS, LEG.size).

    Returns:
        (B, MOST_LEGS, 3); what the body is told to pose stays where it is.
    """
    walks, turns = (legs[..., LEG["do"]][..., DOINGS.index(name)] for name in ("walk", "turn"))
    way = legs[..., LEG["way"]]
    forward, leftward = (_signed(way, signs) for signs in (_FORWARD, _LEFTWARD))
    measured = legs[..., LEG["measured"]][..., 0]
    metres = walks * (legs[..., LEG["metres"]][..., 0] + (1 - measured) * OPEN_LENGTH)
    turned = turns * leftward * legs[..., LEG["half_turns"]][..., 0] * math.pi
    after = turned.cumsum(-1)
    before = after - turned
    cos, sin = before.cos(), before.sin()
    x = (metres * (cos * forward - sin * leftward)).cumsum(-1)
    y = (metres * (sin * forward + cos * leftward)).cumsum(-1)
    return torch.stack([x, y, after], -1)


def way_features(points: Tensor, legs: Tensor, odometry: Tensor) -> Tensor:
    """Tell way points (N, MOST_LEGS, 3) from odometry (N, 4), zeros where there is no leg."""
    told = legs[..., LEG["do"]].sum(-1, keepdim=True)
    x, y = from_here(points[..., :1], points[..., 1:2], odometry[:, None])
    left = points[..., 2:] - odometry[:, None, ODOMETRY["yaw"]]
    far = torch.cat([x / _PLACE_SCALE, y / _PLACE_SCALE, left / math.pi], -1)
    near = torch.cat([x / _NEAR_PLACE, y / _NEAR_PLACE, left / _NEAR_TURN], -1).clamp(-1.0, 1.0)
    return torch.cat([far * told, near * told, told], -1).flatten(1)


def _sightings(sighted: Sighted, odometry: Tensor) -> Tensor:
    """Return what a picture alone tells of each thing, (..., M, SIGHTING.size)."""
    here = odometry[..., None, :]
    yaw = here[..., ODOMETRY["yaw"]][..., 0]
    away, toward = sighted.distance, yaw + sighted.bearing
    columns = [
        (sighted.seen > SURE).to(away.dtype),
        here[..., ODOMETRY["x"]][..., 0] + away * toward.cos(),
        here[..., ODOMETRY["y"]][..., 0] + away * toward.sin(),
        here[..., ODOMETRY["time"]][..., 0].expand_as(away),
        (-away).exp(),
        (away < REACH).to(away.dtype) * CAMERA.period,
    ]
    return torch.stack(columns, -1)


def _signed(way: Tensor, signs: dict[str, float]) -> Tensor:
    """Return +1 or -1 where the one-hot way is one of these, else 0."""
    weights = way.new_tensor([signs.get(name, 0.0) for name in WAYS])
    return way @ weights
