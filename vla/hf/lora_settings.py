"""Settings of low-rank adaptation; light to import."""

from dataclasses import dataclass

from canter.control.errors import CanterError


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """Sizes of the adapters.

    Attributes:
        rank: Of the change of each linear layer.
        alpha: The change is scaled by alpha / rank.
        dropout: Share of the layers' inputs that is left out in training.
    """

    rank: int = 32
    alpha: int = 32
    dropout: float = 0.0

    def __post_init__(self) -> None:
        """Refuse sizes that cannot be."""
        if self.rank < 1 or self.alpha < 1 or not 0.0 <= self.dropout < 1.0:
            raise CanterError(
                f"LoRA of rank {self.rank}, alpha {self.alpha} and dropout {self.dropout}; give "
                "1 or more, 1 or more, and 0 to below 1"
            )
