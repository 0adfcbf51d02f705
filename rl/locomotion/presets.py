"""What ``canter train locomotion --policy`` chooses from: settings by name, each with a twin."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from canter.control.errors import CanterError
from canter.control.gait.action import StiffnessAction
from canter.control.robot import LEGS
from canter.rl.run_config import chosen, flag_value, started_from
from canter.rl.settings import (
    CalibrationSettings,
    LocomotionTraining,
    NetworkSettings,
    PolicyKind,
    PpoSettings,
    Size,
    StudentSettings,
)
from canter.sim.locomotion.locomotion_commands import LIMITS, WHOLE
from canter.sim.locomotion.reward_weights import GAIT_WEIGHTS
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.physics.ranges import ROUGH, DynamicsRanges

WIDE = DynamicsRanges(
    added_mass=(-1.0, 8.0),
    friction=(0.25, 1.25),
    strength=(0.7, 1.1),
    kp_factor=(0.7, 1.3),
    kd_factor=(0.7, 1.3),
    delay_steps=(0, 5),
    payload_reach=(0.15, 0.08, 0.05),
)
"""Bodies far from the nominal one: off-centre loads, weak motors, wrong gains, late commands."""

BY_LEG = StiffnessAction(legs=LEGS, kp_range=(30.0, 120.0), damping=0.2)
"""Stiffness by leg around the fixed 60 Nm/rad, with the damping of arXiv:2502.09436."""

LATENT = 8
"""Numbers that stand for the dynamics (arXiv:2107.04034)."""

SLEW: dict[str, float] = {
    "phase_fr": 0.5,
    "phase_rl": 0.5,
    "phase_rr": 0.5,
    "step_freq_hz": 2.0,
    "body_height": 0.25,
    "body_pitch": 0.7,
    "stance_width": 0.25,
    "swing_height": 0.25,
}
"""Fastest change of gait and posture, cycles, Hz, m, rad a second: between gaits in a second."""

WHOLE_COMMAND = LocomotionConfig(
    commands=WHOLE,
    randomisation=DynamicsRanges(friction=(0.3, 1.25), added_mass=(-1.0, 4.0), delay_steps=(0, 5)),
    rewards=GAIT_WEIGHTS,
    min_height=0.08,
    whole_command=True,
    push_speed=0.6,
    terrain=replace(ROUGH, shares=(0.25, 0.15, 0.15)),
    limits=LIMITS,
    slew=SLEW,
)
"""Every field of the GaitCommand."""

FINE_RATES = (5.0e-4, 1.0e-4)
"""First and last learning rate where a trained policy is the start."""

_TROT = LocomotionTraining()
_ROBUST = replace(
    _TROT,
    policy="robust",
    environment=LocomotionConfig(randomisation=WIDE, dynamics_shown=True),
)
PRESETS: dict[PolicyKind, LocomotionTraining] = {
    "trot": _TROT,
    "gait": replace(
        _TROT,
        policy="gait",
        network=NetworkSettings(widths=(256, 128, 64), mirrored=True),
        environment=WHOLE_COMMAND,
    ),
    "robust": _ROBUST,
    "stiffness": replace(
        _ROBUST,
        policy="stiffness",
        environment=replace(_ROBUST.environment, stiffness=BY_LEG),
    ),
    "rma": replace(_ROBUST, policy="rma", network=NetworkSettings(latent=LATENT)),
}
"""The shipped trot; the whole GaitCommand; the trot under wide randomisation; with stiffness by
leg; with a memory."""


def preset(kind: PolicyKind = "trot", size: Size = "full") -> LocomotionTraining:
    """Return the settings of a kind of policy; "debug" is its twin that trains two updates."""
    return PRESETS[kind] if size == "full" else _debug(PRESETS[kind])


def _debug(full: LocomotionTraining) -> LocomotionTraining:
    """Return the twin of settings that needs seconds."""
    envs, horizon, round_steps = 4, 24, 6
    return replace(
        full,
        preset="debug",
        envs=envs,
        steps=2 * envs * horizon,
        student_steps=2 * envs * round_steps,
        ppo=PpoSettings(horizon=horizon),
        network=replace(full.network, widths=(16, 16)),
        student=StudentSettings(round_steps=round_steps),
        calibration=CalibrationSettings(robots=16, settle_s=0.1, measure_s=1.0),
    )


def options_from(words: Sequence[str]) -> LocomotionTraining:
    """Return what the options of ``canter train locomotion`` start from; see `started_from`.

    A file that names only its policy and some settings has the others of that policy.

    Raises:
        CanterError: there is no such kind or preset, or a configuration cannot be read.
    """
    kind = chosen(words, "--policy", get_args(PolicyKind), "trot")
    size = chosen(words, "--preset", get_args(Size), "full")
    base = preset(kind, size)
    if flag_value(words, "--start") is not None:
        first, last = FINE_RATES
        rates = replace(base.ppo, learning_rate=first, final_learning_rate=last)
        base = replace(base, ppo=rates)
    found = started_from(base, words, base.out)
    if (found.policy, found.preset) != (kind, size):
        return started_from(preset(found.policy, found.preset), words, base.out)
    return found


def checked(settings: LocomotionTraining) -> LocomotionTraining:
    """Return settings whose structure is that of their kind of policy.

    Raises:
        CanterError: a setting that makes the kind what it is has another kind's value.
    """
    own, wanted = _structure(settings), _structure(PRESETS[settings.policy])
    for name, value in wanted.items():
        if own[name] != value:
            raise CanterError(
                f"policy '{settings.policy}' has {name} {value}, these settings have {own[name]}; "
                "leave it out, or pass another --policy"
            )
    refuse_sizes(settings)
    return settings


def refuse_sizes(settings: LocomotionTraining) -> None:
    """Refuse counts and rates that are not positive, and robots too few for the minibatches."""
    ppo = settings.ppo
    positive: dict[str, float] = {
        "envs": settings.envs,
        "steps": settings.steps,
        "network.widths": min(settings.network.widths, default=0),
        "ppo.horizon": ppo.horizon,
        "ppo.epochs": ppo.epochs,
        "ppo.minibatches": ppo.minibatches,
        "ppo.learning-rate": ppo.learning_rate,
        "student.round-steps": settings.student.round_steps,
        "student.minibatches": settings.student.minibatches,
        "calibration.robots": settings.calibration.robots,
    }
    for name, value in positive.items():
        if not value > 0:
            raise CanterError(f"{name} is {value}; it must be positive")
    if ppo.horizon * settings.envs < 2 * ppo.minibatches:
        raise CanterError(
            f"{ppo.minibatches} ppo.minibatches of {ppo.horizon * settings.envs} steps are smaller "
            "than two steps each; take fewer, or more envs"
        )


def _structure(settings: LocomotionTraining) -> dict[str, object]:
    """Return what kinds of policies differ in beyond numbers."""
    environment = settings.environment
    return {
        "whole-command": environment.whole_command,
        "dynamics-shown": environment.dynamics_shown,
        "history": environment.history,
        "stiffness": environment.stiffness is not None,
        "limits": environment.limits is not None,
        "network.latent": settings.network.latent > 0,
        "network.mirrored": settings.network.mirrored,
    }
