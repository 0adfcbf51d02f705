"""Root-mean-square norm that stays on the fused path under autocast, and exports to ONNX."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-5


class RmsNorm(nn.RMSNorm):
    """``nn.RMSNorm`` (arXiv:1910.07467) with its weight cast to the input's type."""

    def __init__(self, width: int) -> None:
        super().__init__(width, eps=EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis of x (..., width)."""
        if torch.onnx.is_in_onnx_export():
            return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON) * self.weight
        return F.rms_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.eps)
