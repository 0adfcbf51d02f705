"""The controller presets that need the MPC; see `canter.control.adaptation.controller_presets`."""

from pathlib import Path

from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.mpc.locomotion import MpcLocomotion
from canter.control.mpc.over import PolicyOverMpc
from canter.control.robot import RobotSpec
from canter.control.session import OnnxSession


def mpc(spec: RobotSpec, robots: int) -> MpcLocomotion:
    """Return the MPC that believes in the robot's own mass."""
    return MpcLocomotion(robots, spec)


def mpc_load(spec: RobotSpec, robots: int) -> MpcLocomotion:
    """Return the MPC that takes the mass, and its place, from the joint torques."""
    return MpcLocomotion(robots, spec, estimate_load=True)


def rl_over_mpc(spec: RobotSpec, robots: int, policy: Path = SHIPPED) -> PolicyOverMpc:
    """Return the policy that steps while both carry; its MPC knows the load."""
    learnt = LocomotionPolicy(OnnxSession(policy), robots, spec)
    return PolicyOverMpc(learnt, mpc_load(spec, robots))
