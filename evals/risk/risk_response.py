"""Does crouching before a likely fall help? Equal pushes on equal robots, with and without."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.locomotion import LocomotionPolicy
from canter.control.safety.fall_response import FallResponse
from canter.control.safety.posture_risk import PostureRisk
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, Array
from canter.evals.risk.risk_figures import bootstrap, poisson
from canter.evals.safety.safety_commands import ranges_of
from canter.evals.stats import mcnemar
from canter.sim.locomotion.locomotion_commands import sample_commands
from canter.sim.locomotion.risky_walks import CONFIGS, WARM_UP, Hardship, noisy
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST, BatchedSim
from canter.sim.physics.randomisation import draw, patched_models
from canter.sim.robots.equip import robot_model_spec

WALKS: tuple[Hardship, ...] = ("shoved", "normal")
"""Where falls are counted, and where its cost is."""
NEW_COMMAND_S = 4.0
"""Time after which a robot is told something else, s."""
TILT_RAD, LOW_M = 1.0, 0.13
"""A robot that leans further, or whose base is lower, has fallen."""
VELOCITY = tuple(GAIT_LAYOUT[name].start for name in ("vx", "vy"))
Float = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """What N robots are told and how they are pushed, before anything is simulated.

    Attributes:
        commands: in force at each step, (T, N, 12).
        pushes: velocity that each step adds, world frame, m/s, (T, N, 3).
    """

    commands: NDArray[np.float32]
    pushes: Float


@dataclass(frozen=True, slots=True)
class PostureTrace:
    """What N robots went through, each (N,).

    Attributes:
        fell: fell once; it is not stepped any more.
        walked_s: time until then, s.
        crouches: how often it was made to crouch.
        crouched_s: for how long, s.
        speed_error: mean error of the horizontal velocity while it walked, m/s.
    """

    fell: Flags
    walked_s: Float
    crouches: Float
    crouched_s: Float
    speed_error: Float


def plan(session: OnnxSession, walk: Hardship, robots: int, seconds: float, seed: int) -> Plan:
    """Draw commands and pushes as `LocomotionEnv` does, of the ranges in the policy's contract."""
    rng = np.random.default_rng([seed, 21])
    config, steps = CONFIGS[walk], round(seconds / CONTROL_PERIOD)
    ranges = ranges_of(session.contract)
    every = round(NEW_COMMAND_S / CONTROL_PERIOD)
    drawn = [sample_commands(ranges, robots, rng) for _ in range(-(-steps // every))]
    pushed = rng.random((steps, robots)) < CONTROL_PERIOD / config.push_every_s
    pushed[: 5 * WARM_UP] = False
    speed = pushed * config.push_speed * np.sqrt(rng.random((steps, robots)))
    angle = rng.uniform(-np.pi, np.pi, (steps, robots))
    pushes = np.stack([speed * np.cos(angle), speed * np.sin(angle), 0 * speed], axis=-1)
    return Plan(np.repeat(np.stack(drawn), every, axis=0)[:steps], pushes)


def course(
    session: OnnxSession, model: PostureRisk | None, walk: Hardship, told: Plan, seed: int
) -> PostureTrace:
    """Let robots walk through a plan; equal seeds give equal bodies and noise.

    Args:
        session: the locomotion policy.
        model: whose warnings are heeded; nothing is where None.
        walk: of which world their bodies are.
        told: commands and pushes.
        seed: of bodies and noise.
    """
    robots, robot = told.commands.shape[1], session.robot
    config, noise = CONFIGS[walk].randomisation, np.random.default_rng([seed, 22])
    dynamics = draw(
        config, robots, len(session.robot.joint_names), np.random.default_rng([seed, 24])
    )
    policy = LocomotionPolicy(session, robots)
    response = FallResponse(policy, model) if model is not None else None
    count = {name: np.zeros(robots) for name in ("steps", "crouches", "crouched", "error")}
    was = np.zeros(robots, bool)
    with BatchedSim(
        patched_models(robot_model_spec(robot).compile(), robot, dynamics),
        robot,
        threads=1,
        motor_delay=dynamics.delay_steps,
        strength=dynamics.strength,
    ) as sim:
        for step, (command, push) in enumerate(zip(told.commands, told.pushes, strict=True)):
            sim.qvel[:, ROOT_TWIST["lin_vel_w"]] += push
            # the clock of a fallen robot stands still
            state = replace(noisy(sim.measured(), noise), time=step * CONTROL_PERIOD)
            sim.step((response or policy).step(state, command))
            on = sim.active
            count["steps"] += on
            velocity = sim.truth().base_lin_vel_yaw()[:, :2]
            count["error"] += on * np.linalg.norm(velocity - command[:, VELOCITY], axis=-1)
            if response is not None:
                count["crouches"] += on & response.crouching & ~was
                count["crouched"] += on & response.crouching
                was = response.crouching
            sim.active = on & ~_fallen(sim)
            if not sim.active.any():
                break
        fell = ~sim.active
    return PostureTrace(
        fell,
        count["steps"] * CONTROL_PERIOD,
        count["crouches"],
        count["crouched"] * CONTROL_PERIOD,
        count["error"] / np.maximum(count["steps"], 1),
    )


def _fallen(sim: BatchedSim) -> Flags:
    tilted = sim.measured().projected_gravity()[:, -1] > -np.cos(TILT_RAD)
    return np.asarray(tilted | (sim.truth().base_pos_w[:, 2] < LOW_M))


def compare(before: PostureTrace, after: PostureTrace, seed: int) -> dict[str, Any]:
    """Return the figures of both, paired by robot, and what heeding changed."""
    rng = np.random.default_rng([seed, 23])
    saved, felled = before.fell & ~after.fell, ~before.fell & after.fell
    n, exposure = len(before.fell), float(after.walked_s.sum()) / 600
    both = np.flatnonzero(~before.fell & ~after.fell)
    out: dict[str, Any] = {
        "robots": n,
        "fell": {"none": int(before.fell.sum()), "crouch": int(after.fell.sum())},
        "saved": int(saved.sum()),
        "felled": int(felled.sum()),
        "mcnemar_p": mcnemar(int(saved.sum()), int(felled.sum())),
        "fell_change": _change(after.fell, before.fell, rng),
        "crouches_per_10_min": asdict(poisson(int(after.crouches.sum()), exposure)),
        "crouched_share": float(after.crouched_s.sum() / after.walked_s.sum()),
    }
    if len(both):
        out["speed_error"] = float(before.speed_error[both].mean())
        error = _change(after.speed_error[both], before.speed_error[both], rng)
        out["speed_error_change"] = error
    return out


def _change(
    after: Array | Flags, before: Array | Flags, rng: np.random.Generator
) -> Mapping[str, float]:
    change = np.asarray(after, float) - np.asarray(before, float)
    return asdict(bootstrap(partial(_mean, change), len(change), rng))


def _mean(values: Float, at: NDArray[np.intp]) -> float:
    return float(values[at].mean())


def response(
    session: OnnxSession,
    model: PostureRisk,
    walk: Hardship,
    size: tuple[int, float],
    seed: int,
) -> dict[str, Any]:
    """Return what heeding the warnings changes in one kind of walk of (robots, s)."""
    told = plan(session, walk, *size, seed)
    before = course(session, None, walk, told, seed)
    return compare(before, course(session, model, walk, told, seed), seed)
