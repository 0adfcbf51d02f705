"""The robot's own condition: battery and temperatures of the motors."""

from sensor_msgs.msg import BatteryState, Temperature

from canter.control.robot import RobotSpec
from canter.drivers.unitree.bridge_wire import Measured
from canter.ros_nodes.graph.lifecycle_node_base import LifecycleNodeBase
from canter.ros_nodes.messages import standard_messages as messages

PERIOD_S = 1.0
LOW_CHARGE = 0.2
"""Charge of the battery below which a person is told, 0..1."""
HOT_C = 70.0
"""Temperature of a motor above which a person is told, degrees C; our own caution."""


class ConditionPublisher:
    """Publishes once a second.

    Args:
        node: publishes it.
        robot: the robot.

    Attributes:
        figures: the newest, by name.
        warnings: what a person should know.
    """

    def __init__(self, node: LifecycleNodeBase, robot: RobotSpec) -> None:
        self._joints = robot.joint_names
        self._battery = node.publisher("battery", BatteryState)
        self._temperature = node.publisher("temperature", Temperature)
        self._published = 0.0
        self.figures: dict[str, object] = {}
        self.warnings: tuple[str, ...] = ()

    def publish(self, stamp: float, measured: Measured) -> None:
        """Publish what is due."""
        if stamp - self._published < PERIOD_S:
            return
        self._published = stamp
        self._battery.publish(
            BatteryState(
                header=messages.header(stamp, "base_link"),
                voltage=measured.voltage,
                current=-measured.current,
                charge=float("nan"),
                capacity=float("nan"),
                design_capacity=float("nan"),
                percentage=measured.charge,
                power_supply_status=BatteryState.POWER_SUPPLY_STATUS_UNKNOWN,
                present=True,
            )
        )
        for joint, degrees in zip(self._joints, measured.temperatures.tolist(), strict=True):
            self._temperature.publish(
                Temperature(header=messages.header(stamp, joint), temperature=degrees)
            )
        self._judge(measured)

    def _judge(self, measured: Measured) -> None:
        hottest = int(measured.temperatures.argmax())
        degrees, joint = float(measured.temperatures[hottest]), self._joints[hottest]
        self.figures = {"battery": measured.charge, "hottest": f"{joint} {degrees:.0f} C"}
        found = []
        if measured.charge < LOW_CHARGE:
            found.append(f"the battery is at {100 * measured.charge:.0f} %")
        if degrees > HOT_C:
            found.append(f"the motor of {joint} has {degrees:.0f} degrees C")
        self.warnings = tuple(found)
