"""Options of ``canter unitree``; light, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from canter.control.unitree.api import SIMULATION_DOMAIN
from canter.evals.options import OptionalFile

Instruction = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="INSTRUCTION")]


@dataclass(frozen=True, slots=True)
class UnitreeSim:
    """Simulate a Go2 on DDS, for clients written against Unitree's SDK.

    Attributes:
        seconds: End after this time, s; 0 runs until Ctrl-C.
        domain: DDS domain; 1 is the custom of simulators, 0 is the robot's own.
        interface: Network interface.
        lying: Begin on the belly, in place of standing.
        instruction: Put the robot into a scene that the sentence fits, with a camera.
        seed: Draws that scene.
        vla: ONNX file of the model whose camera the robot has, in place of the shipped one.
        locomotion: ONNX policy that walks in sport mode, in place of the shipped one.
        priority: Real-time priority (SCHED_FIFO) where permitted, for a busy machine; 0 for
            none.
        quiet: Print nothing but the report.
    """

    seconds: float = 0.0
    domain: int = SIMULATION_DOMAIN
    interface: str = "lo"
    lying: bool = False
    instruction: str = ""
    seed: int = 0
    vla: OptionalFile = None
    locomotion: OptionalFile = None
    priority: Annotated[int, tyro.conf.arg(metavar="0..90")] = 0
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class UnitreeDrive:
    """Drive a Go2 over DDS with the whole stack, motor by motor.

    Attributes:
        instruction: What the robot shall do, in quotes; needs its camera. Or give --velocity.
        velocity: Walk with this velocity in place of an instruction: vx vy (m/s) wz (rad/s).
        seconds: Lie down after this time of walking, s.
        domain: DDS domain: 1 is a simulator's, 0 the robot's.
        interface: Network interface.
        yes: Do not ask before the first command to a robot (on any domain but the simulators').
        vla: ONNX policy from pictures to commands, in place of the shipped one.
        locomotion: ONNX policy from commands to joints, in place of the shipped one.
        fall_response: Crouch while a fall is likely.
        trips: Folder for the last 10 s before the safety monitor tripped, a .npz for each trip.
        quiet: Print nothing but the report.
    """

    instruction: Instruction = ""
    velocity: tuple[float, float, float] | None = None
    seconds: float = 10.0
    domain: int = SIMULATION_DOMAIN
    interface: str = "lo"
    yes: bool = False
    vla: OptionalFile = None
    locomotion: OptionalFile = None
    fall_response: bool = True
    trips: Path = Path("runs/unitree")
    quiet: bool = False
