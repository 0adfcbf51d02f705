"""A locomotion policy that soon falls on its side, so that episodes are short."""

from pathlib import Path

import numpy as np

from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.robot import GO2
from tests.control.policies import WIDTH, golden, linear_graph, locomotion_contract, write_policy


def write_tumbling(path: Path) -> Path:
    """Write a policy whose only input is gravity: every hip swings out to the same side."""
    weights = np.zeros((WIDTH, len(GO2.joint_names)), np.float32)
    down = observation_layout(LOCOMOTION_TERMS)["projected_gravity_b"].stop - 1
    hips = [name.endswith("hip_joint") for name in GO2.joint_names]
    weights[down, hips] = -4.0
    return write_policy(path, locomotion_contract(), golden(weights), linear_graph(weights))
