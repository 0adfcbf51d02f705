"""A robot's MuJoCo model with its impedance actuators, sensors and front camera."""

import mujoco
import numpy as np

from canter.control.layout import Layout
from canter.control.robot import RobotSpec, Vector
from canter.sim.robots.model import BASE, body_model
from canter.sim.robots.registry import file_of

CAMERA = "front"
MEASURED = ("gyro", "accel", "tau", "foot_force")
"""Sensors that exist on the robot; every other sensor is ground truth."""

_S = mujoco.mjtSensor
_SITE = mujoco.mjtObj.mjOBJ_SITE


def robot_model_spec(robot: RobotSpec) -> mujoco.MjSpec:
    """Return the robot on a plane, ready to compile or to receive a scene.

    Names are those of :func:`canter.sim.robots.model.body_model`, and the camera ``front``; limits
    are those of the description. :func:`control_layout` says what ``ctrl`` holds.

    Raises:
        CanterError: there is neither a file nor a folder of this robot.
    """
    spec = body_model(file_of(robot))
    _set_limits(spec, robot)
    add_impedance(spec, robot)
    _add_sensors(spec, robot)
    _add_camera(spec, robot)
    return spec


def control_layout(robot: RobotSpec) -> Layout:
    """Return the order of ``ctrl``: kp*q_target + tau_ff (Nm), kp (Nm/rad), kd (Nm s/rad)."""
    n = len(robot.joint_names)
    return Layout({"torque": n, "kp": n, "kd": n})


def sensor_layout(robot: RobotSpec) -> Layout:
    """Return the order of ``sensordata``: rad/s, m/s^2, Nm, N, m, m/s; _w is the world frame."""
    feet = len(robot.foot_names)
    return Layout(
        {
            "gyro": 3,
            "accel": 3,
            "tau": len(robot.joint_names),
            "foot_force": feet,
            "foot_pos_w": 3 * feet,
            "foot_vel_w": 3 * feet,
        }
    )


def joint_friction(robot: RobotSpec) -> tuple[Vector, Vector]:
    """Return viscous friction, Nm s/rad, and dry friction, Nm, of the joints, (12,) each."""
    model: mujoco.MjModel = robot_model_spec(robot).compile()
    dofs = [model.joint(name).dofadr.item() for name in robot.joint_names]
    return model.dof_damping[dofs].ravel(), model.dof_frictionloss[dofs].copy()


def _set_limits(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Set the joints' ranges and torques; a model's file may hold its angles in degrees."""
    scale = np.rad2deg(1.0) if spec.compiler.degree else 1.0
    limited = mujoco.mjtLimited.mjLIMITED_TRUE
    for i, name in enumerate(robot.joint_names):
        joint = spec.joint(name)
        joint.range = [scale * robot.q_min[i], scale * robot.q_max[i]]
        joint.actfrcrange = [-robot.tau_max[i], robot.tau_max[i]]
        joint.limited = joint.actfrclimited = limited


def add_impedance(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Add three actuators a joint whose sum is kp (q* - q) - kd qd + tau_ff at every physics step.

    They stand in the order of :func:`control_layout`; the joint's ``actuatorfrcrange`` saturates
    the sum.
    """
    gains = {"torque": (1.0, 0.0, 0.0), "kp": (0.0, -1.0, 0.0), "kd": (0.0, 0.0, -1.0)}
    for kind, gain in gains.items():
        for joint in robot.joint_names:
            actuator = spec.add_actuator(name=f"{joint}_{kind}", target=joint)
            actuator.trntype = mujoco.mjtTrn.mjTRN_JOINT
            actuator.gaintype = mujoco.mjtGain.mjGAIN_AFFINE
            actuator.gainprm[: len(gain)] = gain
            actuator.biastype = mujoco.mjtBias.mjBIAS_NONE


def _add_sensors(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Add the sensors in the order of :func:`sensor_layout`."""
    spec.add_sensor(name="gyro", type=_S.mjSENS_GYRO, objtype=_SITE, objname="imu")
    spec.add_sensor(name="accel", type=_S.mjSENS_ACCELEROMETER, objtype=_SITE, objname="imu")
    for joint in robot.joint_names:
        spec.add_sensor(
            name=f"{joint}_tau",
            type=_S.mjSENS_JOINTACTFRC,
            objtype=mujoco.mjtObj.mjOBJ_JOINT,
            objname=joint,
        )
    kinds = (
        ("force", _S.mjSENS_TOUCH),
        ("pos", _S.mjSENS_FRAMEPOS),
        ("vel", _S.mjSENS_FRAMELINVEL),
    )
    for suffix, kind in kinds:
        for foot in robot.foot_names:
            spec.add_sensor(name=f"{foot}_{suffix}", type=kind, objtype=_SITE, objname=foot)


def _add_camera(spec: mujoco.MjSpec, robot: RobotSpec) -> None:
    """Mount the front camera: looks along base x, pitched down by ``robot.camera_pitch``."""
    down = robot.camera_pitch
    camera = spec.body(BASE).add_camera(name=CAMERA, pos=robot.camera_pos_b)
    camera.alt.type = mujoco.mjtOrientation.mjORIENTATION_XYAXES
    camera.alt.xyaxes = [0.0, -1.0, 0.0, np.sin(down), 0.0, np.cos(down)]
    camera.fovy = float(np.rad2deg(robot.camera_fovy))
