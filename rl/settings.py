"""Settings of ``canter train locomotion``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.rl.run_config import INLINE, MAY_CHANGE, NOT_SAVED
from canter.sim.locomotion_config import LocomotionConfig
from canter.sim.robots.options import ROBOT, RobotOption

PolicyKind = Literal["trot", "gait", "robust", "stiffness", "rma"]
Size = Literal["full", "debug"]
Trainer = Literal["sb3", "rsl_rl"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]


@dataclass(frozen=True, slots=True)
class PpoSettings:
    """Proximal policy optimisation (arXiv:1707.06347), as SB3 and rsl_rl have it.

    Attributes:
        learning_rate: Of Adam at the start; falls linearly.
        final_learning_rate: Of Adam at the end.
        horizon: Control steps of each robot between two updates.
        minibatches: Parts into which the steps of all robots are shuffled.
        epochs: Times each update goes through them.
        discount: Of a reward one control step later.
        gae_lambda: Decay of the advantage estimate (arXiv:1506.02438).
        clip_range: Largest relative change of an action's probability that is followed.
        entropy_weight: Weight of the entropy in the loss.
        value_weight: Weight of the critic's squared error in the loss.
        max_gradient: Norm to which gradients are cut.
        initial_log_std: Logarithm of the exploration at the start; -1 is 0.37 units of action,
            0.09 rad at thigh and calf.
    """

    learning_rate: float = 1.0e-3
    final_learning_rate: float = 2.0e-4
    horizon: int = 24
    minibatches: int = 4
    epochs: int = 4
    discount: float = 0.99
    gae_lambda: float = 0.95
    clip_range: float = 0.2
    entropy_weight: float = 0.002
    value_weight: float = 1.0
    max_gradient: float = 1.0
    initial_log_std: float = -1.0


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Networks of actor and critic.

    Attributes:
        widths: Hidden layers of each.
        latent: Width of the code of the dynamics that the actor sees; 0: it sees none.
        mirrored: Whether the actor answers the mirrored situation with the mirrored action.
    """

    widths: tuple[int, ...] = (128, 128, 64)
    latent: int = 0
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """The student of rma, which reads the code of the dynamics from the past (arXiv:2107.04034).

    Attributes:
        history: Frames that it sees.
        round_steps: Control steps between new robots; a checkpoint is written after each round.
        minibatches: Optimiser steps after each control step, each on its share of the robots.
        learning_rate: Of Adam at the start; falls linearly.
        final_learning_rate: Of Adam at the end.
        max_gradient: Norm to which gradients are cut.
    """

    history: int = 50
    round_steps: int = 100
    minibatches: int = 4
    learning_rate: float = 1.0e-3
    final_learning_rate: float = 1.0e-4
    max_gradient: float = 1.0


@dataclass(frozen=True, slots=True)
class CalibrationSettings:
    """Walks by which the commands of a gait are calibrated when it is exported.

    Attributes:
        robots: How many walk, each under a command of its own.
        settle_s: How long before their velocity counts, s.
        measure_s: How long it counts, s.
    """

    robots: int = 512
    settle_s: float = 2.0
    measure_s: float = 4.0


@dataclass(frozen=True, slots=True)
class LocomotionTraining:
    """Train a locomotion policy with PPO.

    Kinds of policy: trot, as shipped; gait, which follows the whole GaitCommand (gaits, posture,
    rough ground); robust, the trot under wide randomisation; stiffness, which
    also sets the stiffness of each leg; rma, which reads the dynamics from its last second: a
    teacher that is shown them, then a student that reads them. Each has its own defaults below.

    Attributes:
        policy: which of these kinds.
        trainer: whose PPO: that of stable-baselines3, or rsl_rl's runner (trot, robust, stiffness),
            which sets its learning rate by the divergence and knows no final one.
        preset: full, or debug: the same in two updates of a few robots, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        start: checkpoint of a trot to begin with; what the trot knows is kept at first.
        steps: policy steps in total over all robots.
        student_steps: policy steps of the student of rma.
        envs: robots simulated in parallel.
        seed: seed of simulation, exploration and network.
        out: folder for settings, checkpoints, TensorBoard logs and the exported policy.
        resume: go on from the newest checkpoint in ``out``, with its settings.
        robot: robot's name, or the path of its robot.yaml.
        ppo: how it learns.
        network: what learns.
        student: the second half of rma.
        calibration: at the export of a gait.
        environment: what it learns in.
    """

    policy: PolicyKind = "trot"
    trainer: Trainer = "sb3"
    preset: Size = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    start: OptionalFile = None
    steps: int = field(default=15_000_000, metadata=MAY_CHANGE)
    student_steps: int = field(default=2_500_000, metadata=MAY_CHANGE)
    envs: int = 1024
    seed: int = 0
    out: Path = field(default=Path("runs/locomotion"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)
    robot: RobotOption = ROBOT
    ppo: PpoSettings = PpoSettings()
    network: NetworkSettings = NetworkSettings()
    student: StudentSettings = StudentSettings()
    calibration: CalibrationSettings = CalibrationSettings()
    environment: Annotated[LocomotionConfig, tyro.conf.arg(name="")] = field(
        default=LocomotionConfig(), metadata=INLINE
    )

    def deployed(self) -> LocomotionConfig:
        """Return the environment as the exported policy sees it."""
        if not self.network.latent:
            return self.environment
        return replace(self.environment, history=self.student.history)
