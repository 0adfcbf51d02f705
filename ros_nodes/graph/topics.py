"""Topics and services of the graph: names, types, QoS, who speaks and who listens. No ROS here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; relative names live in the robot's namespace.

    Attributes:
        type: message type.
        qos: name of the QoS profile, see `canter.ros_nodes.graph.qos`.
        rate: how often, in words.
        sender: node that publishes it.
        readers: nodes that listen.
        what: its content.
        one_writer: a second publisher is worth a word.
    """

    type: str
    qos: str
    rate: str
    sender: str
    readers: str
    what: str
    one_writer: bool = False


PACKET = "std_msgs/Float64MultiArray"
STATUS = "diagnostic_msgs/DiagnosticStatus"

TOPICS: dict[str, Topic] = {
    "low_state": Topic(
        PACKET, "newest", "500 Hz", "robot", "controller_node",
        "RobotState, for the motor loop, and the motor command that was followed",
    ),
    "robot_state": Topic(
        PACKET, "newest", "50 Hz", "robot", "locomotion_node, vla_node", "RobotState"
    ),
    "joint_states": Topic(
        "sensor_msgs/JointState", "sensor", "50 Hz", "robot", "any", "joint angles, speeds, torques"
    ),
    "imu/data": Topic("sensor_msgs/Imu", "sensor", "50 Hz", "robot", "any", "in imu_link, REP 145"),
    "odom": Topic(
        "nav_msgs/Odometry", "sensor", "50 Hz", "robot", "any",
        "odom to base_link, zero at the start: by legs and inertial sensor, so it drifts",
    ),
    "tf": Topic(
        "tf2_msgs/TFMessage", "stream", "50 Hz", "robot", "any",
        "odom to base_link; only where tf2_msgs is installed",
    ),
    "tf_static": Topic(
        "tf2_msgs/TFMessage", "latched", "once", "robot", "any",
        "base_link to base (the URDF's root), imu_link and camera_optical_frame; likewise",
    ),
    "battery": Topic(
        "sensor_msgs/BatteryState", "sensor", "1 Hz", "unitree_node", "any",
        "charge, voltage, current",
    ),
    "temperature": Topic(
        "sensor_msgs/Temperature", "sensor", "1 Hz each", "unitree_node", "any",
        "of a motor: frame_id is its joint",
    ),
    "camera/image_raw": Topic(
        "sensor_msgs/Image", "sensor", "5 Hz", "robot", "vla_node", "96 x 96 rgb8"
    ),
    "camera/camera_info": Topic(
        "sensor_msgs/CameraInfo", "sensor", "5 Hz", "robot", "any", "pinhole, no distortion"
    ),
    "points": Topic(
        "sensor_msgs/PointCloud2", "sensor", "10 Hz", "robot", "locomotion_node",
        "what the range sensor sees, in base_link, the robot's own body left out",
    ),
    "robot_description": Topic(
        "std_msgs/String", "latched", "once", "robot", "any", "URDF"
    ),
    "/clock": Topic(
        "rosgraph_msgs/Clock", "newest", "100 Hz", "sim_node", "all", "simulated time"
    ),
    "sim_node/truth/pose": Topic(
        "geometry_msgs/PoseStamped", "sensor", "50 Hz", "sim_node", "tests",
        "base in the scene's frame; no robot knows it",
    ),
    "sim_node/truth/verdict": Topic(
        STATUS, "stream", "5 Hz", "sim_node", "canter ros eval",
        "the judge's word on the newest instruction",
    ),
    "sim_node/truth/scene": Topic(
        STATUS, "stream", "5 Hz", "sim_node", "vla_node",
        "what the scene asks of the robot: task, a sentence, words",
    ),
    "sim_node/truth/plan": Topic(
        PACKET, "stream", "each picture", "sim_node", "vla_node",
        "chunk of GaitCommands by the task's expert; where the parameter `expert` is true",
    ),
    "instruction": Topic(
        "std_msgs/String", "stream", "at will", "anybody", "vla_node, locomotion_node",
        "what the robot shall do; locomotion_node hears the words that stop",
    ),
    "vla_node/feedback": Topic(
        STATUS, "stream", "5 Hz", "vla_node", "canter ros say", "how the instruction goes"
    ),
    "gait_command": Topic(
        PACKET, "stream", "5 Hz", "vla_node", "locomotion_node", "chunk of GaitCommands"
    ),
    "cmd_vel": Topic(
        "geometry_msgs/Twist, geometry_msgs/TwistStamped", "sensor", "at will",
        "teleop, navigation", "locomotion_node", "velocity of the base; both types are heard",
        one_writer=True,
    ),
    "joy": Topic(
        "sensor_msgs/Joy", "sensor", "20 Hz", "ROS's joy node", "canter ros drive", "a gamepad"
    ),
    "joint_command": Topic(
        PACKET, "newest", "50 Hz", "locomotion_node", "controller_node", "JointCommand"
    ),
    "motor_command": Topic(
        PACKET, "newest", "500 Hz", "controller_node", "robot", "JointCommand of each motor's law"
    ),
    "motor_command/override": Topic(
        PACKET, "newest", "50 Hz while stopped", "safety_node", "robot",
        "damping that goes before motor_command",
    ),
    "safety/level": Topic(
        "std_msgs/UInt8", "stream", "20 Hz", "safety_node", "controller_node, locomotion_node",
        "0 go, 1 come to rest, 2 damp",
    ),
    "safety/reset": Topic(
        "std_msgs/Empty", "stream", "on reset", "safety_node", "controller_node",
        "a person has seen the robot and cleared the fault",
    ),
    "heartbeat": Topic(
        STATUS, "stream", "10 Hz each", "every node", "safety_node", "alive, and its figures"
    ),
    "operator/challenge": Topic(
        "std_msgs/Int64", "stream", "10 Hz", "safety_node", "canter ros say --operator",
        "a number that a living operator answers",
    ),
    "operator/answer": Topic(
        "std_msgs/Int64", "stream", "10 Hz", "operator", "safety_node", "its 63-bit complement"
    ),
    "/diagnostics": Topic(
        "diagnostic_msgs/DiagnosticArray", "stream", "1 Hz", "safety_node", "any",
        "all heartbeats, stop, lease, operator",
    ),
}  # fmt: skip
"""Topics by name."""

SERVICES: dict[str, str] = {
    "sim_node/reset": "put scene and robot back to the start, as the parameters say now",
    "vla_node/cancel": "forget the instruction",
    "locomotion_node/restart": "stand up anew and forget the gait's phase",
    "safety_node/stop": "damp, latched",
    "safety_node/reset": "clear stop and faults; for a person who has seen the robot",
}
"""Services, all std_srvs/Trigger, by name; beside them every node has ROS's life cycle services."""
