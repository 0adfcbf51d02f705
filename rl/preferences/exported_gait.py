"""An exported gait as a network again: its ONNX file holds all weights, so no checkpoint is needed.

What can be tuned is the last layer: the action is linear in it, so that the log-probability of a
Gaussian action is quadratic, and all that the network sees and computes stays as it was trained.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from canter.control.errors import CanterError
from canter.control.policy.compatibility import ACTION_OUTPUT, OBSERVATION_INPUT
from canter.control.policy.contract import PolicyContract
from canter.control.robot import RobotSpec
from canter.control.session import GOLDEN_TOLERANCE, OnnxSession
from canter.rl.locomotion.asymmetric_policy import ActorBody
from canter.rl.locomotion.command_calibration import FIELDS, CalibratedActor, Calibration
from canter.rl.locomotion.gait_prior import GaitPrior
from canter.rl.locomotion.mirror import Mirror, MirroredActor

KIND: Final = "gait"
"""Kind of policies that can be tuned: those for the whole GaitCommand."""
WIDTHS = "actor.actor.0.hidden.{}.bias"


class TunableGait(nn.Module):
    """A calibrated, mirrored actor whose last layer can be another for each robot.

    Args:
        contract: of the policy.
        robot: the robot.
        widths: hidden layers of the actor.
    """

    def __init__(self, contract: PolicyContract, robot: RobotSpec, widths: tuple[int, ...]) -> None:
        super().__init__()
        terms, outputs = contract.observation, len(contract.action_scale)
        size = sum(term.size for term in terms)
        body = ActorBody(size, widths, GaitPrior(robot))
        last = nn.Linear(widths[-1] + outputs, outputs)
        mirrored = MirroredActor(nn.Sequential(body, last), Mirror(terms, robot))
        same = Calibration((1.0,) * len(FIELDS), (0.0,) * len(FIELDS))
        self.whole = CalibratedActor(mirrored, terms, same)
        self.body, self.last, self.mirror, self.widths = body, last, mirrored.mirror, widths

    @property
    def layer(self) -> Tensor:
        """The last layer with its bias behind, (outputs, features)."""
        return torch.cat([self.last.weight, self.last.bias[:, None]], dim=-1)

    def put_layer(self, layer: Tensor) -> None:
        """Make this the last layer, (outputs, features)."""
        with torch.no_grad():
            self.last.weight.copy_(layer[:, :-1])
            self.last.bias.copy_(layer[:, -1])

    def forward(self, observation: Tensor) -> Tensor:
        """Return the action, (N, outputs), of an observation (N, size)."""
        action: Tensor = self.whole(observation)
        return action

    @torch.no_grad()
    def features(self, observation: Tensor) -> Tensor:
        """Return what the last layer sees here and in the mirror, (..., 2, features)."""
        told = self.whole.told(observation)
        both = torch.stack([told, self.mirror.observation(told)], dim=-2)
        inner: Tensor = self.body(both)
        return torch.cat([inner, torch.ones_like(inner[..., :1])], dim=-1)

    def act(self, features: Tensor, layer: Tensor) -> Tensor:
        """Return the action, (..., outputs), of features (..., 2, features) by a last layer.

        Args:
            features: of `features`.
            layer: one, (outputs, features), or one for each of N robots, (N, outputs, features).
        """
        here, there = (features @ layer.transpose(-1, -2)).unbind(-2)
        return 0.5 * (here + self.mirror.action(there))


@dataclass(frozen=True, slots=True)
class ExportedGait:
    """A gait policy that was read back.

    Attributes:
        network: the same function as the file's.
        contract: of the file.
        digest: sha256 of the file.
    """

    network: TunableGait
    contract: PolicyContract
    digest: str


def read_gait(path: Path, robot: RobotSpec) -> ExportedGait:
    """Return the network of an exported gait policy.

    Raises:
        ContractError: the file is broken, or is not for this robot.
        CanterError: it is of another kind, or of another structure than this version trains.
    """
    session = OnnxSession(path, robot=robot)
    contract = session.contract
    kind = contract.extra.get("kind", contract.kind)
    if kind != KIND or contract.origin is not None:
        raise CanterError(
            f"'{path}' is a policy of kind {kind}; preferences tune policies for the whole "
            "command: the shipped gait, or one of canter train locomotion --policy gait"
        )
    graph = onnx.load(path).graph.initializer
    weights = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph}
    network = _filled(weights, contract, robot, path)
    for golden in session.golden:
        with torch.no_grad():
            got = network(torch.from_numpy(golden.inputs[OBSERVATION_INPUT])).numpy()
        wanted = golden.outputs[ACTION_OUTPUT]
        if not np.allclose(got, wanted, GOLDEN_TOLERANCE, GOLDEN_TOLERANCE):
            raise _other_structure(path)
    return ExportedGait(network, contract, hashlib.sha256(path.read_bytes()).hexdigest())


def _filled(
    weights: dict[str, Tensor], contract: PolicyContract, robot: RobotSpec, path: Path
) -> TunableGait:
    """Return the network with the weights of a graph, by name."""
    biases = [weights.get(WIDTHS.format(2 * i)) for i in range(len(weights))]
    widths = tuple(len(bias) for bias in biases if bias is not None)
    if not widths:
        raise _other_structure(path)
    network = TunableGait(contract, robot, widths)
    state = network.whole.state_dict()
    known = {name: value for name, value in weights.items() if name in state}
    try:
        network.whole.load_state_dict(state | known)
    except RuntimeError as error:  # what torch raises for other shapes
        raise _other_structure(path) from error
    return network.requires_grad_(requires_grad=False).eval()


def _other_structure(path: Path) -> CanterError:
    return CanterError(
        f"the graph of '{path}' is not that of a gait which this version trains; train one: "
        "canter train locomotion --policy gait"
    )
