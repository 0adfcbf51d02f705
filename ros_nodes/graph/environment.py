"""The environment variables that ROS reads, set before it reads them; what the user set is obeyed.

Without a wish of the user's the graph stays on this machine. There Fast DDS talks by UDP alone
(`config/loopback.xml`): its shared memory lets a sender wait for a third of a second whenever a
reader appears that is slow to start, and what a killed process leaves of it stays in /dev/shm.
"""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"
PROFILES = "FASTRTPS_DEFAULT_PROFILES_FILE"
OTHER_PROFILES = "FASTDDS_DEFAULT_PROFILES_FILE"
TRANSPORTS = "FASTDDS_BUILTIN_TRANSPORTS"
LOOPBACK = Path(__file__).parents[1] / "config" / "loopback.xml"


def settle(environ: MutableMapping[str, str] = os.environ) -> None:
    """Complete the variables; call it before rclpy starts, children inherit them.

    Args:
        environ: the variables, changed in place.
    """
    environ.setdefault("RMW_IMPLEMENTATION", "rmw_fastrtps_cpp")
    environ.setdefault("AMENT_PREFIX_PATH", sys.prefix)
    if environ["RMW_IMPLEMENTATION"] != "rmw_fastrtps_cpp":
        return
    reach = environ.get(RANGE, "LOCALHOST").upper()
    own_profiles = PROFILES in environ or OTHER_PROFILES in environ
    if reach == "LOCALHOST" and not own_profiles:
        environ[RANGE] = "SYSTEM_DEFAULT"  # else rmw would put its own transports in place
        environ[PROFILES] = str(LOOPBACK)
    elif reach == "SUBNET" and not own_profiles:
        environ.setdefault(TRANSPORTS, "UDPv4")
