"""``isaacgym.gymtorch``: the simulation's buffers as torch tensors and back, without a copy."""

from dataclasses import dataclass

import torch

from canter.sim.isaacgym.errors import GymError

__all__ = ["GymTensor", "unwrap_tensor", "wrap_tensor"]


@dataclass(frozen=True, slots=True, eq=False)
class GymTensor:
    """What the interface hands over in the place of a tensor; keeps the tensor alive.

    Attributes:
        tensor: contiguous tensor in the computer's memory, float32 or int32.
    """

    tensor: torch.Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the tensor."""
        return tuple(self.tensor.shape)


def wrap_tensor(gym_tensor: GymTensor) -> torch.Tensor:
    """Return the torch tensor that shares memory with a buffer of the simulation.

    Raises:
        GymError: the argument did not come from an ``acquire_*`` call.
    """
    if not isinstance(gym_tensor, GymTensor):
        raise GymError(
            f"wrap_tensor: {type(gym_tensor).__name__} is not what an acquire_* call returned; "
            "pass that on unchanged"
        )
    return gym_tensor.tensor


def unwrap_tensor(torch_tensor: torch.Tensor) -> GymTensor:
    """Return what a setter of the interface takes; the tensor lives as long as that does.

    Raises:
        GymError: not a tensor, not in the computer's memory, not contiguous, of another type than
            float32 or int32 unless it is empty.
    """
    if not isinstance(torch_tensor, torch.Tensor):
        raise GymError(f"unwrap_tensor: {type(torch_tensor).__name__} is not a torch tensor")
    if torch_tensor.device.type != "cpu":
        raise GymError(
            f"unwrap_tensor: the tensor is on {torch_tensor.device}; the physics is on the CPU: "
            "start with --sim_device cpu, or call .cpu() first"
        )
    usable = torch_tensor.dtype in (torch.float32, torch.int32, torch.uint8)
    if torch_tensor.numel() and not usable:
        raise GymError(
            f"unwrap_tensor: {torch_tensor.dtype} tensor; states and forces are torch.float32, "
            "indices torch.int32: convert with .to(dtype=...)"
        )
    if not torch_tensor.is_contiguous():
        raise GymError(
            f"unwrap_tensor: the tensor of shape {tuple(torch_tensor.shape)} is not contiguous; "
            "call .contiguous() first"
        )
    return GymTensor(torch_tensor.detach())
