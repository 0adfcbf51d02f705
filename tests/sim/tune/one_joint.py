"""A leg of one joint: the smallest robot that can be fitted, and recordings of it."""

import dataclasses

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2, RobotSpec
from canter.sim.robots.equip import add_impedance
from canter.sim.tune.excitation import RATE_HZ, Excitation
from canter.sim.tune.parameters import JointDynamics
from canter.sim.tune.recording import Recording
from canter.sim.tune.shooting import Shooting
from canter.sim.tune.windows import cut

Float = NDArray[np.float64]

PENDULUM = """
<mujoco>
  <compiler angle="radian"/>
  <option timestep="0.001" integrator="implicitfast" solver="PGS" iterations="100"
    tolerance="1e-12"/>
  <worldbody>
    <body name="base">
      <body name="FL_calf">
        <joint name="FL_calf_joint" axis="0 1 0" armature="0.01" damping="0.1" frictionloss="0.2"/>
        <inertial pos="0 0 -0.15" mass="0.4" diaginertia="0.003 0.003 0.0001"/>
      </body>
    </body>
  </worldbody>
</mujoco>
"""


def one(value: float) -> Float:
    return np.array([value])


JOINT: RobotSpec = dataclasses.replace(
    GO2,
    joint_names=("FL_calf_joint",),
    default_q=one(0.0),
    q_min=one(-2.0),
    q_max=one(2.0),
    tau_max=one(40.0),
    qd_max=one(20.0),
)

HIDDEN = JointDynamics(
    kp_factor=one(0.85),
    kd_factor=one(1.2),
    armature=one(0.018),
    damping=one(0.2),
    frictionloss=one(0.35),
    delay=0.0083,
)


def pendulum() -> mujoco.MjModel:
    """Return the model of the one joint, nominal."""
    spec = mujoco.MjSpec.from_string(PENDULUM)
    add_impedance(spec, JOINT)
    return spec.compile()


def plan(seconds: float = 14.0, gains: tuple[tuple[float, float], ...] | None = None) -> Excitation:
    """Return slow and fast sines, at two levels of the gains."""
    levels = gains or ((30.0, 0.6), (12.0, 1.5))
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rates = np.array([0.23, 0.61, 1.7, 3.1, 5.3, 8.9])
    sizes = np.array([0.5, 0.2, 0.12, 0.08, 0.06, 0.04])
    target = (sizes * np.sin(2 * np.pi * rates * time[:, None] + np.arange(6))).sum(-1)
    part = np.minimum((time * len(levels) / time[-1]).astype(int), len(levels) - 1)
    kp, kd = np.array(levels)[part].T
    return Excitation(time, target[:, None], kp[:, None], kd[:, None])


def recorded(commands: Excitation, hidden: JointDynamics, noise: float, seed: int) -> Recording:
    """Return a recording of the hidden joint, simulated by MuJoCo's own loop at 0.5 ms.

    Args:
        commands: what it executes.
        hidden: its parameters.
        noise: standard deviation of the angle, rad; that of the speed is 50 times it in rad/s.
        seed: of the noise.
    """
    model = pendulum()
    model.opt.timestep = 0.0005
    model.dof_armature[:] = hidden.armature
    model.dof_damping[:] = hidden.damping
    model.dof_frictionloss[:] = hidden.frictionloss
    data = mujoco.MjData(model)
    mujoco.mj_setConst(model, data)
    mujoco.mj_resetData(model, data)
    measured = np.empty((len(commands.time), 2))
    steps = round(1 / RATE_HZ / model.opt.timestep)
    late = round(hidden.delay / model.opt.timestep)
    for row in range(len(commands.time)):
        measured[row] = data.qpos.item(), data.qvel.item()
        for step in range(steps):
            sent = max(0, (row * steps + step - late) // steps)
            kp = hidden.kp_factor * commands.kp[sent]
            kd = hidden.kd_factor * commands.kd[sent]
            data.ctrl[:] = np.concatenate([kp * commands.q_target[sent], kp, kd])
            mujoco.mj_step(model, data)
    rng = np.random.default_rng(seed)
    measured += noise * rng.normal(size=measured.shape) * (1, 50)
    return Recording(
        time=commands.time,
        joint_names=JOINT.joint_names,
        q=measured[:, :1].copy(),
        qd=measured[:, 1:].copy(),
        q_target=commands.q_target,
        kp=commands.kp,
        kd=commands.kd,
    )


def shooting(recording: Recording, timestep: float = 0.001) -> Shooting:
    """Return the windows of a recording, ready to be simulated."""
    return Shooting(pendulum(), JOINT, recording, cut(recording, timestep))
