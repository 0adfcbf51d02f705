"""What an agent is told: of a sentence, of a stop, of the robot and its surroundings.

The protocol's package makes schemas of these; it takes slots for default values, so they have none.
"""

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from canter.datasets.language.tasks import grammar
from canter.sim.instructions import names_in
from canter.sim.scenes.scene import Scene
from canter.sim.world_state import WorldState
from canter.vla.follower import Heard, InstructionFollower, Sighting


@dataclass(frozen=True)
class Seen:
    """What the model takes a name to mean.

    Attributes:
        name: such as ``red ball``.
        probability: that it is in view.
        bearing_deg: its direction, left positive, degrees; None where it is not in view.
        distance_m: None where it is not in view.
    """

    name: str
    probability: float
    bearing_deg: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True)
class RobotReport:
    """How the robot is.

    Attributes:
        time_s: simulated time since the start.
        x_m: of the base, world frame.
        y_m: of the base, world frame.
        yaw_deg: of the base, left positive.
        speed_m_s: of the base in the plane.
        yaw_rate_deg_s: of the base, left positive.
        fallen: it lies on the floor.
        fault: why the safety monitor damped it for good; empty where it did not.
        instruction: what it was told last; empty before the first.
        progress: how that goes: idle, following, arrived, timed out, stopped, refused ...
        sees: of the things that the instruction names.
        here: what there is to be named.
        battery: charge, 0 to 1; None where there is no battery, as in simulation.
    """

    time_s: float
    x_m: float
    y_m: float
    yaw_deg: float
    speed_m_s: float
    yaw_rate_deg_s: float
    fallen: bool
    fault: str
    instruction: str
    progress: str
    sees: tuple[Seen, ...]
    here: tuple[str, ...]
    battery: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a sentence went.

    Attributes:
        understood: what the robot took it to mean, such as "I go to the red ball".
        outcome: arrived, stopped, timed out, refused, replaced, camera frozen or fault.
        reason: why it did not arrive; empty where it did.
        elapsed_s: simulated time from its first picture.
        robot: how the robot is at the end.
    """

    understood: str
    outcome: str
    reason: str
    elapsed_s: float
    robot: RobotReport


@dataclass(frozen=True)
class StopOutcome:
    """How a stop went.

    Attributes:
        at_rest: the robot does not move any more.
        after_s: simulated time from the word until then.
        robot: how it is then.
    """

    at_rest: bool
    after_s: float
    robot: RobotReport


@dataclass(frozen=True)
class Plan:
    """What a sentence would mean; nothing moves.

    Attributes:
        understood: what the robot would answer.
        task: that it asks for; empty where the robot would stand.
        words: what it names, by their part in the task.
        referents: things that it names.
        stages: tasks that it is carried out in, one after the other.
    """

    understood: str
    task: str
    words: dict[str, str]
    referents: tuple[str, ...]
    stages: tuple[str, ...]


def seen_of(sighting: Sighting) -> Seen:
    """Return a sighting for an agent."""
    probability = round(sighting.seen, 3)
    if not sighting.in_view:
        return Seen(sighting.name, probability)
    bearing = round(math.degrees(sighting.bearing), 1)
    return Seen(sighting.name, probability, bearing, round(sighting.distance, 2))


def report_of(
    world: WorldState,
    yaw_rate: float,
    scene: Scene,
    follower: InstructionFollower,
    sightings: tuple[Sighting, ...],
    fault: str,
) -> RobotReport:
    """Return how the robot is.

    Args:
        world: ground truth.
        yaw_rate: rad/s.
        scene: that it is in.
        follower: of its instruction.
        sightings: what the model said of the newest picture.
        fault: why the safety monitor damped it; empty where it did not.
    """
    x, y, yaw = world.pose
    return RobotReport(
        time_s=round(world.time, 2),
        x_m=round(x, 3),
        y_m=round(y, 3),
        yaw_deg=round(math.degrees(yaw), 1),
        speed_m_s=round(world.speed, 3),
        yaw_rate_deg_s=round(math.degrees(yaw_rate), 1),
        fallen=world.fallen,
        fault=fault,
        instruction=follower.instruction,
        progress=follower.progress.value,
        sees=tuple(map(seen_of, sightings)),
        here=names_in(scene),
    )


def plan_of(heard: Heard) -> Plan:
    """Return what a sentence would mean."""
    asked = heard.asked
    if asked is None:
        return Plan(heard.says, "", {}, (), ())
    stages = tuple(name for name, _ in grammar(asked.task).stages(asked.words))
    words = {name: word for name, word in asked.words.items() if word}
    return Plan(heard.says, asked.task, words, heard.names, stages)


def png(picture: NDArray[np.uint8]) -> bytes:
    """Return an RGB picture, (height, width, 3), as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()
