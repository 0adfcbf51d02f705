"""``canter eval locomotion --full``: every dimension of the GaitCommand, gaits, rough ground.

Velocity, height and pitch are averaged over one gait cycle before they are compared with the
command: within a cycle every trunk sways, and no command asks it not to.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from canter.control.gait.gait_clock import GAITS, is_moving
from canter.control.gait.gait_slew import PHASES
from canter.control.locomotion import LocomotionPolicy, shipped_policy
from canter.control.robot import JOINT_NAMES, RobotSpec
from canter.control.session import OnnxSession
from canter.evals.locomotion.gait_record import (
    MAX_TILT,
    MIN_HEIGHT,
    GaitRecord,
    average,
    footsteps,
    record,
    step_frequency,
    swing_peaks,
)
from canter.evals.locomotion.pushes import push
from canter.evals.options import EvalLocomotion
from canter.evals.report import command_line, document, write_json
from canter.evals.risk.risk_figures import Interval, bootstrap
from canter.evals.stats import Rate, wilson
from canter.sim.locomotion.locomotion_commands import (
    WHOLE,
    clear_steps,
    command_fields,
    sample_commands,
)
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_POSE, BatchedSim
from canter.sim.physics.randomisation import DynamicsRanges, draw
from canter.sim.physics.ranges import ROUGH
from canter.sim.physics.terrain import draw_terrain, terrain_models
from canter.sim.robots.registry import robot

Float = NDArray[np.floating]

COMMANDS_PER_GAIT = 100
BARS: dict[str, float] = {
    "velocity_m_s": 0.12,
    "yaw_rate_rad_s": float("nan"),
    "height_m": 0.02,
    "pitch_deg": 4.0,
    "frequency_share": 0.05,
    "swing_height_m": 0.02,
    "stance_width_m": float("nan"),
}
"""Largest mean error that is good enough; NaN where nothing was asked."""
FRICTION = (0.3, 1.2)
PUSH_EVERY_S, COMMAND_EVERY_S = 4.0, 5.0


def commands_of(gait: str, seed: int) -> NDArray[np.float32]:
    """Return random commands of one gait over all ranges, all of them to move, (K, 12)."""
    rng = np.random.default_rng([seed, *map(ord, gait)])
    drawn = sample_commands(WHOLE, 24 * COMMANDS_PER_GAIT, rng)
    f = command_fields(drawn)
    phases = np.stack([f[name] for name in PHASES], axis=-1)
    chosen = np.isclose(phases, GAITS[gait]).all(axis=-1) & is_moving(f["vx"], f["vy"], f["wz"])
    return drawn[chosen][:COMMANDS_PER_GAIT]


def errors(rec: GaitRecord, commands: Float, robot: RobotSpec) -> dict[str, Float]:
    """Return the error of each dimension under each command, (K,), by the names of BARS."""
    f = command_fields(commands)
    found: dict[str, list[float]] = {name: [] for name in BARS}
    for k, frequency in enumerate(f["step_freq_hz"]):
        cycle = 1 / (float(frequency) * CONTROL_PERIOD)
        wanted = np.array([f["vx"][k], f["vy"][k]])
        planar = np.linalg.norm(average(rec.velocity[:, k], cycle) - wanted, axis=-1)
        height = average(rec.height[:, k], cycle) - robot.standing_height - f["body_height"][k]
        pitch = np.degrees(average(rec.pitch[:, k], cycle) - f["body_pitch"][k])
        peaks = swing_peaks(rec.foot_height[:, k], rec.phase[:, k])
        rate = step_frequency(rec.contact[:, k]) / float(frequency)
        one = {
            "velocity_m_s": planar.mean(),
            "yaw_rate_rad_s": np.abs(average(rec.yaw_rate[:, k], cycle) - f["wz"][k]).mean(),
            "height_m": np.abs(height).mean(),
            "pitch_deg": np.abs(pitch).mean(),
            "frequency_share": abs(rate - 1),
            "swing_height_m": abs(peaks.mean() - f["swing_height"][k]),
            "stance_width_m": abs(average(rec.width[:, k], cycle).mean() - f["stance_width"][k]),
        }
        for name, value in one.items():
            found[name].append(float(value))
    return {name: np.array(values) for name, values in found.items()}


def gait_figures(session: OnnxSession, gait: str, seed: int) -> dict[str, Any]:
    """Return tracking errors, gait correctness and falls under random commands of a gait."""
    commands = commands_of(gait, seed)
    rec = record(session, commands)
    rng = np.random.default_rng(seed)
    right, total = np.sum(
        [footsteps(rec.contact[:, k], rec.phase[:, k]) for k in range(len(commands))], axis=0
    )
    up = ~rec.fallen
    return {
        "commands": len(commands),
        "falls": wilson(int(rec.fallen.sum()), len(commands)).as_dict(),
        "correct_steps": wilson(int(right), int(total)).as_dict() | {"n": int(total)},
        "errors": {
            name: asdict(bootstrap(_mean_of(values[up]), int(up.sum()), rng))
            for name, values in errors(rec, commands, session.robot).items()
        },
    }


def _mean_of(values: Float) -> Callable[[NDArray[np.intp]], float]:
    return lambda at: float(values[at].mean())


def rough_falls(session: OnnxSession, robots: int, seconds: float, seed: int) -> dict[str, Any]:
    """Count falls on slopes, roughness and steps under pushes and random commands, by ground."""
    rng = np.random.default_rng(seed)
    terrain = draw_terrain(ROUGH, robots, rng)
    dynamics = draw(DynamicsRanges(friction=FRICTION), robots, len(JOINT_NAMES), rng)
    robot = session.robot
    _, models = terrain_models(terrain, robot, dynamics)
    everyone = np.ones(robots, bool)
    fallen = np.zeros(robots, bool)
    policy = LocomotionPolicy(session, robots)

    def fresh(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        drawn = sample_commands(WHOLE, int(mask.sum()), rng)
        clear_steps(drawn, terrain.step[mask])
        return drawn

    commands = fresh(everyone)
    delays, strength = dynamics.delay_steps, dynamics.strength
    with BatchedSim(models, robot, motor_delay=delays, strength=strength) as sim:
        pos_w, quat = terrain.start(everyone, robot.standing_height)
        sim.qpos[:, ROOT_POSE["pos_w"]], sim.qpos[:, ROOT_POSE["quat"]] = pos_w, quat
        for _ in track(range(round(seconds / CONTROL_PERIOD)), "rough ground", transient=True):
            state = sim.measured()
            sim.step(policy.step(state, commands))
            fallen |= state.projected_gravity()[:, -1] > -np.cos(MAX_TILT)
            fallen |= terrain.base_height(sim.truth()) < MIN_HEIGHT
            push(sim, PUSH_EVERY_S, rng)
            again = rng.random(robots) < CONTROL_PERIOD / COMMAND_EVERY_S
            commands[again] = fresh(again)
            home = terrain.shift_home(sim.qpos[:, ROOT_POSE["pos_w"]])
            sim.qpos[:, ROOT_POSE["pos_w"]] = home
    on = {
        "level": (terrain.slope == 0) & ~terrain.uneven,
        "slope": terrain.slope > 0,
        "rough": terrain.roughness > 0,
        "steps": terrain.step > 0,
    }
    counts = {ground: (int(fallen[mask].sum()), int(mask.sum())) for ground, mask in on.items()}
    by_ground = {g: wilson(falls, n).as_dict() | {"n": n} for g, (falls, n) in counts.items()}
    return {
        "robots": robots,
        "seconds": seconds,
        "falls": wilson(int(fallen.sum()), robots).as_dict(),
        "by_ground": by_ground,
    }


def main_full(options: EvalLocomotion) -> int:
    """Run the suite, print a table and write JSON where asked."""
    spec = robot(options.robot)
    session = OnnxSession(options.policy or shipped_policy(spec.name, "gait"), robot=spec)
    gaits = {
        name: gait_figures(session, name, options.seed)
        for name in track(GAITS, "gaits", transient=True)
    }
    rough = rough_falls(session, options.robots, options.seconds, options.seed)
    _show(gaits, rough)
    asked = {name: asdict(options)[name] for name in ("policy", "robots", "seconds", "seed")}
    command = command_line("eval locomotion --full", asked)
    figures = {"gaits": gaits, "rough": rough, "seed": options.seed}
    write_json(options.json, document("locomotion_full", command, **figures))
    return 0


def _show(gaits: Mapping[str, Any], rough: Mapping[str, Any]) -> None:
    """Print the errors and rates by gait, and the falls by ground."""
    table = Table("mean error, 95 % interval", "bar", *gaits)
    for name, bar in BARS.items():
        row = [str(Interval(**part["errors"][name])) for part in gaits.values()]
        table.add_row(name, "" if np.isnan(bar) else f"{bar:g}", *row)
    for name, least in (("correct_steps", "0.9"), ("falls", "")):
        rates = [{k: part[name][k] for k in ("rate", "lo", "hi")} for part in gaits.values()]
        table.add_row(name, least, *(str(Rate(**rate)) for rate in rates))
    table.add_row("commands", "", *(str(part["commands"]) for part in gaits.values()))
    falls = Table("ground, with pushes", "robots", "falls")
    falls.add_row("all", str(rough["robots"]), str(Rate(**rough["falls"])))
    for ground, part in rough["by_ground"].items():
        falls.add_row(ground, str(part["n"]), str(Rate(part["rate"], part["lo"], part["hi"])))
    console = Console()
    console.print(table)
    console.print(falls)
