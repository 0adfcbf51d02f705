"""The policy contract: what a policy assumes of robot, observation, action and time.

One JSON document inside the ONNX file, sealed together with golden vectors. Everything that could
be copied wrongly by hand between training and robot is written here once and compared by name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from canter.control.errors import ContractError
from canter.control.gait.action import StiffnessAction
from canter.control.gait.observation import ObservationTerm
from canter.control.policy.checksum import check_seal, seal
from canter.control.policy.golden import GoldenSample, decode_golden, encode_golden
from canter.control.policy.strict_json import decode, parse_object

SCHEMA = "canter.policy/1"
CONTRACT_KEY = "canter_contract"
GOLDEN_KEY = "canter_golden"
DIGEST_KEY = "canter_contract_sha256"
FIELD_DIGESTS_KEY = "canter_contract_field_digests"

KINDS: tuple[str, ...] = ("locomotion", "vla")
QUATERNION_ORDER = "wxyz"
NORMALISATION = "inside the graph"
GAINS_MEANING = "tau = kp (q* - q) - kd qd + tau_ff at the joint; kp in Nm/rad, kd in Nm s/rad"
NO_GAINS = "none; the policy commands no joints"


@dataclass(frozen=True, slots=True)
class PolicyOrigin:
    """Where a policy that another program trained comes from.

    Attributes:
        recipe: what its observation and action were read by.
        file: name of its file.
        sha256: digest of that file.
        joint_names: the joints in the order of its network; the graph's is the robot's.
    """

    recipe: str
    file: str
    sha256: str
    joint_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyContract:
    """What a policy assumes; `canter.control.policy.compatibility` compares it with the robot.

    Attributes:
        kind: "locomotion" (joint targets) or "vla" (gait commands).
        robot: name of the robot.
        joint_names: the twelve joints in the policy's order.
        default_q: zero of the joint observation and of the action, rad, (12,); the robot's own
            pose, but for a policy that another program trained.
        kp: stiffness of the impedance law, Nm/rad, (12,); empty for a policy without gains;
            for a policy that sets it, the stiffness at zero output.
        kd: damping of the impedance law, Nm s/rad, (12,); empty for a policy without gains.
        gains_meaning: the law that kp and kd belong to, `GAINS_MEANING` or `NO_GAINS`.
        action_scale: factor from each output to its unit, (12,), or (12 + legs,) with stiffness.
        action_clip: lowest and highest output before scaling.
        observation: the terms of the packed observation, in order.
        command_ranges: lowest and highest value of every GaitCommand field that was trained.
        control_period_s: time between two calls, s.
        quaternion_order: "wxyz".
        normalisation: where observations are normalised, "inside the graph".
        training_commit: commit of the code that trained it.
        training_seed: seed of the training run.
        extra: what only this kind of policy needs, any JSON.
        stiffness: how outputs set the gains; None, and left out of the JSON, for constant gains.
        origin: which program's it is; None, and left out of the JSON, for one of Canter's.
    """

    kind: str
    robot: str
    joint_names: tuple[str, ...]
    default_q: tuple[float, ...]
    kp: tuple[float, ...]
    kd: tuple[float, ...]
    gains_meaning: str
    action_scale: tuple[float, ...]
    action_clip: tuple[float, float]
    observation: tuple[ObservationTerm, ...]
    command_ranges: dict[str, tuple[float, float]]
    control_period_s: float
    quaternion_order: str
    normalisation: str
    training_commit: str
    training_seed: int
    extra: dict[str, Any]
    stiffness: StiffnessAction | None = None
    origin: PolicyOrigin | None = None

    def to_json(self) -> str:
        """Return the contract as JSON; raises ContractError for a field that JSON cannot hold."""
        document = {name: value for name, value in asdict(self).items() if value is not None}
        decode(type(self), document, "contract")
        try:
            return json.dumps({"schema": SCHEMA, **document}, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ContractError(f"contract.extra: not plain JSON ({error})") from error

    @classmethod
    def from_json(cls, text: str, where: str = "contract") -> Self:
        """Read the JSON of `to_json`.

        Args:
            text: the document.
            where: name of its origin for messages.

        Raises:
            ContractError: another schema, an unknown or missing field, a wrong type; by name.
        """
        document = parse_object(text, where)
        schema = document.pop("schema", None)
        if schema != SCHEMA:
            raise ContractError(
                f"{where}.schema: got {schema!r}, this version reads '{SCHEMA}'; export the policy "
                "again, or install the version of Canter that wrote it"
            )
        return decode(cls, document, where)


def metadata_for(contract: PolicyContract, golden: Sequence[GoldenSample]) -> dict[str, str]:
    """Return the entries an exporter writes into the ONNX ``metadata_props``.

    Args:
        contract: the contract.
        golden: a few calls of the exported graph, replayed whenever the policy is loaded.
    """
    document, vectors = contract.to_json(), encode_golden(golden)
    digest, field_digests = seal(document, vectors)
    return {
        CONTRACT_KEY: document,
        GOLDEN_KEY: vectors,
        DIGEST_KEY: digest,
        FIELD_DIGESTS_KEY: field_digests,
    }


def read_metadata(
    metadata: Mapping[str, str], source: str
) -> tuple[PolicyContract, tuple[GoldenSample, ...]]:
    """Return contract and golden vectors of an ONNX file's metadata.

    Args:
        metadata: the ``metadata_props`` by key.
        source: name of the file, for messages.

    Raises:
        ContractError: there is no contract, it is malformed, or it was changed after export; the
            message names the file and, where it can be told, the field.
    """
    keys = (CONTRACT_KEY, GOLDEN_KEY, DIGEST_KEY, FIELD_DIGESTS_KEY)
    missing = [key for key in keys if key not in metadata]
    if missing:
        raise ContractError(
            f"{source}: not a policy of Canter, its metadata lacks {', '.join(missing)}; "
            "export it with Canter, which writes contract and golden vectors into the file"
        )
    document, vectors, digest, field_digests = (metadata[key] for key in keys)
    contract = PolicyContract.from_json(document, f"{source}: contract")
    check_seal(document, vectors, digest, field_digests, source)
    try:
        return contract, decode_golden(vectors)
    except ContractError as error:
        raise ContractError(f"{source}: {error}") from error
