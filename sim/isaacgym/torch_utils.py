"""The functions of ``isaacgym.torch_utils`` on plain torch.

Quaternions are xyzw and of unit length unless said otherwise; angles are in rad; frames are the
caller's. All functions but :func:`to_torch` and :func:`get_axis_params` also work inside
``torch.jit.script``. Training code star-imports this module and expects ``np`` and ``torch`` along
with it, hence no ``__all__``; the names of :mod:`.torch_rotations`, which Isaac Gym's own module
lacks, can be imported from here by name but do not come with a star import, where they could hide
names of the training code.

Names and meaning follow the BSD-3-Clause IsaacGymEnvs, ``utils/torch_jit_utils.py``.
"""

import importlib
from typing import Any

import numpy as np
import torch


def to_torch(
    x: Any,  # noqa: ANN401  whatever torch.tensor takes
    dtype: torch.dtype = torch.float,
    device: str | torch.device | None = None,
    requires_grad: bool = False,
) -> torch.Tensor:
    """Return a new tensor that holds a copy of ``x``, an array, number, tensor or nested sequence.

    Without a device it goes to ``cuda:0`` where there is one, else to the CPU.
    """
    if device is None:
        device = "cuda:0" if torch.cuda.is_available() else "cpu"
    if isinstance(x, torch.Tensor):
        copy = x.detach().to(device=device, dtype=dtype, copy=True)
        return copy.requires_grad_(requires_grad)
    return torch.tensor(x, dtype=dtype, device=device, requires_grad=requires_grad)


def get_axis_params(
    value: float,
    axis_idx: int,
    x_value: float = 0.0,
    dtype: type = float,
    n_dims: int = 3,
) -> list[Any]:
    """Return a vector of ``n_dims`` numbers, ``value`` at ``axis_idx`` and ``x_value`` at 0.

    Where both fall on index 0, ``x_value`` wins, as in IsaacGymEnvs.

    Raises:
        IndexError: the axis is not one of the vector's.
    """
    if not 0 <= axis_idx < n_dims:
        raise IndexError(f"axis {axis_idx} of a vector of {n_dims}; choose 0 to {n_dims - 1}")
    params = np.zeros(n_dims)
    params[axis_idx] = value
    params[0] = x_value
    return list(params.astype(dtype))


def normalize(x: torch.Tensor, eps: float = 1e-9) -> torch.Tensor:
    """Return vectors (..., D) at unit length; those shorter than ``eps`` are divided by ``eps``."""
    length: torch.Tensor = x.norm(p=2, dim=-1, keepdim=True)
    return x / length.clamp(min=eps)


def quat_unit(a: torch.Tensor) -> torch.Tensor:
    """Return quaternions (..., 4) at unit length."""
    return normalize(a)


def quat_conjugate(a: torch.Tensor) -> torch.Tensor:
    """Return the conjugates, of unit quaternions the inverses, of quaternions (..., 4)."""
    return torch.cat((-a[..., :3], a[..., 3:]), dim=-1)


def quat_mul(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the Hamilton products ab of quaternions (..., 4): first rotate by b, then by a."""
    ax, ay, az, aw = a.unbind(-1)
    bx, by, bz, bw = b.unbind(-1)
    x = aw * bx + ax * bw + ay * bz - az * by
    y = aw * by - ax * bz + ay * bw + az * bx
    z = aw * bz + ax * by - ay * bx + az * bw
    w = aw * bw - ax * bx - ay * by - az * bz
    return torch.stack((x, y, z, w), dim=-1)


def quat_apply(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return vectors b rotated by quaternions a, in the shape of b.

    The leading shapes need not match: a is read as (N, 4) and b as (N, 3), so a may be given as
    (B, 4 M) beside b as (B, M, 3).
    """
    quat = a.reshape(-1, 4)
    vec = b.reshape(-1, 3)
    axis = quat[:, :3]
    twice_cross = 2.0 * torch.linalg.cross(axis, vec, dim=-1)
    rotated: torch.Tensor = (
        vec + quat[:, 3:] * twice_cross + torch.linalg.cross(axis, twice_cross, dim=-1)
    )
    return rotated.view(b.shape)


def _rotate(q: torch.Tensor, v: torch.Tensor, sense: float) -> torch.Tensor:
    """Rotate v (..., 3) by q (..., 4) in the sense 1.0, or -1.0 for the inverse.

    Rodrigues: v (2 w^2 - 1) + 2 w (u x v) + 2 u (u . v), with u the vector part of q.
    """
    u = q[..., :3]
    w = q[..., 3:]
    along: torch.Tensor = u * (u * v).sum(dim=-1, keepdim=True)
    across: torch.Tensor = sense * w * torch.linalg.cross(u, v, dim=-1)
    return v * (2.0 * w**2 - 1.0) + 2.0 * (across + along)


def quat_rotate(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return vectors v (N, 3) rotated by q (N, 4): from the body's frame to the world's."""
    return _rotate(q, v, 1.0)


def quat_rotate_inverse(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return vectors v (N, 3) rotated by the inverse of q (N, 4): from the world to the body."""
    return _rotate(q, v, -1.0)


def get_basis_vector(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return a basis vector v (N, 3) of the frame q (N, 4), seen from outside."""
    return quat_rotate(q, v)


def quat_from_angle_axis(angle: torch.Tensor, axis: torch.Tensor) -> torch.Tensor:
    """Return quaternions (..., 4) of turns by ``angle`` (...) about ``axis`` (..., 3)."""
    half = (0.5 * angle).unsqueeze(-1)
    return quat_unit(torch.cat((normalize(axis) * half.sin(), half.cos()), dim=-1))


def quat_from_euler_xyz(roll: torch.Tensor, pitch: torch.Tensor, yaw: torch.Tensor) -> torch.Tensor:
    """Return quaternions (..., 4) of a roll about x, then pitch about y, then yaw about z."""
    sin_r, cos_r = torch.sin(0.5 * roll), torch.cos(0.5 * roll)
    sin_p, cos_p = torch.sin(0.5 * pitch), torch.cos(0.5 * pitch)
    sin_y, cos_y = torch.sin(0.5 * yaw), torch.cos(0.5 * yaw)
    x = cos_y * sin_r * cos_p - sin_y * cos_r * sin_p
    y = cos_y * cos_r * sin_p + sin_y * sin_r * cos_p
    z = sin_y * cos_r * cos_p - cos_y * sin_r * sin_p
    w = cos_y * cos_r * cos_p + sin_y * sin_r * sin_p
    return torch.stack((x, y, z, w), dim=-1)


def copysign(a: float, b: torch.Tensor) -> torch.Tensor:
    """Return |a| with the signs of b, in its shape; 0 where b is 0."""
    return abs(a) * torch.sign(b)


def get_euler_xyz(q: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return roll, pitch and yaw, each (...) and in [0, 2 pi), of quaternions (..., 4)."""
    x, y, z, w = q.unbind(-1)
    roll = torch.atan2(2.0 * (w * x + y * z), w * w - x * x - y * y + z * z)
    sin_pitch = (2.0 * (w * y - z * x)).clamp(min=-1.0, max=1.0)
    yaw = torch.atan2(2.0 * (w * z + x * y), w * w + x * x - y * y - z * z)
    turn = 2 * np.pi
    return roll % turn, torch.asin(sin_pitch) % turn, yaw % turn


def normalize_angle(x: torch.Tensor) -> torch.Tensor:
    """Return angles wrapped to [-pi, pi]."""
    return torch.atan2(torch.sin(x), torch.cos(x))


def tf_inverse(q: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rotation (N, 4) and translation (N, 3) of the inverse of the transform (q, t)."""
    inverse = quat_conjugate(q)
    return inverse, -quat_apply(inverse, t)


def tf_apply(q: torch.Tensor, t: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return points v (N, 3) after the transform of rotation q (N, 4) and translation t (N, 3)."""
    return quat_apply(q, v) + t


def tf_vector(q: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Return free vectors v (N, 3) after a transform of rotation q (N, 4)."""
    return quat_apply(q, v)


def tf_combine(
    q1: torch.Tensor, t1: torch.Tensor, q2: torch.Tensor, t2: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rotation and translation of the transform (q2, t2) followed by (q1, t1)."""
    return quat_mul(q1, q2), quat_apply(q1, t2) + t1


def torch_rand_float(
    lower: float, upper: float, shape: tuple[int, int], device: str
) -> torch.Tensor:
    """Return numbers drawn uniformly between ``lower`` and ``upper``, in ``shape``."""
    return (upper - lower) * torch.rand(shape, device=device) + lower


def torch_random_dir_2(shape: tuple[int, int], device: str) -> torch.Tensor:
    """Return unit vectors (N, 2) of uniformly drawn direction; ``shape`` is (N, 1)."""
    angle = torch_rand_float(-np.pi, np.pi, shape, device).squeeze(-1)
    return torch.stack((torch.cos(angle), torch.sin(angle)), dim=-1)


def tensor_clamp(t: torch.Tensor, min_t: torch.Tensor, max_t: torch.Tensor) -> torch.Tensor:
    """Return t limited to [min_t, max_t], element by element."""
    return torch.max(torch.min(t, max_t), min_t)


def scale(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Return x mapped from [-1, 1] to [lower, upper]; inverse of :func:`unscale`."""
    return 0.5 * (x + 1.0) * (upper - lower) + lower


def unscale(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Return x mapped from [lower, upper] to [-1, 1]; inverse of :func:`scale`."""
    return (2.0 * x - upper - lower) / (upper - lower)


def __getattr__(name: str) -> Any:  # noqa: ANN401  a function of any signature
    """Return a function of :mod:`.torch_rotations`, imported when it is first asked for."""
    rotations = importlib.import_module("canter.sim.isaacgym.torch_rotations")
    if name.startswith("_") or name not in vars(rotations):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(rotations, name)
