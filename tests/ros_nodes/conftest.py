"""Everything over DDS runs in a domain of its own, on this machine alone, and only with ROS."""

import importlib.util
import os
from pathlib import Path

import pytest

HAS_ROS = importlib.util.find_spec("rclpy") is not None
WHY = "needs ROS 2 (rclpy): make test-ros"

NEEDS_ROS = ("test_dds_",)
collect_ignore_glob = [] if HAS_ROS else ["bench.py"]

os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ.setdefault("ROS_DOMAIN_ID", str(1 + os.getpid() % 100))


class Skipped(pytest.Module):
    """A module that is not even imported for want of ROS."""

    def collect(self) -> list[pytest.Item]:
        pytest.skip(WHY, allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Skip what imports ROS where there is none, and say why."""
    if not HAS_ROS and module_path.name.startswith(NEEDS_ROS):
        return Skipped.from_parent(parent, path=module_path)
    return None
