"""A simulated robot whose parameters are hidden from the fit, and what is recorded of it.

It is simulated apart from the fit's own simulation: at an eighth of its time step, with commands
that are held until the next arrives, clocks that jitter, and sensors with noise and steps.
"""

from dataclasses import asdict, dataclass
from typing import Any

import mujoco
import mujoco.rollout
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import LEG_JOINTS, RobotSpec
from canter.sim.robots.equip import control_layout
from canter.sim.tune.bench_mount import hanging_spec, kind_of
from canter.sim.tune.excitation import Excitation
from canter.sim.tune.parameters import JointDynamics, nominal_dynamics, patched_model
from canter.sim.tune.recording import Recording

Float = NDArray[np.float64]

TIMESTEP = 0.000125


@dataclass(frozen=True, slots=True)
class Sensors:
    """How a robot measures; standard deviations of white noise, and steps of quantisation.

    Attributes:
        q_noise: joint angle, rad.
        qd_noise: joint speed, rad/s.
        tau_noise: torque estimate, Nm.
        q_step: step of the angle, rad; an encoder of 14 bits.
        qd_step: step of the speed, rad/s.
        loop_jitter: of the times at which the loop runs, s.
        stamp_jitter: of the time stamps against the true times, s.
    """

    q_noise: float = 5e-4
    qd_noise: float = 0.05
    tau_noise: float = 0.1
    q_step: float = 2 * np.pi / 2**14
    qd_step: float = 0.01
    loop_jitter: float = 1.5e-4
    stamp_jitter: float = 1e-4


@dataclass(frozen=True, slots=True)
class HiddenRobot:
    """The truth about a simulated robot.

    Attributes:
        dynamics: its joints; the gain factors hold the strength too.
        strength: torque at the joint over the torque that the drives believe to give.
        link_factor: factor on mass and inertia of each leg link, by body name; 1 where the fit's
            model is right about them.
    """

    dynamics: JointDynamics
    strength: float
    link_factor: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return the truth as plain numbers and lists."""
        values = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in asdict(self.dynamics).items()
        }
        return {**values, "strength": self.strength, "link_factor": self.link_factor}


def draw_hidden(robot: RobotSpec, seed: int, link_error: float = 0.0) -> HiddenRobot:
    """Draw a robot; joints of one kind are alike.

    Args:
        robot: the robot around whose model it is drawn.
        seed: seed of the draw.
        link_error: half width of the interval around 1 of the factors on each link's mass.
    """
    rng = np.random.default_rng([seed, 1])
    kinds = [LEG_JOINTS.index(kind) for kind in kind_of(robot)]

    def each(low: float, high: float) -> Float:
        """Return a value for each joint, log-uniform over the kinds."""
        return np.exp(rng.uniform(np.log(low), np.log(high), len(LEG_JOINTS)))[kinds]

    model = nominal_dynamics(hanging_spec(robot).compile(), robot, 0.0)
    strength = float(rng.uniform(0.8, 1.1))
    dynamics = JointDynamics(
        kp_factor=strength * each(0.8, 1.25),
        kd_factor=strength * each(0.8, 1.25),
        armature=model.armature * each(0.5, 3.0),
        damping=model.damping * each(0.5, 5.0),
        frictionloss=model.frictionloss * each(0.5, 4.0),
        delay=float(rng.uniform(0.002, 0.015)),
    )
    names = sorted({name.removesuffix("_joint") for name in robot.joint_names})
    factors = rng.uniform(1 - link_error, 1 + link_error, len(names))
    return HiddenRobot(dynamics, strength, dict(zip(names, factors.tolist(), strict=True)))


def hidden_model(hidden: HiddenRobot, robot: RobotSpec) -> mujoco.MjModel:
    """Return the robot's own model, on the stand."""
    spec = hanging_spec(robot)
    spec.option.timestep = TIMESTEP
    model = spec.compile()
    for name, factor in hidden.link_factor.items():
        model.body(name).mass *= factor
        model.body(name).inertia *= factor
    return patched_model(model, robot, hidden.dynamics)


def record(
    hidden: HiddenRobot,
    robot: RobotSpec,
    plan: Excitation,
    seed: int,
    sensors: Sensors | None = None,
) -> Recording:
    """Return what a user would record while the robot executes the plan.

    Args:
        hidden: the robot.
        robot: names of the joints.
        plan: commands; the loop sends each and reads the state at once.
        seed: seed of noise and jitter.
        sensors: how the robot measures; as :class:`Sensors` says if left out.
    """
    sensors = sensors or Sensors()
    rng = np.random.default_rng([seed, 2])
    sent = plan.time + np.clip(rng.normal(0, sensors.loop_jitter, len(plan.time)), -5e-4, 5e-4)
    sent -= sent[0]
    q, qd, tau = _run(hidden, robot, plan, sent)
    stamps = sent + np.clip(rng.normal(0, sensors.stamp_jitter, len(sent)), -3e-4, 3e-4)
    return Recording(
        time=stamps,
        joint_names=robot.joint_names,
        q=_measured(q, sensors.q_noise, sensors.q_step, rng),
        qd=_measured(qd, sensors.qd_noise, sensors.qd_step, rng),
        q_target=plan.q_target.copy(),
        kp=plan.kp.copy(),
        kd=plan.kd.copy(),
        tau=_measured(tau / hidden.strength, sensors.tau_noise, 0.0, rng),
    )


def _run(
    hidden: HiddenRobot, robot: RobotSpec, plan: Excitation, sent: Float
) -> tuple[Float, Float, Float]:
    """Return angles, speeds and joint torques at the times at which commands are sent, (T, 12)."""
    model = hidden_model(hidden, robot)
    steps = int(np.ceil(sent[-1] / TIMESTEP)) + 2
    begins = np.arange(steps) * TIMESTEP
    held = np.searchsorted(sent + hidden.dynamics.delay, begins, side="right") - 1
    held = np.maximum(held, 0)
    layout = control_layout(robot)
    ctrl = np.empty((1, steps, layout.size))
    kp = plan.kp * hidden.dynamics.kp_factor
    ctrl[0, :, layout["torque"]] = (kp * plan.q_target)[held]
    ctrl[0, :, layout["kp"]] = kp[held]
    ctrl[0, :, layout["kd"]] = (plan.kd * hidden.dynamics.kd_factor)[held]
    joints = [model.joint(name) for name in robot.joint_names]
    q_at = np.array([joint.qposadr.item() for joint in joints])
    qd_at = np.array([joint.dofadr.item() for joint in joints])
    state = np.zeros(1 + model.nq + model.nv)
    state[1 + q_at] = robot.default_q
    with mujoco.rollout.Rollout(nthread=1) as pool:
        states, _ = pool.rollout([model], [mujoco.MjData(model)], state[None], ctrl, nstep=steps)
    states = np.concatenate([state[None], states[0]])
    q, qd = states[:, 1 + q_at], states[:, 1 + model.nq + qd_at]
    torque = ctrl[0, :, layout["torque"]] - ctrl[0, :, layout["kp"]] * q[:-1]
    torque = np.clip(torque - ctrl[0, :, layout["kd"]] * qd[:-1], -robot.tau_max, robot.tau_max)
    times = np.asarray(np.arange(steps + 1) * TIMESTEP, np.float64)
    return (
        _at(sent, times, q),
        _at(sent, times, qd),
        _at(sent, times[:-1], torque),
    )


def _at(wanted: Float, times: Float, values: Float) -> Float:
    """Return values (T, J) interpolated at other times."""
    return np.stack([np.interp(wanted, times, column) for column in values.T], axis=-1)


def _measured(values: Float, noise: float, step: float, rng: np.random.Generator) -> Float:
    """Return values with noise, rounded to the sensor's steps."""
    noisy = values + rng.normal(0, 1, values.shape) * noise
    return np.round(noisy / step) * step if step else noisy
