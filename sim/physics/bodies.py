"""Named bodies and worlds that the shipped policy was not trained on, and how an episode varies.

A body is data alone; `canter.sim.physics.body_worlds` makes a world of it in either engine. The
policy was trained on a mass of -1 to +3 kg, a centre of mass within 3 cm, friction .35 to 1.25,
strength and gains of .9 to 1.1, delays of 0 to 16 ms, pushes up to .8 m/s, and a level floor.
"""

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.robot import LEGS

Float = NDArray[np.float64]
Engine = Literal["mujoco", "bullet"]

ON_TOP = 0.117
"""Height of a load's centre above the base origin, m: a box of 12 cm on the trunk's upper face."""
OFF_CENTRE = (0.12, 0.06)
"""How far forward or back, and sideways, an off-centre load lies, m."""
SPREAD = 0.1
"""Joint angles at the start deviate from the nominal stance by up to this, rad."""


@dataclass(frozen=True, slots=True)
class Body:
    """One body in one world; the defaults are the robot as described, on a level floor.

    Attributes:
        says: what is different, in a few words.
        payload: load on the trunk, kg.
        payload_at: its centre off the base origin forward and sideways, m; each episode draws
            the signs, so that it lies over one of the four legs.
        strength: factor on every motor's torque and torque limit.
        weak_leg: a further factor on those of one leg, which each episode draws.
        kp_factor: factor on every stiffness that reaches the motors.
        kd_factor: factor on every damping that reaches the motors.
        delay: time by which commands reach the motors late, s; a whole number of time steps.
        friction: sliding friction of the feet.
        slope: inclination of the floor, rad; each episode draws the heading.
        kerb: height of the square kerbs round the start, m.
        push_speed: horizontal speed that each push adds to the base, m/s; 0 is no push.
        elliptic: elliptic friction cones in place of pyramids (MuJoCo alone).
        timestep: physics step, s.
        engine: which physics engine.
    """

    says: str
    payload: float = 0.0
    payload_at: tuple[float, float] = (0.0, 0.0)
    strength: float = 1.0
    weak_leg: float = 1.0
    kp_factor: float = 1.0
    kd_factor: float = 1.0
    delay: float = 0.008
    friction: float = 0.8
    slope: float = 0.0
    kerb: float = 0.0
    push_speed: float = 0.0
    elliptic: bool = False
    timestep: float = 0.002
    engine: Engine = "mujoco"


def _loads() -> dict[str, Body]:
    """Return the robot as described, and under loads."""
    bodies = {"nominal": Body("the robot as described, motors 8 ms late")}
    for kg in (3, 6, 10):
        bodies[f"payload_{kg}kg"] = Body(f"{kg} kg on the trunk, centred", payload=kg)
    for kg in (3, 6, 10):
        bodies[f"off_centre_{kg}kg"] = Body(
            f"{kg} kg on the trunk over one leg", payload=kg, payload_at=OFF_CENTRE
        )
    return bodies


def _motors() -> dict[str, Body]:
    """Return robots whose motors are not what they should be."""
    bodies = {}
    for percent in (80, 60):
        bodies[f"strength_{percent}"] = Body(f"motors at {percent} %", strength=percent / 100)
    for percent in (60, 40):
        bodies[f"weak_leg_{percent}"] = Body(
            f"one leg's motors at {percent} %", weak_leg=percent / 100
        )
    for percent in (60, 140):
        bodies[f"kp_{percent}"] = Body(f"stiffness mis-set to {percent} %", kp_factor=percent / 100)
    for ms in (0, 20, 30, 40):
        bodies[f"delay_{ms}ms"] = Body(f"motors {ms} ms late", delay=ms / 1000)
    return bodies


def _worlds() -> dict[str, Body]:
    """Return the robot in worlds that are not a level floor of known friction."""
    bodies = {}
    for friction in (0.2, 0.4, 1.5):
        bodies[f"friction_{friction}"] = Body(f"feet of friction {friction}", friction=friction)
    for degrees in (5, 10, 15):
        bodies[f"slope_{degrees}deg"] = Body(
            f"a slope of {degrees} degrees", slope=math.radians(degrees)
        )
    for cm in (2, 4, 6):
        bodies[f"kerbs_{cm}cm"] = Body(f"kerbs of {cm} cm", kerb=cm / 100)
    for speed in (0.5, 1.0):
        bodies[f"pushes_{speed}"] = Body(f"a push of {speed} m/s every 2 s", push_speed=speed)
    return bodies


BODIES: dict[str, Body] = {
    **_loads(),
    **_motors(),
    **_worlds(),
    "worn_and_loaded": Body(
        "4 kg over one leg, motors at 85 %, 16 ms late, friction 0.5, pushes of 0.3 m/s",
        payload=4.0,
        payload_at=OFF_CENTRE,
        strength=0.85,
        delay=0.016,
        friction=0.5,
        push_speed=0.3,
    ),
    "elliptic_cones": Body("elliptic friction cones", elliptic=True),
    "physics_1ms": Body("physics steps of 1 ms", timestep=0.001),
    "bullet": Body("Bullet's physics, the robot as described", engine="bullet"),
    "bullet_off_centre_6kg": Body(
        "Bullet, 6 kg on the trunk over one leg",
        payload=6.0,
        payload_at=OFF_CENTRE,
        engine="bullet",
    ),
    "bullet_friction_0.4": Body("Bullet, feet of friction 0.4", friction=0.4, engine="bullet"),
}
"""Every body by name, in the order of the tables."""


def choose_bodies(names: Sequence[str]) -> dict[str, Body]:
    """Return the named bodies in the order of the table, all of them for no names.

    Raises:
        CanterError: there is no such body; names the nearest, or the choices.
    """
    for name in names:
        if name not in BODIES:
            near = difflib.get_close_matches(name, BODIES)
            hint = f"did you mean '{near[0]}'?" if near else f"choices: {', '.join(BODIES)}"
            raise CanterError(f"no cell '{name}'; {hint}")
    return {name: body for name, body in BODIES.items() if not names or name in names}


@dataclass(frozen=True, slots=True)
class Start:
    """How N episodes of one body differ, drawn from a seed.

    Attributes:
        yaw: heading of the base, rad; on a slope 0 is uphill, (N,).
        spread: deviation of the joints from the nominal stance, rad, (N, 12).
        leg: which leg is the weak one, (N,).
        side: signs of the load's position, forward and left, (N, 2).
    """

    yaw: Float
    spread: Float
    leg: NDArray[np.int64]
    side: NDArray[np.int64]

    @classmethod
    def draw(cls, n: int, joints: int, rng: np.random.Generator) -> "Start":
        """Draw n starts."""
        return cls(
            yaw=rng.uniform(-math.pi, math.pi, n),
            spread=rng.uniform(-SPREAD, SPREAD, (n, joints)),
            leg=rng.integers(0, len(LEGS), n),
            side=rng.choice((-1, 1), (n, 2)),
        )


def motor_strength(body: Body, start: Start, joint_names: Sequence[str]) -> Float:
    """Return the factor on each motor's torque, (N, 12)."""
    weak = np.array([[name.startswith(LEGS[leg]) for name in joint_names] for leg in start.leg])
    return np.where(weak, body.strength * body.weak_leg, body.strength)


def payload_position(body: Body, start: Start) -> Float:
    """Return the load's centre in the base frame, m, (N, 3)."""
    planar = start.side * np.array(body.payload_at)
    return np.concatenate([planar, np.full((len(planar), 1), ON_TOP)], axis=-1)
