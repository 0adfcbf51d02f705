"""Where the robot is since its instruction began, as far as its gyro and its commands tell.

Heading is the integral of the turn rate; the place is that of the commanded velocities. Both drift,
as on the robot; they are what lets a small model walk two metres, turn by 90 degrees or search once
round.
"""

import torch
from torch import Tensor

from canter.control.layout import Layout
from canter.vla.config import CAMERA
from canter.vla.proprio import COMMAND_TERMS, PROPRIO
from canter.vla.stillness import within

ODOMETRY = Layout({"x": 1, "y": 1, "yaw": 1, "time": 1, "stood": 1})
"""Place, m, and heading, rad, from the start's frame; time, s; and for how long the robot has been
told to stand, s."""
FEATURES = 8
STANDING = {"vx": 0.1, "vy": 0.1, "wz": 0.2}
"""A command within these counts as standing, m/s and rad/s."""
_COMMAND = Layout(dict.fromkeys(COMMAND_TERMS, 1))
_PLACE_SCALE, _TURN_SCALE, _TIME_SCALE = 2.0, torch.pi, 10.0


def advanced(odometry: Tensor, proprio: Tensor) -> Tensor:
    """Return the odometry (B, size) at a picture from that at the one before and proprio (B, P)."""
    yaw = odometry[:, ODOMETRY["yaw"]] + _turned(proprio)
    step = _step(yaw, proprio)
    place = odometry[:, ODOMETRY["x"].start : ODOMETRY["y"].stop] + step
    time = odometry[:, ODOMETRY["time"]] + CAMERA.period
    stood = (odometry[:, ODOMETRY["stood"]] + CAMERA.period) * _stands(proprio)
    return torch.cat([place, yaw, time, stood], -1)


def accumulated(proprio: Tensor) -> Tensor:
    """Return the odometry (B, T, size) at every picture of episodes from their first, (B, T, P)."""
    yaw = _turned(proprio).cumsum(1)
    place = _step(yaw, proprio).cumsum(1)
    time = torch.full_like(yaw, CAMERA.period).cumsum(1)
    moved = (time * (1 - _stands(proprio))).cummax(1).values
    return torch.cat([place, yaw, time, time - moved], -1)


def features(odometry: Tensor) -> Tensor:
    """Return what the backbone is told of odometry (..., size), (..., FEATURES)."""
    yaw = odometry[..., ODOMETRY["yaw"]]
    return torch.cat(
        [
            odometry[..., ODOMETRY["x"]] / _PLACE_SCALE,
            odometry[..., ODOMETRY["y"]] / _PLACE_SCALE,
            yaw.sin(),
            yaw.cos(),
            (yaw / _TURN_SCALE).clamp(-4.0, 4.0),
            (odometry[..., ODOMETRY["time"]] / _TIME_SCALE).clamp(0.0, 6.0),
            odometry[..., ODOMETRY["stood"]].clamp(0.0, 1.0),
            (odometry[..., ODOMETRY["stood"]] / _TIME_SCALE).clamp(0.0, 1.0),
        ],
        -1,
    )


def from_here(x: Tensor, y: Tensor, odometry: Tensor) -> tuple[Tensor, Tensor]:
    """Return places of the start's frame (..., 1) in the robot's frame."""
    dx, dy = x - odometry[..., ODOMETRY["x"]], y - odometry[..., ODOMETRY["y"]]
    yaw = odometry[..., ODOMETRY["yaw"]]
    cos, sin = yaw.cos(), yaw.sin()
    return cos * dx + sin * dy, cos * dy - sin * dx


def _stands(proprio: Tensor) -> Tensor:
    """Return 1 where the last command stands, else 0, (..., 1)."""
    command = proprio[..., PROPRIO["last_command"]]
    return within(command, _COMMAND, STANDING).to(proprio.dtype)


def _turned(proprio: Tensor) -> Tensor:
    """Return the turn since the last picture, rad, (..., 1)."""
    return proprio[..., PROPRIO["gyro"]][..., 2:] * CAMERA.period


def _step(yaw: Tensor, proprio: Tensor) -> Tensor:
    """Return the commanded step since the last picture in the start's frame, m, (..., 2)."""
    middle = yaw - _turned(proprio) / 2
    command = proprio[..., PROPRIO["last_command"]]
    vx, vy = command[..., _COMMAND["vx"]], command[..., _COMMAND["vy"]]
    cos, sin = middle.cos(), middle.sin()
    return torch.cat([cos * vx - sin * vy, sin * vx + cos * vy], -1) * CAMERA.period
