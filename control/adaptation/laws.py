"""Settings of the adaptive laws, with the reason of each figure beside it."""

from dataclasses import dataclass, fields

import numpy as np

from canter.control.errors import CanterError


class _Checked:
    """Refuses settings that are no positive numbers."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Name the first field that is not finite and positive."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if not (np.isfinite(value) and value > 0):
                raise CanterError(
                    f"{type(self).__name__}.{field.name} = {value}; it must be positive"
                )


@dataclass(frozen=True, slots=True)
class SupportLaw(_Checked):
    """How the extra support of each leg is learnt, and when it counts. Own design.

    Forces are those of a trot, in which two feet carry the robot; where more feet stand, each
    carries its part.

    Attributes:
        share: part of the nominal robot's weight that its joints carry; the rest is the weight of
            the standing legs themselves. Measured in simulation: 0.81 at rest to 0.88 at 1 m/s.
        rate: Gamma, 1/s; must stay below the damping over the mass of each body mode
            (docs/adaptation.md). Over a trot, where each foot stands half the time, a load is
            learnt at half this rate.
        haste: by how many times the rate is higher right after a reset, when nothing is known yet.
        haste_s: time constant with which that fades, s.
        least: how much less than nominal a leg may be told to carry, N.
        most: how much more, N; a 10 kg load straight above one diagonal of a trot takes 49.
        dead: norm of the four extras below which nothing is changed, N. There lie the loads that
            the policy has known in training (3 kg: 29) and what a nominal robot shows (20). Twice
            as wide right after a reset, when haste makes the estimate rough.
        ramp: width over which the compensation sets in, N.
        blend: how fast feed-forward torque follows its goal, 1/s; softens each footfall.
    """

    share: float = 0.84
    rate: float = 2.5
    haste: float = 8.0
    haste_s: float = 0.3
    least: float = 20.0
    most: float = 120.0
    dead: float = 25.0
    ramp: float = 15.0
    blend: float = 300.0


@dataclass(frozen=True, slots=True)
class GainLaw(_Checked):
    """How each leg's impedance follows the error against the nominal closed loop. Own design.

    Attributes:
        rate: how fast the factor on a leg's gains rises, 1/s, for an error of the nominal load.
        leak: how fast it returns to one, 1/s.
        most: largest factor; a stiffness of 60 Nm/rad stays below the monitor's 150 Nm/rad.
        slew: fastest change of the applied factor, 1/s; of 60 Nm/rad 600 Nm/rad/s.
        part: of the energy that a leg's damping took since the last tick, so much may go into
            stiffening it; below one, a leg that nothing drives never gains energy.
    """

    rate: float = 2.0
    leak: float = 0.3
    most: float = 2.0
    slew: float = 10.0
    part: float = 0.5


@dataclass(frozen=True, slots=True)
class FootingLaw(_Checked):
    """How far the feet follow a load that lies off centre. Own design.

    Attributes:
        part: of the way from the nominal robot's middle to the place of the weight; the policy
            places its feet by what it feels too, and the whole way leans it over.
        dead: distance of that place below which nothing is moved, m.
        ramp: width over which the law sets in, m.
        most: farthest shift, m.
        rate: how fast the feet follow that place, 1/s.
        slew: fastest shift, m/s.
    """

    part: float = 0.6
    dead: float = 0.02
    ramp: float = 0.02
    most: float = 0.08
    rate: float = 4.0
    slew: float = 0.2
