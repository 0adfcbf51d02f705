"""Root-mean-square norm that stays on the fused path under autocast."""

from torch import Tensor, nn
from torch.nn import functional as F


class RmsNorm(nn.RMSNorm):
    """``nn.RMSNorm`` with its weight cast to the input's type (arXiv:1910.07467)."""

    def __init__(self, width: int) -> None:
        super().__init__(width, eps=1e-5)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis of x (..., width)."""
        return F.rms_norm(x, self.normalized_shape, self.weight.to(x.dtype), self.eps)
