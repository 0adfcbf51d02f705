"""Simulates a recording's windows with candidate parameters, by ``mujoco.rollout``.

MuJoCo's semi-implicit steps are exact to first order only, and the fit would put their errors into
delay and armature. Three corrections make it second order: a step is a leapfrog's, whose forces act
in the middle of its span, whose speeds are half a step older than its angles, and whose implicit
damping D adds h D / 2 to the inertia.
"""

from dataclasses import dataclass, replace
from typing import Self

import mujoco
import mujoco.rollout
import numpy as np

from canter.control.robot import RobotSpec
from canter.sim.robots.equip import control_layout
from canter.sim.tune.parameters import JointDynamics, patched_model
from canter.sim.tune.recording import Recording
from canter.sim.tune.windows import Float, HeldCommands, Windows


@dataclass(frozen=True, slots=True)
class Prediction:
    """Simulated motion at the S samples of the windows, (S, J).

    Attributes:
        q: joint angles, rad.
        qd: joint speeds, rad/s.
        tau: torques of the motors, Nm.
    """

    q: Float
    qd: Float
    tau: Float


class Shooting:
    """Predicts the samples of a recording's windows.

    Args:
        model: the robot on its stand; its time step is replaced by that of the windows.
        robot: names of the joints, limits of their torques.
        recording: usable, in the robot's joint order.
        windows: of that recording.
        threads: size of the thread pool that shares the windows.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        robot: RobotSpec,
        recording: Recording,
        windows: Windows,
        threads: int = 1,
    ) -> None:
        self.windows, self.recording, self.robot = windows, recording, robot
        self._model = model.__copy__()
        self._model.opt.timestep = windows.timestep
        joints = [model.joint(name) for name in robot.joint_names]
        self._q = 1 + np.array([joint.qposadr.item() for joint in joints])
        self._qd = 1 + model.nq + np.array([joint.dofadr.item() for joint in joints])
        self._first = np.zeros((len(windows.start), 1 + model.nq + model.nv))
        self._first[:, self._q], self._first[:, self._qd] = windows.q0, windows.qd0
        self._layout = control_layout(robot)
        parts = {
            "spring": recording.kp * recording.q_target,
            "kp": recording.kp,
            "kd": recording.kd,
        }
        if recording.tau_ff is not None:
            parts["feed"] = recording.tau_ff
        self._held = {name: HeldCommands(recording.time, v) for name, v in parts.items()}
        self._averages: tuple[float, dict[str, Float]] = (np.nan, {})
        self._ctrl = np.empty((len(windows.start), windows.steps, self._layout.size))
        self._pool = mujoco.rollout.Rollout(nthread=threads)
        self._data = [mujoco.MjData(self._model) for _ in range(threads)]

    def close(self) -> None:
        """Stop the thread pool."""
        self._pool.close()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    @property
    def measured(self) -> tuple[Float, Float]:
        """Measured angles and speeds at the samples, (S, J) each."""
        rows = self.windows.sample
        return self.recording.q[rows], self.recording.qd[rows]

    def predict(self, dynamics: JointDynamics) -> Prediction:
        """Return the motion at the samples that the parameters give."""
        ctrl = self._controls(dynamics)
        states, _ = self._pool.rollout(
            self._models(dynamics), self._data, self._first, ctrl, nstep=self.windows.steps
        )
        q, qd = self._between(states[..., self._q]), self._between(states[..., self._qd], 0.5)
        window, step = self.windows.window, self.windows.step
        share = self.windows.fraction[:, None]
        later = np.minimum(step + 1, self.windows.steps - 1)
        command = ctrl[window, step] * (1 - share) + ctrl[window, later] * share
        torque, kp, kd = (command[:, self._layout[name]] for name in self._layout)
        limit = self.robot.tau_max
        return Prediction(q, qd, np.clip(torque - kp * q - kd * qd, -limit, limit))

    def _models(self, dynamics: JointDynamics) -> list[mujoco.MjModel]:
        """Return each window's model, less the inertia that implicit damping adds, W in all."""
        kd = self._ctrl[..., self._layout["kd"]].mean(axis=1)
        added = self.windows.timestep / 2 * (kd + dynamics.damping)
        levels, window = np.unique(np.round(added, 9), axis=0, return_inverse=True)
        models = [
            patched_model(
                self._model,
                self.robot,
                replace(dynamics, armature=np.maximum(dynamics.armature - level, 0.0)),
            )
            for level in levels
        ]
        return [models[i] for i in window]

    def _controls(self, dynamics: JointDynamics) -> Float:
        """Return the actuator inputs of every window and step, (W, steps, nu)."""
        windows = self.windows
        if self._averages[0] != dynamics.delay:
            self._averages = (
                dynamics.delay,
                {
                    name: held.averages(
                        windows.start - windows.timestep / 2,
                        windows.steps,
                        windows.timestep,
                        dynamics.delay,
                    )
                    for name, held in self._held.items()
                },
            )
        averages = self._averages[1]
        feed = averages.get("feed", 0.0)
        self._ctrl[..., self._layout["torque"]] = dynamics.kp_factor * averages["spring"] + feed
        self._ctrl[..., self._layout["kp"]] = dynamics.kp_factor * averages["kp"]
        self._ctrl[..., self._layout["kd"]] = dynamics.kd_factor * averages["kd"]
        return self._ctrl

    def _between(self, states: Float, age: float = 0.0) -> Float:
        """Return states (W, steps, J) after each step, interpolated at the samples, (S, J).

        Args:
            states: after each step.
            age: by how many steps they are older than the step's end.
        """
        window = self.windows.window
        position = self.windows.step + self.windows.fraction + age
        step = position.astype(np.intp)
        share = (position - step)[:, None]
        # State k is that after step k; samples follow the warm-up, so that step >= 1.
        return np.asarray(states[window, step - 1] * (1 - share) + states[window, step] * share)


def residuals(shooting: Shooting, prediction: Prediction, sigma: Float) -> Float:
    """Return (simulated - measured) / sigma of angles and speeds, (S, J, 2).

    Args:
        shooting: that made the prediction.
        prediction: simulated motion.
        sigma: noise of angle and speed of each joint, rad and rad/s, (J, 2).
    """
    q, qd = shooting.measured
    errors = np.stack([prediction.q - q, prediction.qd - qd], axis=-1)
    return np.asarray(errors / sigma)
