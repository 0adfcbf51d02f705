"""Options of the evaluation commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from canter.sim.robots.options import ROBOT, RobotOption
from canter.vla.hearing import Hearing

OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
OptionalFolder = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
Split = Literal["seen", "unseen_object", "unseen_instruction"]
EvalSplit = Literal[
    "seen", "unseen_object", "unseen_instruction", "unseen_camera", "unseen_dynamics"
]
"""Splits of an evaluation: the last two are scenes of ``seen`` under other conditions."""
Policy = Annotated[str, tyro.conf.arg(metavar="vla|expert|FILE|hf:FOLDER|ws://HOST:PORT")]
Level = Literal[1, 2, 3]
EyesOption = Annotated[str, tyro.conf.arg(metavar="truth|KIND:FOLDER|brain:URL")]


@dataclass(frozen=True, slots=True)
class EvalTask:
    """Measure how often the robot does what a task, or each task of a suite, asks of it.

    Attributes:
        level: 1 (easy), 2 or 3 (hard); all three if left out.
        split: Seen in training; held-out things, or ways to say it; or a camera, or a body and
            ground, beyond all that training draws, of several kinds that take turns.
        episodes: Number of scenes of each level; in eval all and eval quard those of each task,
            shared out evenly among the levels.
        sentences: YAML file of sentences with what each asks for, as
            tests/datasets/language/free_sentences.yaml. They are said in place of drawn ones, each
            in scenes that hold what it names; the episodes of a task are shared out among its
            sentences, and levels take turns.
        hearing: What the model hears: what is said, nothing, or what is said to another robot. One
            that does as well without its words has learnt the scenes, not the language.
        seed: Seed of the first scene. Same seed, same bits on one machine.
        json: JSON file to write: rates with Wilson intervals, errors, every episode, latencies.
        html: Page to write: tables, bars, curves, and every failure with its film where there is
            one; it needs nothing from the network.
        workers: Processes that share the episodes; 0 takes one for each core.
        policy: Who drives: vla (the shipped model), expert (sees the ground truth), an ONNX file,
            hf: and the folder of a large model, which wants --workers 1, or ws:// and a policy
            server, whose answers the simulation waits for; if left out, the model where it knows
            the task, else the expert.
        video_dir: Folder for one MP4 for each episode.
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        controller: What adapts gains, torque or targets of the joints at every physics step, over
            whatever locomotion policy walks, by the name of a preset: fixed (nothing), torque,
            gains, torque+gains, gains+footing, gravity or load.
        avoid: Commands pass what keeps the robot from walking into things (docs/safety.md).
        eyes: What finds the things to go to, in place of the model's own eyes (docs/eyes.md):
            truth; a kind and the folder of a zero-shot detector, as owlv2:FOLDER; or brain: and the
            address of a large model. Behind a question mark, behind truth's colon, how poor they
            are: miss=0.2,late=0.5,off=10 misses a fifth, takes half a second a look and points
            10 px beside the thing.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
    """

    level: Level | None = None
    split: EvalSplit = "seen"
    episodes: int = 200
    sentences: OptionalFile = None
    hearing: Hearing = "said"
    seed: int = 0
    json: OptionalFile = None
    html: OptionalFile = None
    workers: int = 0
    policy: Policy = ""
    video_dir: OptionalFolder = None
    locomotion: OptionalFile = None
    controller: Annotated[str, tyro.conf.arg(metavar="NAME")] = "fixed"
    avoid: bool = False
    eyes: EyesOption = ""
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class CompareReports:
    """Compare two reports of canter eval TASK, all or quard, episode by episode.

    Attributes:
        first: Report of the one, written with --json.
        second: Report of the other, on scenes of the same tasks, levels and seeds.
        verdict: Which of the two verdicts the table shows; the JSON has both.
        json: JSON file to write: counts, rates, differences with intervals, p of McNemar's test.
    """

    first: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FIRST")]
    second: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SECOND")]
    verdict: Literal["strict", "quard"] = "strict"
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalLocomotion:
    """Measure how well the locomotion policy follows commands, and whether it stays on its feet.

    Attributes:
        policy: ONNX policy to measure; the shipped trot if left out, the gait policy with --full.
        robots: Robots simulated side by side in the test with pushes.
        seconds: Simulated time of the test with pushes, s.
        seed: Seed of frictions, masses and pushes.
        full: Measure every dimension of the GaitCommand, four gaits and rough ground.
        json: JSON file to write.
        robot: Robot's name, or the path of its robot.yaml; the policy must be for it.
    """

    policy: OptionalFile = None
    robots: int = 100
    seconds: float = 20.0
    seed: int = 0
    full: bool = False
    json: OptionalFile = None
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class EvalStyle:
    """Measure how a gait feels against another: energy, footfalls, smoothness, obedience, falls.

    Both policies walk on the same bodies under the same commands and pushes.

    Attributes:
        policy: ONNX policy for the whole GaitCommand; the shipped gait if left out.
        against: What it is compared with; the shipped gait if left out.
        robots: Robots, each with a command of its own.
        seed: Seed of bodies, commands and pushes.
        json: JSON file to write.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
    """

    policy: OptionalFile = None
    against: OptionalFile = None
    robots: int = 300
    seed: int = 0
    json: OptionalFile = None
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class EvalTransfer:
    """Measure how a controller fares in bodies, worlds and a physics engine it was not made for.

    Attributes:
        controllers: Controllers to measure by name; the others are compared with the first.
        cells: Bodies and worlds to measure them in, by name; all if left out.
        episodes: Episodes in each cell, 10 s each; the same ones for every cell and controller.
        seed: Seed of the episodes, and of the go_to scenes.
        go_to: go_to scenes that the expert drives in either physics engine; 0 leaves them out.
        workers: Processes that share the cells; 0 takes one for each core.
        robot: Robot's name, or the path of its robot.yaml; its shipped policies walk.
        log: JSONL file that keeps every finished cell; a run that was broken off goes on from it.
        json: JSON file to write: rates, errors, energy, intervals, paired differences.
        plot: Picture to write, .svg or .png.
    """

    controllers: tuple[str, ...] = ("fixed", "gains+footing")
    cells: tuple[str, ...] = ()
    episodes: int = 20
    seed: int = 0
    go_to: int = 50
    workers: int = 0
    robot: RobotOption = ROBOT
    log: OptionalFile = None
    json: OptionalFile = None
    plot: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalAdaptation:
    """Compare gains and torques that adapt on line with fixed gains, on the same seeds.

    Attributes:
        controllers: Who adapts, by name; all are compared with the policy of fixed gains.
        cells: Bodies and worlds to walk in, by name, as ``canter eval transfer`` knows them.
        seeds: Draws of twelve starts and commands each, 8 s long, shared by all controllers.
        seed: First of the seeds.
        robot: Robot's name, or the path of its robot.yaml; its shipped policies walk.
        log: JSONL file that keeps every finished seed; a run that was broken off goes on from it.
        json: JSON file to write: errors, falls, paired changes, intervals.
    """

    controllers: tuple[str, ...] = (
        "torque",
        "gains",
        "torque+gains",
        "gains+footing",
        "stiffness",
        "rma",
    )
    cells: tuple[str, ...] = ("nominal", "off_centre_6kg")
    seeds: int = 10
    seed: int = 0
    robot: RobotOption = ROBOT
    log: OptionalFile = None
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalMpc:
    """Compare policy, corrected policy, model-predictive control and both together under loads.

    Attributes:
        controllers: Who walks, by name; all are compared with the policy of fixed gains.
        cells: Bodies and worlds to walk in, by name, as ``canter eval transfer`` knows them.
        seeds: Starts and rows of pushes, shared by all; each is given four commands of 6 s.
        seed: First of the seeds.
        robot: Robot's name, or the path of its robot.yaml; its shipped policies walk.
        log: JSONL file that keeps every finished seed; a run that was broken off goes on from it.
        json: JSON file to write: errors, falls, paired changes, intervals, times of a solution.
    """

    controllers: tuple[str, ...] = ("gravity", "load", "mpc", "mpc+load", "rl+mpc")
    cells: tuple[str, ...] = (
        "nominal",
        "payload_6kg",
        "payload_10kg",
        "off_centre_6kg",
        "off_centre_10kg",
        "pushes_0.5",
        "pushes_1.0",
    )
    seeds: int = 10
    seed: int = 0
    robot: RobotOption = ROBOT
    log: OptionalFile = None
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalTune:
    """Measure how near ``canter tune fit`` comes to the parameters of hidden simulated robots.

    Attributes:
        robots: How many robots, one for each seed.
        seed: Seed of the first robot.
        seconds: Length of each recording, s.
        trials: Trials of the global search.
        link_error: Largest relative error of each link's mass, which the fit does not know of.
        out: Folder of the robots' results; those that are there are not fitted again.
        threads: Threads that share the simulation; 0 takes one for each core.
        json: JSON file to write.
        robot: Robot's name, or the path of its robot.yaml.
    """

    robots: int = 5
    seed: int = 0
    seconds: float = 60.0
    trials: int = 60
    link_error: float = 0.0
    out: Path = Path("runs/eval_tune")
    threads: int = 0
    json: OptionalFile = None
    robot: RobotOption = ROBOT


@dataclass(frozen=True, slots=True)
class BenchAdaptation:
    """Measure the time of one tick of each adapter, for the twelve joints of one robot.

    Attributes:
        controllers: Whose adapters, by name.
        ticks: Ticks that are timed, after a warm-up.
        robot: Robot's name, or the path of its robot.yaml.
        json: JSON file to write.
    """

    controllers: tuple[str, ...] = ("torque", "gains", "torque+gains", "gains+footing")
    ticks: int = 20000
    robot: RobotOption = ROBOT
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchSim:
    """Measure policy steps per second, and the ratio to bare ``mujoco.rollout`` in the same run.

    Attributes:
        envs: Robots simulated side by side.
        steps: Policy steps that are timed, after a warm-up.
        robot: Robot's name, or the path of its robot.yaml.
        json: JSON file to write.
    """

    envs: int = 1024
    steps: int = 100
    robot: RobotOption = ROBOT
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchIsaacGym:
    """Measure the Isaac Gym layer: steps per second beside bare ``mujoco.rollout``, and memory.

    Attributes:
        envs: Robots simulated side by side.
        steps: Control steps of four physics steps that are timed, after a warm-up.
        memory: Robots of the run whose peak memory is measured; 0 leaves it out.
        robot: Robot's name, or the path of its robot.yaml; it needs a URDF.
        json: JSON file to write.
    """

    envs: int = 1024
    steps: int = 100
    memory: int = 4096
    robot: RobotOption = ROBOT
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchSafety:
    """Inject faults into walking robots: does the safety monitor answer each, and nothing else?

    Attributes:
        injections: Faults to inject, shared evenly by all classes; 0 for normal running alone.
        hours: Normal running with pushes in which nothing may trip, summed over robots, h.
        seed: Seed of bodies, noise, commands and faults.
        policy: ONNX file of the locomotion policy, in place of the shipped one; commands are of
            the ranges that it was trained for.
        robot: Robot's name, or the path of its robot.yaml; the policy must be for it.
        out: Folder for the finished pieces.
        resume: Go on with the pieces in that folder.
        json: JSON file to write.
    """

    injections: int = 1200
    hours: float = 1.0
    seed: int = 0
    policy: OptionalFile = None
    robot: RobotOption = ROBOT
    out: Path = Path("runs/bench_safety")
    resume: bool = False
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchBrain:
    """Let experts do errands for a scripted brain: steps fail, its server fails, words are hostile.

    Attributes:
        errands: Errands of 3 to 5 steps in yards, one step of which goes wrong at first.
        faults: Faults of the brain's server, every kind in turn.
        hostile: Hostile words that are heard, 50 at most.
        ways: Places that no sentence names, reached by arrows.
        ticks: Pictures over which control steps are timed, while the brain thinks and while not.
        seed: First seed of the errands, and that of the faults.
        robot: Robot's name, or the path of its robot.yaml; the whole gait must be shipped for it.
        out: Folder for the finished pieces.
        resume: Go on with the pieces in that folder.
        json: JSON file to write: rates with Wilson intervals, and every trial.
    """

    errands: int = 50
    faults: int = 200
    hostile: int = 50
    ways: int = 30
    ticks: int = 400
    seed: int = 0
    robot: RobotOption = ROBOT
    out: Path = Path("runs/bench_brain")
    resume: bool = False
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalWords:
    """Measure how many sentences are understood: drawn ones, freely written ones, senseless ones.

    Attributes:
        sentences: Sentences drawn of each task and split.
        seed: Seed of the drawn sentences.
        free: Freely written sentences with what they ask for; left out where there is no such file.
        wrong: Show every sentence that was not understood, and every senseless one that was.
        json: JSON file to write.
    """

    sentences: int = 200
    seed: int = 0
    free: Path = Path("tests/datasets/language/free_sentences.yaml")
    wrong: bool = False
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalRisk:
    """Measure the posture risk: lead before falls, false warnings, calibration; and its use.

    Attributes:
        part: The warnings, what the response to them changes, or both.
        model: Model of `canter train risk`, in place of the shipped one.
        locomotion: ONNX policy that walks, in place of the shipped one.
        robots: Robots that walk side by side, in each kind of walks.
        seconds: How long they walk, s.
        seed: Seed of bodies, commands, pushes and noise, none of them training's.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        json: JSON file to write.
    """

    part: Literal["all", "warning", "response"] = "all"
    model: OptionalFile = None
    locomotion: OptionalFile = None
    robots: int = 120
    seconds: float = 60.0
    seed: int = 0
    robot: RobotOption = ROBOT
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalEstimation:
    """Measure how well a walking robot knows its velocity, height and place, without ground truth.

    Attributes:
        grounds: Bodies and worlds to walk in, by name, as ``canter eval transfer`` knows them.
        robots: Robots on each, 10 s with a command of their own.
        seed: Seed of commands, headings, pushes and noise.
        rate_hz: Readings a second: 500, or a whole part of it.
        noise: Sensors have noise, as in ``canter bench safety``.
        torques: Tell from joint torques which feet stand, as a robot without sensors in its feet.
        robot: Robot's name, or the path of its robot.yaml; its shipped trot walks.
        json: JSON file to write: every walk, figures with their intervals, time of a tick.
    """

    grounds: tuple[str, ...] = (
        "nominal",
        "off_centre_6kg",
        "friction_0.4",
        "friction_0.2",
        "slope_5deg",
        "slope_10deg",
        "slope_15deg",
        "kerbs_2cm",
        "kerbs_4cm",
        "kerbs_6cm",
        "pushes_0.5",
    )
    robots: int = 40
    seed: int = 0
    rate_hz: int = 500
    noise: bool = True
    torques: bool = False
    robot: RobotOption = ROBOT
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class EvalAvoidance:
    """Measure whether robots that are steered into things touch them, with and without avoidance.

    Attributes:
        runs: Drives with avoidance, and as many, the same, without.
        seconds: Length of a drive, s.
        tasks: Tasks whose scenes are driven in; they take turns.
        backwards: Half of the things are driven into backwards, where the range sensor sees little.
        seed: Seed of scenes, things aimed at and velocities.
        robot: Robot's name, or the path of its robot.yaml; it needs a range sensor and a gait.
        json: JSON file to write: touches with their intervals, every drive.
    """

    runs: int = 200
    seconds: float = 12.0
    tasks: tuple[str, ...] = ("go_avoid", "go_through", "go_to")
    backwards: bool = False
    seed: int = 0
    robot: RobotOption = ROBOT
    json: OptionalFile = None
