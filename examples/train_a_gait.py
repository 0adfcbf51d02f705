"""Trains a gait for two updates, with settings of one's own, and opens what came out.

The same on the command line:
    canter train locomotion --preset debug --rewards.tracking 1.5 --out runs/mine
"""

import sys
import tempfile
from pathlib import Path

from canter.cli import main as canter
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession


def main(folder: Path) -> bool:
    """Train into a folder; returns whether there is a policy that Canter can run."""
    words = ["train", "locomotion", "--preset", "debug", "--out", str(folder)]
    if canter(words) != 0:
        return False
    policy = LocomotionPolicy(OnnxSession(folder / "policy.onnx"))
    print(f"{folder / 'policy.onnx'} for {policy.contract.robot}; settings: config.yaml beside it")
    return (folder / "config.yaml").is_file()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(0 if main(Path(made) / "gait") else 1)
