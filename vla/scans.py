"""What stands around: how far it is free in every column of the picture, and what was seen before.

The robot is longer than it sees: what it passes leaves the picture before its hind legs are by. So
the scans of the last seconds are kept in the frame of the start, as points, and told as how near
something stands in each direction around the robot (own design).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from canter.control.layout import Layout
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.vla.config import COLUMN_AZIMUTHS, MOST_RANGE, RANGE_COLUMNS, VlaConfig
from canter.vla.odometry import ODOMETRY, from_here
from canter.vla.vision import GRID

SCANS = 20
"""Pictures whose scans are kept: 4 s."""
POINT = Layout({"there": 1, "x": 1, "y": 1})
"""Where a column's free way ends, in the start's frame, m; zeros where nothing is near."""
HISTORY = SCANS * RANGE_COLUMNS * POINT.size
"""Numbers that all kept scans take."""
SECTORS = 24
"""Directions around the robot in which nearness is told."""
REACH = 1.5
"""What is further off is not told, m."""
FAR = 2.5
"""A free way that ends further off than this is no point to keep, m: too uncertain."""
FEATURES = SECTORS + RANGE_COLUMNS
LEAST_RANGE = 0.05
_CHANNELS, _HIDDEN = 12, 48


def azimuths(device: torch.device) -> Tensor:
    """Return the directions of the picture's columns, left positive, rad, (RANGE_COLUMNS,)."""
    return torch.tensor(COLUMN_AZIMUTHS, device=device)


class RangeHead(nn.Module):
    """Reads from features how far the floor is free in the direction of each column."""

    def __init__(self, config: VlaConfig) -> None:
        super().__init__()
        self.reduce = nn.Linear(config.stem_channels[1], _CHANNELS)
        self.across = nn.Conv1d(_CHANNELS * GRID[0] + 2, _HIDDEN, 3, padding=1)
        self.read = nn.Conv1d(_HIDDEN, 1, 1)

    def forward(self, grid: Tensor, gravity: Tensor) -> Tensor:
        """Read features (N, L, channels) and gravity (N, 3); logarithms of ranges, (N, columns)."""
        columns = F.relu(self.reduce(grid)).unflatten(1, GRID).permute(0, 3, 1, 2).flatten(1, 2)
        tilt = gravity[:, :2, None].expand(-1, -1, RANGE_COLUMNS)
        hidden = F.gelu(self.across(torch.cat([columns.float(), tilt], 1)))
        read: Tensor = self.read(hidden)[:, 0]
        return read.clamp(math.log(LEAST_RANGE), math.log(2 * MOST_RANGE))


def scan_points(log_ranges: Tensor, odometry: Tensor, robot: RobotSpec = DEFAULT_ROBOT) -> Tensor:
    """Return where free ways end, (..., columns, POINT.size).

    Args:
        log_ranges: logarithms of how far it is free from below the camera, m, (..., columns).
        odometry: (..., ODOMETRY.size).
        robot: that carries the camera.
    """
    away = log_ranges.exp()
    yaw = odometry[..., ODOMETRY["yaw"]]
    toward = yaw + azimuths(away.device)
    mount = float(robot.camera_pos_b[0])
    x = odometry[..., ODOMETRY["x"]] + mount * yaw.cos() + away * toward.cos()
    y = odometry[..., ODOMETRY["y"]] + mount * yaw.sin() + away * toward.sin()
    there = (away < FAR).to(away.dtype)
    return torch.stack([there, x * there, y * there], -1)


def kept_scans(points: Tensor) -> Tensor:
    """Return the scans kept at every picture: (B, T, columns, 3) to (B, T, SCANS, columns, 3)."""
    before = points.new_zeros(points.shape[0], SCANS - 1, *points.shape[2:])
    return torch.cat([before, points], 1).unfold(1, SCANS, 1).movedim(-1, 2)


def with_scan(kept: Tensor, points: Tensor) -> Tensor:
    """Return kept scans (B, SCANS, columns, 3) with a new one, (B, columns, 3), last."""
    return torch.cat([kept[:, 1:], points[:, None]], 1)


def scan_features(log_ranges: Tensor, kept: Tensor, odometry: Tensor) -> Tensor:
    """Tell what stands around from odometry (N, 4), (N, FEATURES).

    Args:
        log_ranges: of the present picture, (N, columns).
        kept: scans, the present one among them, (N, SCANS, columns, POINT.size).
        odometry: (N, 4).
    """
    points = kept.flatten(1, 2)
    there = points[..., POINT["there"]]
    x, y = from_here(points[..., POINT["x"]], points[..., POINT["y"]], odometry[:, None])
    away = (x.square() + y.square()).sqrt().clamp_min(1e-3)
    angle = torch.arange(SECTORS, device=points.device) * (2 * math.pi / SECTORS)
    inside = x * angle.cos() + y * angle.sin() >= away * math.cos(math.pi / SECTORS)
    near = (1.0 - away / REACH).clamp_min(0.0) * there
    nearest = (near * inside.to(near.dtype)).amax(1)
    return torch.cat([nearest, log_ranges], -1)
