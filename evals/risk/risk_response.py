"""Does heeding the posture risk help? The same pushes on the same robots, with and without."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.impedance import damping_command
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import RobotSpec
from canter.control.safety.posture_risk import History, PostureRisk, frame
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT, JointCommand
from canter.evals.risk.risk_figures import bootstrap
from canter.sim.locomotion.locomotion_commands import CommandRanges, sample_commands
from canter.sim.locomotion.risky_walks import CONFIGS, noisy
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_TWIST, BatchedSim
from canter.sim.physics.randomisation import draw, patched_models
from canter.sim.robots.equip import robot_model_spec

PUSH_S, SECONDS = 1.5, 3.5
PUSHES = (1.0, 2.6)
"""Speeds that the one push of each robot adds, m/s."""
TILT_RAD = 1.0
Response = Literal["none", "rest", "damp"]
RESPONSES: tuple[Response, ...] = ("none", "rest", "damp")
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PostureTrace:
    """What N robots went through after their push, each (N,).

    Attributes:
        fell: leaned over the limit.
        warned: the model warned.
        torque: largest joint torque, Nm.
        speed: largest joint speed, rad/s.
        impact: largest specific force at the trunk, m/s^2.
    """

    fell: Float
    warned: Float
    torque: Float
    speed: Float
    impact: Float


def course(
    session: OnnxSession, model: PostureRisk, response: Response, robots: int, seed: int
) -> PostureTrace:
    """Push every robot once and return what it went through; equal seeds give equal pushes."""
    rng = np.random.default_rng([seed, 21])
    dynamics = draw(CONFIGS["harsh"].randomisation, robots, len(session.robot.joint_names), rng)
    commands = sample_commands(CommandRanges(), robots, rng)
    angle, speed = rng.uniform(-np.pi, np.pi, robots), rng.uniform(*PUSHES, robots)
    push = speed[:, None] * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=-1)
    noise = np.random.default_rng([seed, 22])
    policy, history = LocomotionPolicy(session, robots), History(robots)
    worst = {name: np.zeros(robots) for name in ("fell", "warned", "torque", "speed", "impact")}
    over = np.zeros(robots, bool)
    robot = session.robot
    models = patched_models(robot_model_spec(robot).compile(), robot, dynamics)
    delay, strength = dynamics.delay_steps, dynamics.strength
    with BatchedSim(models, robot, threads=1, motor_delay=delay, strength=strength) as sim:
        accel = sim.sensors["accel"]
        for step in range(round(SECONDS / CONTROL_PERIOD)):
            if step == round(PUSH_S / CONTROL_PERIOD):
                sim.qvel[:, ROOT_TWIST["lin_vel_w"]] += push
            state = noisy(sim.measured(), noise)
            risk = model.probability(history.push(frame(state, robot)))
            pushed = step >= round(PUSH_S / CONTROL_PERIOD)
            over, before = risk > model.contract.alarm, over
            worst["warned"] += pushed & over & before & (worst["warned"] == 0)
            warned = worst["warned"] > 0
            given = commands.copy()
            if response == "rest":
                for name in VELOCITY_FIELDS:
                    given[warned, GAIT_LAYOUT[name]] = 0.0
            command = policy.step(state, given)
            sim.step(_damped(command, warned, robot) if response == "damp" else command)
            if pushed:
                force = np.linalg.norm(sim.extra_sensor(accel.start, 3), axis=-1).max(axis=1)
                now = sim.measured()
                tilted = now.projected_gravity()[:, -1] > -np.cos(TILT_RAD)
                found = {
                    "fell": tilted.astype(float),
                    "torque": np.abs(now.tau).max(axis=1),
                    "speed": np.abs(now.qd).max(axis=1),
                    "impact": force,
                }
                for name, values in found.items():
                    np.maximum(worst[name], values, out=worst[name])
    return PostureTrace(**worst)


def _damped(command: JointCommand, which: NDArray[np.bool_], robot: RobotSpec) -> JointCommand:
    """Return damping for the chosen robots, the command for the others."""
    damping = damping_command(robot, command.valid_until, (len(which),))
    chosen = which[:, None]
    return JointCommand(
        np.where(chosen, damping.q_target, command.q_target),
        np.where(chosen, damping.kp, command.kp),
        np.where(chosen, damping.kd, command.kd),
        np.where(chosen, damping.tau_ff, command.tau_ff),
        command.valid_until,
    )


def responses(
    session: OnnxSession, model: PostureRisk, robots: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Return the figures of each response and its differences against none, over warned robots."""
    courses = {name: course(session, model, name, robots, seed) for name in RESPONSES}
    base = courses["none"]
    warned = np.flatnonzero(base.warned > 0)
    rng = np.random.default_rng([seed, 23])
    out: dict[str, dict[str, Any]] = {"robots": {"pushed": robots, "warned": len(warned)}}
    for name, one in courses.items():
        out[name] = {}
        for figure in ("fell", "torque", "speed", "impact"):
            values, before = getattr(one, figure)[warned], getattr(base, figure)[warned]
            out[name][figure] = float(values.mean()) if len(warned) else None
            if name != "none" and len(warned):
                change = bootstrap(partial(_mean, values - before), len(warned), rng)
                out[name][f"{figure}_change"] = asdict(change)
    return out


def _mean(values: Float, at: NDArray[np.intp]) -> float:
    return float(values[at].mean())
