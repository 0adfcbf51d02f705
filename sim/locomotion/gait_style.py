"""How a gait feels to those around it: power, footfalls, smoothness, and how well it obeys.

Each is one number of a robot over a span of time, lower is better. They are what teachers compare
(`canter preferences collect`) and what `canter eval style` measures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.locomotion.reward_inputs import height_error, is_commanded_to_move, stance_width
from canter.sim.physics.batched_sim import CONTACT_FORCE, CONTROL_PERIOD, BatchedSim
from canter.sim.physics.terrain import Terrain

Float = NDArray[np.floating]
UNITS: dict[str, str] = {"energy": "W", "footfalls": "(m/s)²/s", "smoothness": "rad/s²"}
"""Unit of each quantity."""
TOLERANCES: dict[str, float] = {
    "velocity": 0.12,
    "yaw_rate": 0.12,
    "height": 0.02,
    "pitch": 0.07,
    "stance_width": 0.03,
    "swing_height": 0.02,
}
"""Error of each dimension of the command that is good enough, m/s, rad/s, m, rad, m, m."""


@dataclass(frozen=True, slots=True)
class GaitStyle:
    """What N robots did over a span of time.

    Attributes:
        quantities: energy, the mean positive mechanical power of all joints, W; footfalls, the
            squared downward speed of the feet at touch-down, summed over feet and over a second,
            (m/s)²/s; smoothness, the root mean square of the joints' accelerations, rad/s²; each
            (N,).
        errors: of the mean over the span against the command, by the names of TOLERANCES, (N,).
    """

    quantities: dict[str, Float]
    errors: dict[str, Float]

    def command_error(self) -> Float:
        """Return the mean over dimensions of error over tolerance, (N,); 1 is just good enough."""
        shares = [error / TOLERANCES[name] for name, error in self.errors.items()]
        return np.asarray(np.mean(shares, axis=0))


class StyleMeter:
    """Watches N robots step by step; call `watch` after each control step.

    Args:
        sim: the robots.
        terrain: their ground.
        commands: in force, (N, 12).
    """

    def __init__(self, sim: BatchedSim, terrain: Terrain, commands: Float) -> None:
        self._sim, self._terrain, self._commands = sim, terrain, commands.copy()
        self._left = np.array([n.startswith(("FL", "RL")) for n in sim.robot.foot_names])
        self._rows: list[dict[str, Float]] = []
        self._before = self._feet()

    def _feet(self) -> tuple[NDArray[np.bool_], Float, Float]:
        """Return contacts, downward speeds of the feet, m/s, (N, 4), and joint speeds."""
        truth = self._sim.truth()
        down = np.maximum(-truth.foot_vel_w[..., -1], 0.0)
        return truth.foot_force > CONTACT_FORCE, down, self._sim.measured().qd

    def watch(self, phase: Float) -> None:
        """Take in a control step that is done; phase of the gait clocks, cycles, (N,)."""
        truth, state, robot = self._sim.truth(), self._sim.measured(), self._sim.robot
        contact, down, qd = self._feet()
        was_contact, was_down, was_qd = self._before
        landed = contact & ~was_contact
        self._before = contact, down, qd
        f = command_fields(self._commands)
        feet = gait_clock.foot_phases(phase, gait_clock.gait_offsets(f))
        self._rows.append(
            {
                "power": np.maximum(state.tau * qd, 0.0).sum(axis=-1),
                "landing": (np.square(np.maximum(down, was_down)) * landed).sum(axis=-1),
                "acceleration": np.square((qd - was_qd) / CONTROL_PERIOD).mean(axis=-1),
                "velocity": truth.base_lin_vel_yaw()[:, :2],
                "yaw_rate": state.gyro[:, -1],
                "height": height_error(truth, self._terrain, self._commands, robot),
                "pitch": np.arcsin(np.clip(state.projected_gravity()[:, 0], -1.0, 1.0)),
                "stance_width": stance_width(truth, self._left),
                "foot_height": self._terrain.over_ground(truth.foot_pos_w) - robot.foot_radius,
                "phase": feet,
            }
        )

    def style(self) -> GaitStyle:
        """Return what was seen so far."""
        rows = {name: np.stack([row[name] for row in self._rows]) for name in self._rows[0]}
        f, moving = command_fields(self._commands), is_commanded_to_move(self._commands)
        mean = {name: value.mean(axis=0) for name, value in rows.items()}
        planar = mean["velocity"] - np.stack([f["vx"], f["vy"]], axis=-1)
        peaks = rows["foot_height"].max(axis=0).mean(axis=-1)
        return GaitStyle(
            quantities={
                "energy": mean["power"],
                "footfalls": mean["landing"] / CONTROL_PERIOD,
                "smoothness": np.sqrt(mean["acceleration"]),
            },
            errors={
                "velocity": np.linalg.norm(planar, axis=-1),
                "yaw_rate": np.abs(mean["yaw_rate"] - f["wz"]),
                "height": np.abs(mean["height"]),
                "pitch": np.abs(mean["pitch"] - f["body_pitch"]),
                "stance_width": np.abs(mean["stance_width"] - f["stance_width"]),
                "swing_height": np.abs(peaks - f["swing_height"]) * moving,
            },
        )
