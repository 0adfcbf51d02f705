"""All nodes of one robot: ``ros2 launch canter_ros canter.launch.py instruction:="go to ..."``."""

import os
from pathlib import Path

from launch import LaunchContext, LaunchDescription, LaunchDescriptionEntity
from launch.actions import DeclareLaunchArgument, ExecuteProcess, OpaqueFunction, TimerAction
from launch_ros.actions import Node

NODES = ("safety_node", "vla_node", "locomotion_node", "controller_node")
"""What runs on every robot; the simulated one, or a driver, is a node of its own."""
EXPERT = "expert"
"""The policy that plans by the simulator's ground truth."""
PARENT = {"CANTER_ROS_PARENT": str(os.getpid())}
"""Tells what is launched whose end ends it, however this process ends."""
DEFAULTS = Path(__file__).parents[1] / "config" / "canter.yaml"
RESPAWN_S, RESPAWNS = 1.0, 3
"""Wait before a node that died is started again, s, and how often that is done."""
STANDS_S = 10.0
"""Time from the start until the robot is told what to do, s: it stands up first."""


def generate_launch_description() -> LaunchDescription:
    """Return the arguments, and the nodes that follow from them."""
    return LaunchDescription(
        [
            DeclareLaunchArgument(
                "namespace", default_value="", description="of the robot, for several at once"
            ),
            DeclareLaunchArgument(
                "use_sim_time",
                default_value="false",
                choices=["true", "false"],
                description="all nodes follow the simulator's /clock",
            ),
            DeclareLaunchArgument(
                "params_file", default_value="", description="YAML file, goes before the defaults"
            ),
            DeclareLaunchArgument(
                "sim",
                default_value="true",
                choices=["true", "false"],
                description="simulate the robot; false where a real one's driver offers its topics",
            ),
            DeclareLaunchArgument(
                "interface",
                default_value="",
                description="network interface of a Unitree robot, driven in the simulator's place",
            ),
            DeclareLaunchArgument(
                "domain", default_value="1", description="its DDS domain: 0 of a real one"
            ),
            DeclareLaunchArgument(
                "robot", default_value="", description="JSON file by canter robot NAME --json FILE"
            ),
            DeclareLaunchArgument(
                "policy",
                default_value="",
                description="ONNX file of the model, or expert; the shipped model if empty",
            ),
            DeclareLaunchArgument(
                "instruction", default_value="", description="what the robot shall do at once"
            ),
            DeclareLaunchArgument(
                "target", default_value="", description="what the simulated scene holds: red ball"
            ),
            OpaqueFunction(function=actions),
        ]
    )


def actions(context: LaunchContext) -> list[LaunchDescriptionEntity]:
    """Return the processes that the arguments ask for."""
    given = context.launch_configurations
    simulated = ("sim_node",) if given["sim"] == "true" else ()
    robot = ("unitree_node",) if given["interface"] else simulated
    found = [node(name, given) for name in robot + NODES]
    if given["instruction"]:
        words = ["canter", "ros", "say", given["instruction"], "--namespace", given["namespace"]]
        say = ExecuteProcess(cmd=words, additional_env=PARENT, output="screen")
        found.append(TimerAction(period=STANDS_S, actions=[say]))
    return found


def node(name: str, given: dict[str, str]) -> Node:
    """Return a node that configures and activates itself, and is started again when it dies."""
    follows = given["use_sim_time"] == "true"
    clock = "publish_clock" if name == "sim_node" else "use_sim_time"
    values: dict[str, bool | int | str] = {"autostart": True, clock: follows}
    if given["robot"]:
        values["robot"] = given["robot"]
    if name == "sim_node":
        values["expert"] = given["policy"] == EXPERT
        values |= {"target": given["target"]} if given["target"] else {}
    if name == "unitree_node":
        values |= {"interface": given["interface"], "domain": int(given["domain"])}
    if name == "vla_node" and given["policy"]:
        values["policy"] = given["policy"]
    files = [str(DEFAULTS), *([given["params_file"]] if given["params_file"] else [])]
    return Node(
        package="canter_ros",
        executable=name,
        name=name,
        namespace=given["namespace"],
        parameters=[*files, values],
        additional_env=PARENT,
        output="screen",
        respawn=True,
        respawn_delay=RESPAWN_S,
        respawn_max_retries=RESPAWNS,
    )
