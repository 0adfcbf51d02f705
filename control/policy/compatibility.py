"""Comparison of a policy contract with the facts: robot, graph, command ranges, observation."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from canter.control.gait.action import legs_of
from canter.control.gait.observation import (
    ObservationTerm,
    known_terms,
    observation_layout,
)
from canter.control.policy.contract import (
    GAINS_MEANING,
    KINDS,
    NO_GAINS,
    NORMALISATION,
    QUATERNION_ORDER,
    PolicyContract,
)
from canter.control.policy.contract_check import Check
from canter.control.robot import RobotSpec
from canter.control.types import GAIT_RANGES

PERIODS_S: dict[str, tuple[float, float]] = {"locomotion": (0.02, 0.02), "vla": (0.1, 0.2)}
"""Shortest and longest control period of each kind of policy."""
ACTIONS = len(GAIT_RANGES)
"""Outputs of either kind: twelve joints or the twelve fields of a GaitCommand."""
LONGEST_HISTORY = 100
"""Most frames of an observation term that are kept."""
POSE_TOLERANCE = 1e-6
TOLERANCE = 1e-9
OBSERVATION_INPUT = "obs"
ACTION_OUTPUT = "action"

Shapes = Mapping[str, Sequence[int | str | None]]


def check_matches(contract: PolicyContract, robot: RobotSpec, source: str = "contract") -> None:
    """Compare a contract with the robot and with what this runtime can do.

    Args:
        contract: the policy's contract.
        robot: the robot it is about to move.
        source: name of the file, for messages.

    Raises:
        ContractError: something differs; the message names file, field and both values.
    """
    check = Check(source)
    check.choice("kind", contract.kind, KINDS)
    check.equal("robot", contract.robot, robot.name)
    check.equal("joint_names", contract.joint_names, robot.joint_names)
    check.equal("quaternion_order", contract.quaternion_order, QUATERNION_ORDER)
    check.equal("normalisation", contract.normalisation, NORMALISATION)
    _check_pose(check, contract, robot)
    _check_gains(check, contract)
    _check_stiffness(check, contract, robot)
    _check_action(check, contract)
    _check_ranges(check, contract)
    _check_observation(check, contract)
    shortest, longest = PERIODS_S[contract.kind]
    period = contract.control_period_s
    check.that(
        shortest - TOLERANCE <= period <= longest + TOLERANCE,
        "control_period_s",
        f"{period} s; a {contract.kind} policy runs every {shortest} to {longest} s",
    )
    check.that(bool(contract.training_commit.strip()), "training_commit", "empty")
    check.that(contract.training_seed >= 0, "training_seed", f"{contract.training_seed} < 0")


def check_graph(contract: PolicyContract, inputs: Shapes, outputs: Shapes, source: str) -> None:
    """Compare a locomotion contract with the shapes of its graph; others are their runtime's.

    Args:
        contract: the policy's contract.
        inputs: shape of each graph input, numbers where they are fixed.
        outputs: shape of each graph output.
        source: name of the file, for messages.

    Raises:
        ContractError: a name or width differs.
    """
    if contract.kind != "locomotion":
        return
    check = Check(source)
    width = observation_layout(contract.observation).size
    check.equal("observation (graph inputs)", tuple(inputs), (OBSERVATION_INPUT,))
    shape = inputs[OBSERVATION_INPUT]
    check.that(
        tuple(shape[1:]) == (width,),
        "observation",
        f"its terms are {width} wide, the graph's input has shape {list(shape)}",
    )
    check.that(ACTION_OUTPUT in outputs, "action_scale", f"the graph has no '{ACTION_OUTPUT}'")
    shape = outputs[ACTION_OUTPUT]
    check.that(
        tuple(shape[1:]) == (len(contract.action_scale),),
        "action_scale",
        f"{len(contract.action_scale)} values, the graph's output has shape {list(shape)}",
    )


def _check_pose(check: Check, contract: PolicyContract, robot: RobotSpec) -> None:
    check.size("default_q", contract.default_q, len(robot.joint_names))
    if contract.origin is not None:
        _check_own_pose(check, contract, robot)
        return
    error = np.abs(np.array(contract.default_q) - robot.default_q)
    worst = int(error.argmax())
    check.that(
        bool((error <= POSE_TOLERANCE).all()),
        "default_q",
        f"{robot.joint_names[worst]} is {contract.default_q[worst]} rad, "
        f"the robot's default is {robot.default_q[worst]} rad",
    )


def _check_own_pose(check: Check, contract: PolicyContract, robot: RobotSpec) -> None:
    """Refuse a pose of another program's that the robot cannot take."""
    pose = np.array(contract.default_q)
    fits = (robot.q_min <= pose) & (pose <= robot.q_max)
    worst = int(fits.argmin())
    check.that(
        bool(fits.all()),
        "default_q",
        f"{robot.joint_names[worst]} is {contract.default_q[worst]} rad, "
        f"the robot's limits are {robot.q_min[worst]} to {robot.q_max[worst]} rad",
    )


def _check_gains(check: Check, contract: PolicyContract) -> None:
    has_gains = contract.kind == "locomotion" or bool(contract.kp or contract.kd)
    check.equal("gains_meaning", contract.gains_meaning, GAINS_MEANING if has_gains else NO_GAINS)
    for field, gains in (("kp", contract.kp), ("kd", contract.kd)):
        check.size(field, gains, len(contract.joint_names) if has_gains else 0)
        positive = all(math.isfinite(gain) and gain >= 0 for gain in gains)
        check.that(positive, field, f"gains are finite and not negative, got {gains}")


def _check_stiffness(check: Check, contract: PolicyContract, robot: RobotSpec) -> None:
    stiffness = contract.stiffness
    if stiffness is None:
        return
    check.equal("kind", contract.kind, "locomotion")
    check.equal("stiffness.legs", stiffness.legs, legs_of(robot))
    low, high = stiffness.kp_range
    check.interval("stiffness.kp_range", stiffness.kp_range)
    inside = 0 < low <= min(contract.kp) and max(contract.kp) <= high
    check.that(inside, "stiffness.kp_range", f"[{low}, {high}] must be positive and hold the kp")
    usable = math.isfinite(stiffness.damping) and stiffness.damping > 0
    check.that(usable, "stiffness.damping", f"{stiffness.damping} is not positive")


def _outputs(contract: PolicyContract) -> int:
    """Return how many outputs the policy has."""
    return ACTIONS + (len(contract.stiffness.legs) if contract.stiffness else 0)


def _check_action(check: Check, contract: PolicyContract) -> None:
    check.size("action_scale", contract.action_scale, _outputs(contract))
    usable = all(math.isfinite(scale) and scale > 0 for scale in contract.action_scale)
    check.that(usable, "action_scale", f"scales are positive, got {contract.action_scale}")
    check.interval("action_clip", contract.action_clip)


def _check_ranges(check: Check, contract: PolicyContract) -> None:
    given = contract.command_ranges
    for field in {**given, **GAIT_RANGES}:
        name = f"command_ranges.{field}"
        check.that(field in GAIT_RANGES, name, f"GaitCommand has {', '.join(GAIT_RANGES)}")
        check.that(field in given, name, "missing; every GaitCommand field states its range")
        check.interval(name, given[field])
        (low, high), (lowest, highest) = given[field], GAIT_RANGES[field]
        inside = lowest - TOLERANCE <= low and high <= highest + TOLERANCE
        check.that(inside, name, f"[{low}, {high}] is not inside [{lowest}, {highest}]")


def _check_observation(check: Check, contract: PolicyContract) -> None:
    terms = contract.observation
    names = [term.name for term in terms]
    check.that(len(set(names)) == len(names), "observation", f"repeated term among {names}")
    check.that(bool(terms) or contract.kind != "locomotion", "observation", "no terms")
    for term in terms:
        where = f"observation.{term.name}"
        check.that(term.width >= 1, f"{where}.width", f"{term.width} < 1")
        check.that(term.history >= 1, f"{where}.history", f"{term.history} < 1")
        check.that(term.delay_s >= 0, f"{where}.delay_s", f"{term.delay_s} < 0")
        scaled = math.isfinite(term.scale) and term.scale != 0
        check.that(scaled, f"{where}.scale", f"{term.scale} is no scale")
        check.interval(f"{where}.clip", term.clip)
        if contract.kind == "locomotion":
            _check_locomotion_term(check, where, term, _outputs(contract))


def _check_locomotion_term(check: Check, where: str, term: ObservationTerm, outputs: int) -> None:
    known = known_terms(outputs)
    check.that(term.name in known, where, f"unknown term; known are {', '.join(known)}")
    longest = f"{term.history} frames; at most {LONGEST_HISTORY} are kept"
    check.that(term.history <= LONGEST_HISTORY, f"{where}.history", longest)
    for field in ("width", "frame", "unit"):
        check.equal(f"{where}.{field}", getattr(term, field), getattr(known[term.name], field))
