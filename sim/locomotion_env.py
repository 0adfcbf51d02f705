"""Velocity-commanded locomotion for N robots: the core under every environment interface."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.gait import gait_clock
from canter.control.gait.gait_slew import GaitSlew
from canter.control.gait.observation import locomotion_values, observation_layout, observe
from canter.control.gait.observation_history import ObservationHistory
from canter.control.layout import Layout
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.types import GAIT_LAYOUT, Array, JointCommand
from canter.sim.locomotion.action_check import checked_actions
from canter.sim.locomotion.locomotion_commands import (
    clear_steps,
    command_fields,
    default_commands,
    sample_commands,
)
from canter.sim.locomotion.locomotion_rewards import total_reward
from canter.sim.locomotion.reward_inputs import (
    RewardInputs,
    height_error,
    is_commanded_to_move,
    reward_inputs,
)
from canter.sim.locomotion_config import ACTION_CLIP, LocomotionConfig
from canter.sim.physics.batched_sim import CONTROL_PERIOD, ROOT_POSE, ROOT_TWIST, BatchedSim
from canter.sim.physics.dynamics_view import DYNAMICS_VIEW, dynamics_view
from canter.sim.physics.randomisation import draw
from canter.sim.physics.sensor_noise import noisy
from canter.sim.physics.terrain import draw_terrain, terrain_models

Float = NDArray[np.floating]
Flags = NDArray[np.bool_]

PRIVILEGED = Layout({"velocity": 3, "height_error": 1, "foot_contact": 4})
"""What the critic sees in training beyond the actor's observation."""
EPISODE_STREAM = 0xE9
"""Keeps the draws of a reseeded environment apart from those of its robots' dynamics."""


def observed(config: LocomotionConfig, robot: RobotSpec) -> Layout:
    """Return the order of what actor and critic see: actor, privileged, and dynamics if shown."""
    widths = {"actor": observation_layout(config.terms(robot)).size, "privileged": PRIVILEGED.size}
    shown = {"dynamics": DYNAMICS_VIEW.size} if config.dynamics_shown else {}
    return Layout(widths | shown)


@dataclass(frozen=True, slots=True)
class StepResult:
    """Outcome of one control step for N robots.

    Attributes:
        observation: actor's and critic's view after any reset, (N, size), float32.
        final_observation: the same before any reset, (N, size).
        reward: (N,), float32.
        fallen: episode ended by a fall, (N,).
        timed_out: episode ended by its time limit, (N,).
        terms: mean of each unweighted reward term, by name.
    """

    observation: NDArray[np.float32]
    final_observation: NDArray[np.float32]
    reward: NDArray[np.float32]
    fallen: Flags
    timed_out: Flags
    terms: dict[str, float]


class LocomotionEnv:
    """N robots on a plane that follow random commands; ``step`` takes raw policy actions.

    The same seed gives the same bits on one machine.
    """

    def __init__(
        self,
        n: int,
        config: LocomotionConfig = LocomotionConfig(),
        *,
        seed: int = 0,
        threads: int | None = None,
        robot: RobotSpec = DEFAULT_ROBOT,
    ) -> None:
        self.n, self.config, self.robot = n, config, robot
        self.rng = np.random.default_rng(seed)
        self.dynamics = draw(config.randomisation, n, len(robot.joint_names), self.rng)
        self.terrain = draw_terrain(config.terrain, n, self.rng)
        nominal, models = terrain_models(self.terrain, robot, self.dynamics)
        self.sim = BatchedSim(
            models,
            robot,
            threads=threads,
            motor_delay=self.dynamics.delay_steps,
            strength=self.dynamics.strength,
        )
        self.actions = config.action_map(robot)
        self.terms = config.terms(robot)
        self.layout = observed(config, robot)
        base_mass = float(nominal.body("base").mass.item())
        self._dynamics_view = dynamics_view(self.dynamics, base_mass)
        self.limit = round(config.episode_s / CONTROL_PERIOD)
        self.commands = default_commands(n)
        self._slew = GaitSlew(n, config.slew)
        self.phase: Float = np.zeros(n)
        self.age = np.zeros(n, np.int64)
        self.fixed_commands = False
        self._last: Float = np.zeros((n, self.actions.size))
        self._older: Float = np.zeros((n, self.actions.size))
        self._history = ObservationHistory(self.terms, n)
        self._seen: dict[str, Array] = {}
        self.restart(np.ones(n, bool))
        self.spread_ages()

    def spread_ages(self) -> None:
        """Let episodes end at different times: gives each robot a random age."""
        self.age[:] = self.rng.integers(0, self.limit, self.n)

    def reseed(self, seed: int) -> None:
        """Draw commands, starts, pushes and noise by this seed from now on; dynamics stay."""
        self.rng = np.random.default_rng([seed, EPISODE_STREAM])

    def set_commands(self, commands: Float) -> None:
        """Hold these commands, (N, 12), instead of random ones from now on."""
        self.fixed_commands = True
        self.commands = np.asarray(commands, np.float32).copy()
        self._follow(0.0)

    def observe(self) -> NDArray[np.float32]:
        """Return what actor and critic see now, (N, size), laid out as ``layout``."""
        state = self.sim.measured()
        self._seen = locomotion_values(
            noisy(state, self.config.noise, self.rng),
            command_fields(self.followed),
            gait_clock.clock_features(self.phase, self._moving()),
            self._last,
            self.robot,
        )
        actor = observe(self.terms, self._history.stacked(self._seen))
        truth = self.sim.truth()
        privileged = PRIVILEGED.pack(
            {
                "velocity": truth.base_lin_vel_yaw(),
                "height_error": height_error(truth, self.terrain, self.followed, self.robot)[
                    :, None
                ],
                "foot_contact": state.foot_contact,
            }
        )
        parts = {"actor": actor, "privileged": privileged, "dynamics": self._dynamics_view}
        return self.layout.pack(parts)

    def step(self, action: Float) -> StepResult:
        """Apply actions, (N, outputs), for one period; ended episodes restart at once.

        Raises:
            CanterError: the shape is another, or a number is not finite; nothing has moved then.
        """
        action = checked_actions(action, self.n, self.actions.size)
        if self._seen:
            self._history.push(self._seen)
        action = np.clip(action, -ACTION_CLIP, ACTION_CLIP)
        self.sim.step(self._joint_command(action))
        self._follow(CONTROL_PERIOD)
        fields = command_fields(self.followed)
        self.phase = gait_clock.advance(
            self.phase, self._moving(), fields["step_freq_hz"], CONTROL_PERIOD
        )
        self.age += 1
        inputs = self._reward_inputs(action)
        reward, terms = total_reward(inputs, CONTROL_PERIOD, self.config.rewards)
        fallen = self._fallen(inputs)
        timed_out = (self.age >= self.limit) & ~fallen
        self._older, self._last = self._last, action
        final = self.observe()
        ended = fallen | timed_out
        self.restart(ended)
        self._disturb()
        observation = self.observe() if ended.any() else final
        return StepResult(observation, final, reward.astype(np.float32), fallen, timed_out, terms)

    def close(self) -> None:
        """Stop the simulation's threads."""
        self.sim.close()

    def _joint_command(self, action: Float) -> JointCommand:
        now = self.sim.measured().time
        command = self.actions.command(action, now + 2 * CONTROL_PERIOD)
        return replace(
            command,
            kp=command.kp * self.dynamics.kp_factor,
            kd=command.kd * self.dynamics.kd_factor,
        )

    def _moving(self) -> Flags:
        return is_commanded_to_move(self.commands)

    def _reward_inputs(self, action: Float) -> RewardInputs:
        return reward_inputs(
            self.sim, self.terrain, self.followed, self.phase, (action, self._last, self._older)
        )

    def _fallen(self, inputs: RewardInputs) -> Flags:
        tilted = inputs.gravity_b[:, -1] > -np.cos(self.config.max_tilt)
        low = self.terrain.base_height(self.sim.truth()) < self.config.min_height
        return np.asarray(tilted | low)

    def restart(self, mask: Flags) -> None:
        """Begin a new episode for the masked robots, (N,); their dynamics stay."""
        count = int(mask.sum())
        if not count:
            return
        self.sim.reset(mask)
        pos_w, quat = self.terrain.start(mask, self.robot.standing_height)
        self.sim.qpos[mask, ROOT_POSE["pos_w"]] = pos_w
        self.sim.qpos[mask, ROOT_POSE["quat"]] = quat
        spread = self.rng.uniform(-0.1, 0.1, (count, len(self.robot.joint_names)))
        self.sim.set_q(mask, self.robot.default_q + spread)
        self._last[mask] = self._older[mask] = 0.0
        self.phase[mask], self.age[mask] = 0.0, 0
        self._history.reset(mask)
        self._slew.reset(mask)
        if not self.fixed_commands:
            self._command_anew(mask)

    def _disturb(self) -> None:
        """Push some robots, give some a new command, and keep all within their ground."""
        pushed = self.rng.random(self.n) < CONTROL_PERIOD / self.config.push_every_s
        count = int(pushed.sum())
        if count:
            speed = self.config.push_speed * np.sqrt(self.rng.random(count))
            angle = self.rng.uniform(-np.pi, np.pi, count)
            kick = np.stack([speed * np.cos(angle), speed * np.sin(angle), 0 * speed], axis=-1)
            self.sim.qvel[pushed, ROOT_TWIST["lin_vel_w"]] += kick
        if not self.fixed_commands:
            again = self.rng.random(self.n) < CONTROL_PERIOD / self.config.resample_s
            self._command_anew(again)
        home = self.terrain.shift_home(self.sim.qpos[:, ROOT_POSE["pos_w"]])
        self.sim.qpos[:, ROOT_POSE["pos_w"]] = home

    def _command_anew(self, mask: Flags) -> None:
        drawn = sample_commands(self.config.commands, int(mask.sum()), self.rng)
        clear_steps(drawn, self.terrain.step[mask])
        self.commands[mask] = drawn
        self._follow(0.0)

    def _follow(self, dt: float) -> None:
        """Let the commands in force follow those that are asked for, by dt seconds."""
        asked = command_fields(self.commands)
        followed = self._slew.follow(asked, self._moving(), dt)
        self.followed = GAIT_LAYOUT.pack({name: value[:, None] for name, value in followed.items()})
