"""Ways to arrange policy and adapter, by name; "fixed" is the policy with its constant gains."""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.adaptation.impedance import AdaptiveImpedance
from canter.control.adaptation.laws import FootingLaw, GainLaw
from canter.control.dynamics.correction import DynamicsCorrection, load_correction
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import Array, GaitCommand, JointCommand, RobotState


class Locomotion(Protocol):
    """Whatever turns gait commands into joint commands, for N robots at once."""

    def step(self, state: RobotState, command: GaitCommand | Array) -> JointCommand:
        """Return the joint command of one control period; command is one or (N, 12)."""

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Return the masked robots, (N,), or all, to rest."""


FIXED = "fixed"
"""The preset that adapts nothing."""
TROT, STIFFNESS, RMA = "trot", "stiffness", "rma"


@dataclass(frozen=True, slots=True)
class ControllerPreset:
    """One way to control the joints.

    Attributes:
        summary: what it does, one line.
        policy: kind of the shipped locomotion policy.
        adapter: makes the adapter for a robot and a count; None where nothing adapts.
    """

    summary: str
    policy: str = TROT
    adapter: Callable[[RobotSpec, int], GainAdapter] | None = None


def _torque(spec: RobotSpec, robots: int) -> GainAdapter:
    return AdaptiveImpedance(spec, robots)


def _gains(spec: RobotSpec, robots: int) -> GainAdapter:
    return AdaptiveImpedance(spec, robots, torque=False, gains=GainLaw())


def _torque_and_gains(spec: RobotSpec, robots: int) -> GainAdapter:
    return AdaptiveImpedance(spec, robots, gains=GainLaw())


def _gains_and_footing(spec: RobotSpec, robots: int) -> GainAdapter:
    return AdaptiveImpedance(spec, robots, torque=False, gains=GainLaw(), footing=FootingLaw())


CONTROLLER_PRESETS: dict[str, ControllerPreset] = {
    FIXED: ControllerPreset("the shipped policy with its constant gains"),
    "torque": ControllerPreset(
        "the shipped policy, feed-forward torque carries what is beyond nominal", adapter=_torque
    ),
    "gains": ControllerPreset(
        "the shipped policy, each leg's gains follow what it carries", adapter=_gains
    ),
    "torque+gains": ControllerPreset(
        "the shipped policy with both of these laws", adapter=_torque_and_gains
    ),
    "gains+footing": ControllerPreset(
        "the shipped policy, gains follow what each leg carries and feet where the load lies",
        adapter=_gains_and_footing,
    ),
    "gravity": ControllerPreset(
        "the shipped policy, joint targets corrected by the legs' gravity and the load's weight",
        adapter=DynamicsCorrection,
    ),
    "load": ControllerPreset(
        "the shipped policy, joint targets corrected by the load's weight alone",
        adapter=load_correction,
    ),
    "stiffness": ControllerPreset("a policy that sets each leg's stiffness", STIFFNESS),
    "stiffness+gains+footing": ControllerPreset(
        "a policy that sets each leg's stiffness, with the laws of gains+footing",
        STIFFNESS,
        _gains_and_footing,
    ),
    "rma": ControllerPreset("a policy that reads the dynamics from its last second", RMA),
    "rma+gains+footing": ControllerPreset(
        "a policy that reads the dynamics, with the laws of gains+footing",
        RMA,
        _gains_and_footing,
    ),
}
"""Every controller by name."""

WALKERS: dict[str, str] = {
    "mpc": "canter.control.mpc.choices:mpc",
    "mpc+load": "canter.control.mpc.choices:mpc_load",
    "rl+mpc": "canter.control.mpc.choices:rl_over_mpc",
}
"""What walks otherwise than by a policy alone: "module:function" from robot and count.

They need the extra [mpc], so they are loaded when they are used; nothing adapts them.
"""


def controller_preset(name: str) -> ControllerPreset:
    """Return the controller of this name; raises CanterError with the choices otherwise."""
    if name not in CONTROLLER_PRESETS:
        near = difflib.get_close_matches(name, CONTROLLER_PRESETS)
        hint = f"did you mean '{near[0]}'?" if near else f"choices: {', '.join(CONTROLLER_PRESETS)}"
        raise CanterError(f"no controller '{name}'; {hint}")
    return CONTROLLER_PRESETS[name]


def check_keeps_policy(name: str) -> None:
    """Refuse a controller that does not adapt the joint commands of whatever policy walks.

    Raises:
        CanterError: there is no such controller, or it walks in place of that policy.
    """
    if name not in WALKERS and controller_preset(name).policy == TROT:
        return
    kept = [other for other, preset in CONTROLLER_PRESETS.items() if preset.policy == TROT]
    raise CanterError(
        f"controller '{name}' walks by itself, and not by the policy for the whole GaitCommand "
        "that a model is made for; choose one that adapts what any policy asks for: "
        f"{', '.join(kept)}"
    )


def make_adapter(name: str, spec: RobotSpec, robots: int = 1) -> GainAdapter | None:
    """Return the adapter of a controller for N robots, None where nothing adapts.

    Raises:
        CanterError: there is no such controller.
    """
    make = None if name in WALKERS else controller_preset(name).adapter
    return None if make is None else make(spec, robots)


def make_locomotion(name: str, spec: RobotSpec, robots: int = 1) -> Locomotion:
    """Return what walks N robots: the policy of a controller, or one of `WALKERS`.

    Raises:
        CanterError: there is no such choice, or no policy of that kind for the robot.
        ModuleNotFoundError: it needs an extra that is not installed.
    """
    if name not in WALKERS:
        policy = shipped_policy(spec.name, controller_preset(name).policy)
        return LocomotionPolicy(OnnxSession(policy, robot=spec), robots, spec)
    module, _, function = WALKERS[name].partition(":")
    made: Locomotion = getattr(import_module(module), function)(spec, robots)
    return made
