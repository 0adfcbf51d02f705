"""Rotations and poses beyond ``isaacgym.torch_utils``: exponential maps, headings, slerp.

Training code of the IsaacGymEnvs family uses these names beside those of :mod:`.torch_utils`, and
they keep to its conventions (xyzw, rad); only the two functions of matrices are wxyz, as their
namesakes are. Names and meaning follow the BSD-3-Clause IsaacGymEnvs ``utils/torch_jit_utils.py``.
"""

import torch
import torch.nn.functional as F

from canter.sim.isaacgym.torch_utils import (
    get_euler_xyz,
    normalize,
    normalize_angle,
    quat_apply,
    quat_conjugate,
    quat_from_angle_axis,
    quat_from_euler_xyz,
    quat_mul,
    quat_rotate,
    quat_rotate_inverse,
    tensor_clamp,
)


def _basis(q: torch.Tensor, axis: int) -> torch.Tensor:
    """Return the unit vector of an axis, (..., 3), for each of the quaternions (..., 4)."""
    vector = torch.zeros_like(q[..., :3])
    vector[..., axis] = 1.0
    return vector


def quat_axis(q: torch.Tensor, axis: int = 0) -> torch.Tensor:
    """Return an axis (0, 1 or 2) of the frames q (..., 4), seen from outside, (..., 3)."""
    return quat_rotate(q, _basis(q, axis))


def quat_diff_rad(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Return the angle, in [0, pi], of the turn between quaternions a and b (..., 4)."""
    difference = quat_mul(a, quat_conjugate(b))
    sin_half = torch.norm(difference[..., :3], p=2, dim=-1)
    return 2.0 * torch.asin(sin_half.clamp(max=1.0))


def quat_to_angle_axis(q: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return angle (...) in [-pi, pi] and unit axis (..., 3); a turn of none is 0 about z."""
    sin_half = torch.norm(q[..., :3], p=2, dim=-1)
    turned = sin_half > 1e-5
    angle = normalize_angle(2.0 * torch.atan2(sin_half, q[..., 3]))
    axis = torch.where(turned.unsqueeze(-1), normalize(q[..., :3]), _basis(q, 2))
    return torch.where(turned, angle, torch.zeros_like(angle)), axis


def angle_axis_to_exp_map(angle: torch.Tensor, axis: torch.Tensor) -> torch.Tensor:
    """Return rotation vectors, angle (...) times unit axis (..., 3)."""
    return angle.unsqueeze(-1) * axis


def exp_map_to_angle_axis(exp_map: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return angle (...) in [-pi, pi] and unit axis (..., 3) of rotation vectors (..., 3).

    A vector longer than half a turn gives the equal, negative turn; IsaacGymEnvs gives none.
    """
    length = torch.norm(exp_map, dim=-1)
    turned = length > 1e-5
    angle = torch.where(turned, normalize_angle(length), torch.zeros_like(length))
    axis = torch.where(turned.unsqueeze(-1), normalize(exp_map), _basis(exp_map, 2))
    return angle, axis


def quat_to_exp_map(q: torch.Tensor) -> torch.Tensor:
    """Return the rotation vectors (..., 3) of quaternions (..., 4)."""
    angle, axis = quat_to_angle_axis(q)
    return angle_axis_to_exp_map(angle, axis)


def exp_map_to_quat(exp_map: torch.Tensor) -> torch.Tensor:
    """Return the quaternions (..., 4) of rotation vectors (..., 3)."""
    angle, axis = exp_map_to_angle_axis(exp_map)
    return quat_from_angle_axis(angle, axis)


def euler_xyz_to_exp_map(
    roll: torch.Tensor, pitch: torch.Tensor, yaw: torch.Tensor
) -> torch.Tensor:
    """Return rotation vectors (..., 3) of roll, then pitch, then yaw about the fixed axes."""
    return quat_to_exp_map(quat_from_euler_xyz(roll, pitch, yaw))


def slerp(q0: torch.Tensor, q1: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """Return quaternions (..., 4) the fraction t (..., 1) of the shorter way from q0 to q1."""
    cos_half = (q0 * q1).sum(dim=-1, keepdim=True)
    near = torch.where(cos_half < 0.0, -q1, q1)
    cos_half = cos_half.abs().clamp(max=1.0)
    half = torch.acos(cos_half)
    sin_half = torch.sqrt(1.0 - cos_half * cos_half)
    spherical = torch.sin((1.0 - t) * half) * q0 + torch.sin(t * half) * near
    straight = (1.0 - t) * q0 + t * near
    return torch.where(sin_half < 1e-3, straight, spherical / sin_half.clamp(min=1e-3))


def calc_heading(q: torch.Tensor) -> torch.Tensor:
    """Return the direction, in the xy plane, of the x axes of frames q (..., 4)."""
    forward = quat_axis(q, 0)
    return torch.atan2(forward[..., 1], forward[..., 0])


def calc_heading_quat(q: torch.Tensor) -> torch.Tensor:
    """Return the turns about z, (..., 4), to the headings of q."""
    return quat_from_angle_axis(calc_heading(q), _basis(q, 2))


def calc_heading_quat_inv(q: torch.Tensor) -> torch.Tensor:
    """Return the turns about z, (..., 4), that undo the headings of q."""
    return quat_from_angle_axis(-calc_heading(q), _basis(q, 2))


def quat_to_tan_norm(q: torch.Tensor) -> torch.Tensor:
    """Return the x axes beside the z axes of frames q (..., 4), as (..., 6)."""
    return torch.cat((quat_axis(q, 0), quat_axis(q, 2)), dim=-1)


def quaternion_to_matrix(quaternions: torch.Tensor) -> torch.Tensor:
    """Return rotation matrices (..., 3, 3) of **wxyz** quaternions (..., 4) of any length."""
    unit = normalize(quaternions)
    xyzw = torch.cat((unit[..., 1:], unit[..., :1]), dim=-1)
    return torch.stack((quat_axis(xyzw, 0), quat_axis(xyzw, 1), quat_axis(xyzw, 2)), dim=-1)


def matrix_to_quaternion(matrix: torch.Tensor) -> torch.Tensor:
    """Return **wxyz** quaternions (..., 4) of rotation matrices (..., 3, 3).

    The rows of 4 q q^T, which is linear in the matrix, are multiples of q; the one of the largest
    diagonal is the best conditioned (Shepperd, 1978).
    """
    m00, m01, m02, m10, m11, m12, m20, m21, m22 = matrix.flatten(-2).unbind(-1)
    wx, wy, wz = m21 - m12, m02 - m20, m10 - m01
    xy, xz, yz = m01 + m10, m02 + m20, m12 + m21
    ww, xx = 1 + m00 + m11 + m22, 1 + m00 - m11 - m22
    yy, zz = 1 - m00 + m11 - m22, 1 - m00 - m11 + m22
    entries = (ww, wx, wy, wz, wx, xx, xy, xz, wy, xy, yy, yz, wz, xz, yz, zz)
    outer = torch.stack(entries, dim=-1).unflatten(-1, (4, 4))
    best = torch.stack((ww, xx, yy, zz), dim=-1).argmax(dim=-1)
    chosen = F.one_hot(best, 4).unsqueeze(-1)
    return normalize((outer * chosen).sum(dim=-2))


def local_to_world_space(pos_offset_local: torch.Tensor, pose_global: torch.Tensor) -> torch.Tensor:
    """Return points (N, 3) of the frames ``pose_global`` (N, 7: position, quaternion) outside."""
    return quat_apply(pose_global[:, 3:7], pos_offset_local) + pose_global[:, :3]


def normalise_quat_in_pose(pose: torch.Tensor) -> torch.Tensor:
    """Return poses (N, 7: position, quaternion) with quaternions of unit length."""
    return torch.cat((pose[:, :3], normalize(pose[:, 3:7])), dim=-1)


def scale_transform(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Return x mapped from [lower, upper] to [-1, 1]; inverse of :func:`unscale_transform`."""
    return (2.0 * x - lower - upper) / (upper - lower)


def unscale_transform(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Return x mapped from [-1, 1] to [lower, upper]; inverse of :func:`scale_transform`."""
    return 0.5 * (x * (upper - lower) + lower + upper)


def saturate(x: torch.Tensor, lower: torch.Tensor, upper: torch.Tensor) -> torch.Tensor:
    """Return x limited to [lower, upper], element by element."""
    return tensor_clamp(x, lower, upper)


def compute_heading_and_up(
    torso_rotation: torch.Tensor,
    inv_start_rot: torch.Tensor,
    to_target: torch.Tensor,
    vec0: torch.Tensor,
    vec1: torch.Tensor,
    up_idx: int,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return how a torso stands, relative to its start, to its target and to the vertical.

    Args:
        torso_rotation: orientation now, (N, 4).
        inv_start_rot: inverse of the orientation at which ``vec0`` points ahead, (N, 4).
        to_target: from the torso to its target, (N, 3).
        vec0: forward in the torso's frame, (N, 3).
        vec1: upward in the torso's frame, (N, 3).
        up_idx: the world's vertical axis, 0 to 2.

    Returns:
        The relative orientation (N, 4), the vertical part of the torso's up (N,), the part of its
        forward along the target's direction (N,), its up (N, 3) and its forward (N, 3).
    """
    torso_quat = quat_mul(torso_rotation, inv_start_rot)
    up = quat_rotate(torso_quat, vec1)
    heading = quat_rotate(torso_quat, vec0)
    toward = (heading * normalize(to_target)).sum(dim=-1)
    return torso_quat, up[:, up_idx], toward, up, heading


def compute_rot(
    torso_quat: torch.Tensor,
    velocity: torch.Tensor,
    ang_velocity: torch.Tensor,
    targets: torch.Tensor,
    torso_positions: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return a torso's motion in its own frame, its Euler angles, and the angle to its target.

    The direction to the target is taken in the x-z plane, as in IsaacGymEnvs.

    Returns:
        Linear and angular velocity (N, 3), roll, pitch, yaw and angle to the target (N,).
    """
    roll, pitch, yaw = get_euler_xyz(torso_quat)
    offset = targets - torso_positions
    angle_to_target = torch.atan2(offset[:, 2], offset[:, 0]) - yaw
    linear = quat_rotate_inverse(torso_quat, velocity)
    angular = quat_rotate_inverse(torso_quat, ang_velocity)
    return linear, angular, roll, pitch, yaw, angle_to_target
