"""``canter eval locomotion``: tracking, standing, falls under pushes, and how the feet move.

Velocities are averaged over one gait cycle before they are compared with the command: within a
cycle the trunk of every trotting robot sways, and no command asks it not to.
"""

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.gait import gait_clock
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.robot import JOINT_NAMES, RobotSpec
from canter.control.session import OnnxSession
from canter.control.types import GAIT_LAYOUT
from canter.evals.locomotion.gait_suite import main_full
from canter.evals.locomotion.pushes import push
from canter.evals.options import EvalLocomotion
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import Rate, wilson
from canter.sim.locomotion.locomotion_commands import (
    CommandRanges,
    command_fields,
    default_commands,
    sample_commands,
)
from canter.sim.locomotion.reward_inputs import lowest_point
from canter.sim.physics.batched_sim import CONTACT_FORCE, CONTROL_PERIOD, BatchedSim
from canter.sim.physics.randomisation import DynamicsRanges, draw, patched_models
from canter.sim.robots.equip import robot_model_spec
from canter.sim.robots.registry import robot

Float = NDArray[np.floating]

SETTLE_S, MEASURE_S = 2.0, 6.0
GRID = {"vx": (-0.5, 0.0, 0.5, 1.0), "vy": (-0.4, 0.0, 0.4), "wz": (-1.0, 0.0, 1.0)}
HEIGHTS = (-0.08, 0.03)
FRICTION = (0.4, 1.2)
PUSH_EVERY_S, COMMAND_EVERY_S = 4.0, 5.0
MAX_TILT, MIN_HEIGHT = 1.0, 0.13


@dataclass(frozen=True, slots=True)
class Tracking:
    """Errors over the command grid, means over commands and time.

    Attributes:
        planar: error of the cycle-averaged planar velocity, m/s.
        yaw: error of the cycle-averaged yaw rate, rad/s.
        planar_worst: largest mean error of one command, m/s.
        yaw_worst: largest mean error of one command, rad/s.
        planar_unaveraged: planar error before averaging over a cycle, m/s.
        height: error of the body height, m.
        drift: speed at zero command, from the displacement, m/s.
        commands: how many commands.
    """

    planar: float
    yaw: float
    planar_worst: float
    yaw_worst: float
    planar_unaveraged: float
    height: float
    drift: float
    commands: int


@dataclass(frozen=True, slots=True)
class Style:
    """How the robot moves while it walks.

    Attributes:
        swing_height: mean over swings of the largest foot clearance, m.
        slip: mean planar speed of feet that carry load, m/s.
        schedule: fraction of feet whose contact is what the gait clock asks for.
        torque_rms: root mean square over joints and time, Nm.
        power: mean positive mechanical power, W.
    """

    swing_height: float
    slip: float
    schedule: float
    torque_rms: float
    power: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """Falls under pushes, on random friction and mass.

    Attributes:
        robots: how many robots.
        seconds: simulated time of each, s.
        falls: how many fell.
        fall_rate: falls over robots, with its interval.
    """

    robots: int
    seconds: float
    falls: int
    fall_rate: Rate


def grid_commands() -> NDArray[np.float32]:
    """Return the command grid and the body heights, (K, 12); the first command is to stand."""
    velocities = [dict(zip(GRID, v, strict=True)) for v in itertools.product(*GRID.values())]
    rows = [{}, *velocities, *({"vx": 0.5, "body_height": h} for h in HEIGHTS)]
    commands = default_commands(len(rows))
    for command, row in zip(commands, rows, strict=True):
        for name, value in row.items():
            command[GAIT_LAYOUT[name]] = value
    return commands


@dataclass(frozen=True, slots=True)
class Record:
    """Time series of K robots over T control steps, arrays (T, K, ...)."""

    velocity: Float
    yaw_rate: Float
    height: Float
    position: Float
    foot_height: Float
    foot_speed: Float
    foot_force: Float
    stance: NDArray[np.bool_]
    tau: Float
    qd: Float


def record(session: OnnxSession, commands: Float) -> Record:
    """Drive one robot under each command, (K, 12), and return its motion after settling."""
    count = len(commands)
    policy = LocomotionPolicy(session, count)
    fields = command_fields(commands)
    moving = gait_clock.is_moving(fields["vx"], fields["vy"], fields["wz"])
    offsets = gait_clock.gait_offsets(fields)
    rows: list[dict[str, NDArray[Any]]] = []
    robot = session.robot
    with BatchedSim([robot_model_spec(robot).compile()] * count, robot) as sim:
        for step in range(round((SETTLE_S + MEASURE_S) / CONTROL_PERIOD)):
            sim.step(policy.step(sim.measured(), commands))
            if step * CONTROL_PERIOD < SETTLE_S:
                continue
            truth, state = sim.truth(), sim.measured()
            feet = gait_clock.foot_phases(policy.phase, offsets)
            rows.append(
                {
                    "velocity": truth.base_lin_vel_yaw()[:, :2],
                    "yaw_rate": state.gyro[:, -1],
                    "height": truth.base_pos_w[:, -1],
                    "position": truth.base_pos_w[:, :2],
                    "foot_height": lowest_point(truth.foot_pos_w, robot),
                    "foot_speed": np.linalg.norm(truth.foot_vel_w[..., :2], axis=-1),
                    "foot_force": truth.foot_force,
                    "stance": gait_clock.desired_stance(feet, moving),
                    "tau": state.tau,
                    "qd": state.qd,
                }
            )
    return Record(**{name: np.stack([row[name] for row in rows]) for name in rows[0]})


def cycle_average(series: Float, cycle: int) -> Float:
    """Return the moving average over ``cycle`` steps of a series (T, ...)."""
    total = np.cumsum(np.concatenate([np.zeros_like(series[:1]), series]), axis=0)
    return np.asarray((total[cycle:] - total[:-cycle]) / cycle)


def tracking(rec: Record, commands: Float, robot: RobotSpec) -> Tracking:
    """Return the errors against the commands, (K, 12)."""
    f = command_fields(commands)
    cycle = round(1 / float(f["step_freq_hz"][0]) / CONTROL_PERIOD)
    wanted = np.stack([f["vx"], f["vy"]], axis=-1)
    planar = np.linalg.norm(cycle_average(rec.velocity, cycle) - wanted, axis=-1).mean(0)
    yaw = np.abs(cycle_average(rec.yaw_rate, cycle) - f["wz"]).mean(0)
    standing = ~gait_clock.is_moving(f["vx"], f["vy"], f["wz"])
    moved = np.linalg.norm(rec.position[-1] - rec.position[0], axis=-1)[standing]
    height = np.abs(cycle_average(rec.height, cycle) - robot.standing_height - f["body_height"])
    return Tracking(
        planar=float(planar.mean()),
        yaw=float(yaw.mean()),
        planar_worst=float(planar.max()),
        yaw_worst=float(yaw.max()),
        planar_unaveraged=float(np.linalg.norm(rec.velocity - wanted, axis=-1).mean()),
        height=float(height.mean()),
        drift=float(moved.max() / MEASURE_S),
        commands=len(commands),
    )


def style(rec: Record, commands: Float) -> Style:
    """Return how the feet and joints move under the commands that ask for motion."""
    f = command_fields(commands)
    moving = gait_clock.is_moving(f["vx"], f["vy"], f["wz"])
    cycle = round(1 / float(f["step_freq_hz"][0]) / CONTROL_PERIOD)
    heights = rec.foot_height[:, moving]
    cycles = len(heights) // cycle
    peaks = heights[: cycles * cycle].reshape(cycles, cycle, *heights.shape[1:]).max(axis=1)
    loaded = rec.foot_force[:, moving] > CONTACT_FORCE
    tau, qd = rec.tau[:, moving], rec.qd[:, moving]
    return Style(
        swing_height=float(peaks.mean()),
        slip=float(rec.foot_speed[:, moving][loaded].mean()),
        schedule=float((loaded == rec.stance[:, moving]).mean()),
        torque_rms=float(np.sqrt(np.square(tau).mean())),
        power=float(np.maximum(tau * qd, 0.0).sum(axis=-1).mean()),
    )


def robustness(session: OnnxSession, robots: int, seconds: float, seed: int) -> Robustness:
    """Count falls while random commands, pushes, friction and masses disturb the robots."""
    rng = np.random.default_rng(seed)
    dynamics = draw(DynamicsRanges(friction=FRICTION), robots, len(JOINT_NAMES), rng)
    robot = session.robot
    models = patched_models(robot_model_spec(robot).compile(), robot, dynamics)
    policy = LocomotionPolicy(session, robots)
    commands = sample_commands(CommandRanges(), robots, rng)
    fallen = np.zeros(robots, bool)
    with BatchedSim(
        models, robot, motor_delay=dynamics.delay_steps, strength=dynamics.strength
    ) as sim:
        for _ in track(range(round(seconds / CONTROL_PERIOD)), "pushes", transient=True):
            state = sim.measured()
            sim.step(policy.step(state, commands))
            fallen |= state.projected_gravity()[:, -1] > -np.cos(MAX_TILT)
            fallen |= sim.truth().base_pos_w[:, -1] < MIN_HEIGHT
            push(sim, PUSH_EVERY_S, rng)
            again = rng.random(robots) < CONTROL_PERIOD / COMMAND_EVERY_S
            commands[again] = sample_commands(CommandRanges(), int(again.sum()), rng)
    falls = int(fallen.sum())
    return Robustness(robots, seconds, falls, wilson(falls, robots))


UNITS: dict[str, str] = {
    "planar": "m/s",
    "yaw": "rad/s",
    "planar_worst": "m/s",
    "yaw_worst": "rad/s",
    "planar_unaveraged": "m/s",
    "height": "m",
    "drift": "m/s",
    "swing_height": "m",
    "slip": "m/s",
    "torque_rms": "Nm",
    "power": "W",
    "seconds": "s",
}
"""Unit of each figure that has one."""


def _table(parts: Mapping[str, Tracking | Style | Robustness]) -> Table:
    """Return all figures with their units."""
    table = Table("section", "figure", "value", "unit")
    for section, part in parts.items():
        for field in fields(part):
            value = getattr(part, field.name)
            shown = f"{value:.3f}" if isinstance(value, float) else str(value)
            table.add_row(section, field.name, shown, UNITS.get(field.name, ""))
    return table


def main(options: EvalLocomotion) -> int:
    """Run the suite, print a table and write JSON where asked."""
    check_writable(options.json)
    if options.full:
        return main_full(options)
    spec = robot(options.robot)
    session = OnnxSession(options.policy or shipped_policy(spec.name, "trot"), robot=spec)
    commands = grid_commands()
    rec = record(session, commands)
    parts: dict[str, Tracking | Style | Robustness] = {
        "tracking": tracking(rec, commands, session.robot),
        "style": style(rec, commands),
        "robustness": robustness(session, options.robots, options.seconds, options.seed),
    }
    Console().print(_table(parts))
    sections = {name: asdict(part) for name, part in parts.items()}
    asked = {name: asdict(options)[name] for name in ("policy", "robots", "seconds", "seed")}
    command = command_line("eval locomotion", asked)
    write_json(options.json, document("locomotion", command, seed=options.seed, **sections))
    return 0
