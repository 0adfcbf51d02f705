"""The controller presets that need the MPC; see `canter.control.adaptation.controller_presets`."""

from canter.control.locomotion import LocomotionPolicy, shipped_policy
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


def rl_over_mpc(spec: RobotSpec, robots: int) -> PolicyOverMpc:
    """Return the shipped trot that steps while both carry; its MPC knows the load."""
    session = OnnxSession(shipped_policy(spec.name, "trot"), robot=spec)
    learnt = LocomotionPolicy(session, robots, spec)
    return PolicyOverMpc(learnt, mpc_load(spec, robots))
