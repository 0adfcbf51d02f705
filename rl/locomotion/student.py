"""The student of RMA (arXiv:2107.04034): reads the code of the dynamics from the last second."""

import torch
from torch import nn

from canter.control.gait.observation import ObservationTerm, observation_layout
from canter.rl.locomotion.asymmetric_policy import ActorBody

FRAME_WIDTH = 32
KERNELS_AND_STRIDES = ((10, 4), (5, 1), (5, 1))
"""Convolutions over time; the paper's first kernel of 8 would leave out the newest of 50 frames."""


class HistoryEncoder(nn.Module):
    """Maps an observation with a past, (N, size), to a code of the dynamics, (N, code).

    Each frame is embedded by itself; convolutions over time and one linear layer follow.

    Args:
        terms: terms of the observation; those that look back must all look back as far.
        code: width of the code.
    """

    def __init__(self, terms: tuple[ObservationTerm, ...], code: int) -> None:
        super().__init__()
        layout = observation_layout(terms)
        self._blocks = [(layout[t.name], t.history, t.width) for t in terms if t.history > 1]
        (history,) = {history for _, history, _ in self._blocks}
        width = sum(width for _, _, width in self._blocks)
        self.embed = nn.Sequential(nn.Linear(width, FRAME_WIDTH), nn.ELU())
        layers: list[nn.Module] = []
        for kernel, stride in KERNELS_AND_STRIDES:
            layers += [nn.Conv1d(FRAME_WIDTH, FRAME_WIDTH, kernel, stride), nn.ELU()]
            history = (history - kernel) // stride + 1
        self.over_time = nn.Sequential(*layers, nn.Flatten())
        self.last = nn.Linear(FRAME_WIDTH * history, code)

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the code, each number in (-1, 1)."""
        frames = [
            observation[..., where].unflatten(-1, (history, width))
            for where, history, width in self._blocks
        ]
        embedded = self.embed(torch.cat(frames, dim=-1)).transpose(-1, -2)
        return torch.tanh(self.last(self.over_time(embedded)))


class StudentActor(nn.Module):
    """The teacher's actor with the code that the student reads: one graph for the robot.

    Args:
        terms: terms of the observation, with their past.
        body: the teacher's hidden layers.
        head: the teacher's layer from these to the action.
        code: width of the code.
    """

    newest: torch.Tensor

    def __init__(
        self, terms: tuple[ObservationTerm, ...], body: ActorBody, head: nn.Linear, code: int
    ) -> None:
        super().__init__()
        layout = observation_layout(terms)
        ends = [(layout[term.name].stop, term.width) for term in terms]
        newest = torch.cat([torch.arange(stop - width, stop) for stop, width in ends])
        self.register_buffer("newest", newest)
        self.reader = HistoryEncoder(terms, code)
        self.body, self.head = body, head

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Return the action, (N, outputs), of an observation with a past, (N, size)."""
        return self.act(observation, self.reader(observation))

    def act(self, observation: torch.Tensor, code: torch.Tensor) -> torch.Tensor:
        """Return the action under a given code, (N, code)."""
        action: torch.Tensor = self.head(self.body.informed(observation[..., self.newest], code))
        return action
