"""Options of the ``canter ros`` commands; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from canter.control.unitree.api import SIMULATION_DOMAIN
from canter.evals.options import Level, OptionalFile, OptionalFolder, Split
from canter.run.options import Instruction
from canter.sim.robots.options import ROBOT, RobotOption

MaybeInstruction = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="[INSTRUCTION]")]
Driver = Annotated[str, tyro.conf.arg(metavar="vla|expert|teleop|FILE|ws://HOST:PORT")]
LOGS = Path("runs/ros")


@dataclass(frozen=True, slots=True)
class RosUp:
    """Start the ROS 2 nodes with a robot, simulated or real, and keep them running.

    Attributes:
        instruction: What the robot shall do at once, in quotes; the scene then holds what it names.
        policy: Who drives: vla (the shipped model), expert (plans by the simulator's ground truth),
            teleop (whoever sends cmd_vel, and nobody else), the ONNX file of a model, or ws:// and
            a policy server.
        namespace: Namespace of the robot, for several at once.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        sim: Simulate the robot; with --no-sim a driver that is not ours offers its topics.
        interface: Network interface of a Unitree robot, real or of 'canter unitree sim' (lo), that
            our driver takes over in place of the simulated one.
        domain: Its DDS domain: 1 is a simulator's, 0 the robot's.
        yes: Do not ask before a robot is taken over (on any domain but the simulators').
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        seed: Draws the scene.
        scene: YAML file that sets the objects exactly, in place of a drawn scene.
        rate: Simulated seconds per second; other than 1 it implies --use-sim-time.
        use_sim_time: Let all nodes follow the simulator's /clock in place of the system's clock.
        params_file: YAML file with parameters of the nodes, before the defaults.
        record: Folder for a bag of what happens.
        logs: Folder for the nodes' own words.
        seconds: Stop after this time; 0 waits for Ctrl-C.
        quiet: Show no table.
    """

    instruction: MaybeInstruction = ""
    policy: Driver = "vla"
    namespace: str = ""
    robot: RobotOption = ROBOT
    sim: bool = True
    interface: str = ""
    domain: int = SIMULATION_DOMAIN
    yes: bool = False
    locomotion: OptionalFile = None
    seed: int = 2
    scene: OptionalFile = None
    rate: float = 1.0
    use_sim_time: bool = False
    params_file: OptionalFile = None
    record: OptionalFolder = None
    logs: Path = LOGS
    seconds: float = 0.0
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RosSay:
    """Tell a running graph what to do, and follow it until it is done; Ctrl-C cancels.

    Attributes:
        instruction: What the robot shall do, in English, in quotes: "go to the red ball".
        namespace: Namespace of the robot.
        operator: Answer the safety node's challenges meanwhile, as its operator.
        quiet: Print nothing but the end.
    """

    instruction: Instruction
    namespace: str = ""
    operator: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RosGo:
    """Go to a place in the robot's own odometry and turn there; needs no map and no navigation.

    It knows no obstacles: 'avoid' of locomotion_node keeps it off what a range sensor sees.

    Attributes:
        x: Metres ahead of where the robot was switched on, as the robot faced then.
        y: Metres to the left of that.
        yaw_deg: Heading at the end, degrees to the left; any where it is left out.
        speed: At most, m/s.
        namespace: Namespace of the robot.
        quiet: Print nothing but the end.
    """

    x: Annotated[float, tyro.conf.Positional, tyro.conf.arg(metavar="X")]
    y: Annotated[float, tyro.conf.Positional, tyro.conf.arg(metavar="Y")]
    yaw_deg: Annotated[float | None, tyro.conf.Positional, tyro.conf.arg(metavar="[YAW-DEG]")] = (
        None
    )
    speed: float = 0.5
    namespace: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class RosDrive:
    """Drive a running graph by hand: hold keys, or the dead man's button of a gamepad.

    Let go of, the robot stands within half a second. Ctrl-C ends.

    Attributes:
        hands: keys of this terminal; joy: a gamepad that ROS's joy node publishes; pad: the first
            gamepad of this machine, by Linux's own events; or the file of one.
        namespace: Namespace of the robot.
    """

    hands: Annotated[str, tyro.conf.arg(metavar="keys|joy|pad|FILE")] = "keys"
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class RosFoxglove:
    """Show a running graph in Foxglove, by a websocket.

    Attributes:
        host: Address to listen at; this machine alone by default.
        port: Its port; 0 takes any that is free.
        namespace: Namespace of the robot.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class RosReset:
    """Clear a latched stop, for a person who has seen the robot; or stop it.

    Attributes:
        namespace: Namespace of the robot.
        stop: Stop the robot, in place of clearing a stop.
    """

    namespace: str = ""
    stop: bool = False


@dataclass(frozen=True, slots=True)
class RosCheck:
    """Run the whole graph for a while and print rates held and latencies.

    Attributes:
        seconds: Time that is measured, s.
        seed: Draws the scene.
        json: JSON file to write.
        logs: Folder for the nodes' own words.
    """

    seconds: float = 60.0
    seed: int = 2
    json: OptionalFile = None
    logs: Path = LOGS


@dataclass(frozen=True, slots=True)
class RosBag:
    """Turn a recorded bag into a LeRobot data set: pictures with state, words and plans.

    Attributes:
        bag: Folder of the bag, as the recorder wrote it.
        out: New folder of the data set.
        repair: Mend the bag of a recorder that was killed, in place; the broken one is kept beside.
    """

    bag: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="BAG")]
    out: Annotated[Path | None, tyro.conf.Positional, tyro.conf.arg(metavar="[OUT]")] = None
    repair: bool = False


@dataclass(frozen=True, slots=True)
class RosEval:
    """Measure a task through the ROS graph, on the scenes of ``canter eval TASK``, and pair them.

    Attributes:
        task: Name of the task.
        level: Of the scenes, 1 (easy) to 3 (hard).
        split: Seen in training, held-out objects, or held-out ways to say it.
        episodes: Number of scenes.
        seed: Seed of the first scene.
        policy: Who drives: vla (the shipped model), expert, the ONNX file of a model, or a policy
            server.
        robot: Robot's name, or the path of its robot.yaml; the policies must be for it.
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        rate: Simulated seconds per second; the report tells whether the rates held.
        against: JSON file of ``canter eval TASK`` with the same scenes, for the paired comparison.
        json: JSON file to write.
        logs: Folder for the nodes' own words.
    """

    task: str = "go_to"
    level: Level = 2
    split: Split = "seen"
    episodes: int = 50
    seed: int = 0
    policy: Annotated[str, tyro.conf.arg(metavar="vla|expert|FILE|ws://HOST:PORT")] = "vla"
    robot: RobotOption = ROBOT
    locomotion: OptionalFile = None
    rate: float = 1.0
    against: OptionalFile = None
    json: OptionalFile = None
    logs: Path = LOGS
