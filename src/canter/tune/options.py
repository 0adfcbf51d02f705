"""Options of the ``canter tune`` commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.sim.robots.options import ROBOT, RobotOption

OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
Legs = tuple[Literal["FL", "FR", "RL", "RR"], ...]
ALL_LEGS: Legs = ("FL", "FR", "RL", "RR")


@dataclass(frozen=True, slots=True)
class TunePlan:
    """Write the commands to execute on a robot that hangs from a stand, for a recording to fit to.

    Attributes:
        out: File to write, .csv or .npz: time, and q_target, kp, kd of each joint, 500 rows a
            second.
        seconds: How long, s.
        seed: Seed of the phases.
        legs: Legs that move; the others hold the default pose.
        robot: Robot's name, or the path of its robot.yaml.
    """

    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")]
    seconds: float = 60.0
    seed: int = 0
    legs: Legs = ALL_LEGS
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class TuneRecord:
    """Record a simulated robot with hidden parameters on a stand, to try the fit without a robot.

    Attributes:
        out: Recording to write, .npz or .csv.
        seed: Seed of the robot's hidden parameters, of phases, noise and jitter.
        seconds: How long, s.
        truth: JSON file for the hidden parameters.
        link_error: Largest relative error of each link's mass, which the fit does not know of.
        legs: Legs that move; the others hold the default pose.
        robot: Robot's name, or the path of its robot.yaml.
    """

    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")]
    seed: int = 0
    seconds: float = 60.0
    truth: OptionalFile = None
    link_error: float = 0.0
    legs: Legs = ALL_LEGS
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class TuneFit:
    """Fit kp, kd, armature, friction and delay of the joints to a recording of a hanging robot.

    Attributes:
        recording: Recording, .npz or .csv; see docs/tune.md for its columns.
        out: Folder for result.json, the picture fit.png and the journal of the search; a fit that
            was broken off goes on from it.
        per: One set of numbers for each kind of joint (hip, thigh, calf), or for each joint.
        legs: Legs that hang free and were excited; only they are fitted.
        trials: Trials of the global search.
        seed: Seed of the search.
        timestep: Physics step of the final simulation, s.
        roll: How the stand holds the base, right side down positive, degrees.
        pitch: Nose down positive, degrees.
        threads: Threads that share the simulation; 0 takes one for each core.
        robot: Robot's name, or the path of its robot.yaml.
    """

    recording: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RECORDING")]
    out: Path = Path("runs/tune")
    per: Literal["kind", "joint"] = "kind"
    legs: Legs = ALL_LEGS
    trials: int = 100
    seed: int = 0
    timestep: float = 0.001
    roll: float = 0.0
    pitch: float = 0.0
    threads: int = 0
    robot: RobotOption = ROBOT
