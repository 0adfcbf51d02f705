"""A critic that knows what the simulator knows (asymmetric actor-critic, arXiv:1710.06542)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from canter.control.layout import Layout
from canter.rl.reinforcement.extended_model import ExtendedModel
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.vla.config import VlaConfig
from canter.vla.instruction import MOST_LEGS, InstructionCode
from canter.vla.memory import WAY_FEATURES, way_features, way_points
from canter.vla.odometry import ODOMETRY

WIDTH = 128
SCALES = {"time": 10.0, "time_left": 10.0, "turned": torch.pi, "gyro": 2.0, "distance": 2.0}
"""What terms of the privileged state are divided by; the others are of about 1 as they are."""


def critic_layout(tasks: Sequence[str]) -> Layout:
    """Return the order of a critic's input: privileged state, instruction and its way points.

    Args:
        tasks: that the model knows.
    """
    said = InstructionCode(tasks).layout.widths
    return Layout({**PRIVILEGED.widths, **said, "way_points": MOST_LEGS * WAY_FEATURES})


class Critic(nn.Module):
    """Tells the probability that a rollout will succeed; 1/2 before it has learnt anything.

    Args:
        tasks: that the model knows.

    Attributes:
        layout: of its input.
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        super().__init__()
        self.layout, self._said = critic_layout(tasks), InstructionCode(tasks).layout
        last = nn.Linear(WIDTH, 1)
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        self.layers = nn.Sequential(
            nn.Linear(self.layout.size, WIDTH), nn.ELU(),
            nn.Linear(WIDTH, WIDTH), nn.ELU(),
            last,
        )  # fmt: skip
        scale = torch.ones(PRIVILEGED.size)
        for name, value in SCALES.items():
            scale[PRIVILEGED[name]] = value
        self.scale: Tensor
        self.register_buffer("scale", scale, persistent=False)

    def forward(self, privileged: Tensor, instruction: Tensor) -> Tensor:
        """Return the logit of success at each picture.

        Args:
            privileged: (B, T, PRIVILEGED.size).
            instruction: vectors of `canter.vla.instruction`, (B, width).

        Returns:
            (B, T).
        """
        logits: Tensor = self.layers(self.inputs(privileged, instruction))
        return logits.squeeze(-1)

    def inputs(self, privileged: Tensor, instruction: Tensor) -> Tensor:
        """Return what the layers see, (B, T, layout.size); arguments as of :meth:`forward`."""
        pictures = privileged.shape[1]
        said = instruction[:, None].expand(-1, pictures, -1)
        legs = torch.stack([said[..., self._said[f"leg{i}"]] for i in range(MOST_LEGS)], -2)
        legs = legs.flatten(0, 1)
        ways = way_features(way_points(legs), legs, true_odometry(privileged).flatten(0, 1))
        return torch.cat([privileged / self.scale, said, ways.unflatten(0, (-1, pictures))], -1)


class ActorCritic(ExtendedModel):
    """A model with a critic beside it.

    Args:
        config: sizes.
        signs: as of `VlaModel`.
    """

    def __init__(self, config: VlaConfig, signs: Tensor) -> None:
        super().__init__(config, signs)
        self.critic = Critic(config.tasks)


def true_odometry(privileged: Tensor) -> Tensor:
    """Return place, heading and time as an odometry without errors, (..., ODOMETRY.size).

    What else an odometry tells is of commands, and zero here.
    """
    forward, left, _ = privileged[..., PRIVILEGED["position"]].unbind(-1)
    turned, time = (privileged[..., PRIVILEGED[name]].squeeze(-1) for name in ("turned", "time"))
    told = {"x": forward, "y": left, "yaw": turned, "time": time}
    return torch.stack([told.get(name, torch.zeros_like(time)) for name in ODOMETRY], -1)
