"""The messages of a Go2's low level and state, as its maker publishes them (package unitree_go)."""

from canter.control.unitree.struct_layout import Member, Struct

MOTOR_SLOTS = 20
"""Motors a message has room for; a Go2 uses the first twelve."""

_PACKAGE = "unitree_go.msg.dds_"


def _struct(
    name: str, *members: tuple[str, str | Struct] | tuple[str, str | Struct, int]
) -> Struct:
    return Struct(f"{_PACKAGE}.{name}", tuple(Member(*member) for member in members))


TIME_SPEC = _struct("TimeSpec_", ("sec", "i4"), ("nanosec", "u4"))
IMU_STATE = _struct(
    "IMUState_",
    ("quaternion", "f4", 4),
    ("gyroscope", "f4", 3),
    ("accelerometer", "f4", 3),
    ("rpy", "f4", 3),
    ("temperature", "u1"),
)
MOTOR_CMD = _struct(
    "MotorCmd_",
    ("mode", "u1"),
    ("q", "f4"),
    ("dq", "f4"),
    ("tau", "f4"),
    ("kp", "f4"),
    ("kd", "f4"),
    ("reserve", "u4", 3),
)
MOTOR_STATE = _struct(
    "MotorState_",
    ("mode", "u1"),
    ("q", "f4"),
    ("dq", "f4"),
    ("ddq", "f4"),
    ("tau_est", "f4"),
    ("q_raw", "f4"),
    ("dq_raw", "f4"),
    ("ddq_raw", "f4"),
    ("temperature", "u1"),
    ("lost", "u4"),
    ("reserve", "u4", 2),
)
BMS_CMD = _struct("BmsCmd_", ("off", "u1"), ("reserve", "u1", 3))
BMS_STATE = _struct(
    "BmsState_",
    ("version_high", "u1"),
    ("version_low", "u1"),
    ("status", "u1"),
    ("soc", "u1"),
    ("current", "i4"),
    ("cycle", "u2"),
    ("bq_ntc", "u1", 2),
    ("mcu_ntc", "u1", 2),
    ("cell_vol", "u2", 15),
)
LOW_CMD = _struct(
    "LowCmd_",
    ("head", "u1", 2),
    ("level_flag", "u1"),
    ("frame_reserve", "u1"),
    ("sn", "u4", 2),
    ("version", "u4", 2),
    ("bandwidth", "u2"),
    ("motor_cmd", MOTOR_CMD, MOTOR_SLOTS),
    ("bms_cmd", BMS_CMD),
    ("wireless_remote", "u1", 40),
    ("led", "u1", 12),
    ("fan", "u1", 2),
    ("gpio", "u1"),
    ("reserve", "u4"),
    ("crc", "u4"),
)
LOW_STATE = _struct(
    "LowState_",
    ("head", "u1", 2),
    ("level_flag", "u1"),
    ("frame_reserve", "u1"),
    ("sn", "u4", 2),
    ("version", "u4", 2),
    ("bandwidth", "u2"),
    ("imu_state", IMU_STATE),
    ("motor_state", MOTOR_STATE, MOTOR_SLOTS),
    ("bms_state", BMS_STATE),
    ("foot_force", "i2", 4),
    ("foot_force_est", "i2", 4),
    ("tick", "u4"),
    ("wireless_remote", "u1", 40),
    ("bit_flag", "u1"),
    ("adc_reel", "f4"),
    ("temperature_ntc1", "u1"),
    ("temperature_ntc2", "u1"),
    ("power_v", "f4"),
    ("power_a", "f4"),
    ("fan_frequency", "u2", 4),
    ("reserve", "u4"),
    ("crc", "u4"),
)
PATH_POINT = _struct(
    "PathPoint_",
    ("t_from_start", "f4"),
    ("x", "f4"),
    ("y", "f4"),
    ("yaw", "f4"),
    ("vx", "f4"),
    ("vy", "f4"),
    ("vyaw", "f4"),
)
SPORT_MODE_STATE = _struct(
    "SportModeState_",
    ("stamp", TIME_SPEC),
    ("error_code", "u4"),
    ("imu_state", IMU_STATE),
    ("mode", "u1"),
    ("progress", "f4"),
    ("gait_type", "u1"),
    ("foot_raise_height", "f4"),
    ("position", "f4", 3),
    ("body_height", "f4"),
    ("velocity", "f4", 3),
    ("yaw_speed", "f4"),
    ("range_obstacle", "f4", 4),
    ("foot_force", "i2", 4),
    ("foot_position_body", "f4", 12),
    ("foot_speed_body", "f4", 12),
    ("path_point", PATH_POINT, 10),
)
WIRELESS_CONTROLLER = _struct(
    "WirelessController_",
    ("lx", "f4"),
    ("ly", "f4"),
    ("rx", "f4"),
    ("ry", "f4"),
    ("keys", "u2"),
)
