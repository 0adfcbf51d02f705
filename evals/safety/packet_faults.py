"""Faults of what arrives: a second writer, and random bytes where messages should be."""

from dataclasses import replace

import numpy as np

from canter.control.errors import CanterError
from canter.control.safety.lease import Lease, Rank
from canter.control.types import Array, JointCommand, RobotState
from canter.control.unitree import low_cmd, low_state
from canter.control.unitree.crc import is_sealed
from canter.control.unitree.messages import LOW_CMD, LOW_STATE
from canter.evals.safety.injection import JOINTS, Answer, Injection


class SecondWriter(Injection):
    """Another process writes wild joint commands, with the rank of the first."""

    answer: Answer = "refuse"

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self._now = onset
        self._lease = Lease(now=lambda: self._now)

    def command(self, command: JointCommand, now: float) -> JointCommand:
        """Let the intruder try after the first has written."""
        self._now = now
        self._lease.claim("locomotion", Rank.VLA)
        wild = replace(command, q_target=self.rng.uniform(self.robot.q_min, self.robot.q_max))
        try:
            self._lease.claim("intruder", Rank.VLA)
        except CanterError:
            self.refused += 1
            return command
        self.accepted += 1
        return wild


class NoiseOnTheWire(Injection):
    """LowState samples are random bytes, whole or in part."""

    def state(self, state: RobotState, now: float) -> RobotState | None:
        """Decode what came, as a driver does: the layout, then the checksum."""
        measured = low_state.Measurement(state, np.zeros(JOINTS), np.zeros(4), 0)
        sample = bytearray(LOW_STATE.to_wire(low_state.pack(measured)))
        start = int(self.rng.choice([0, 4, 100, len(sample) - 64]))
        sample[start:] = self.rng.bytes(len(sample) - start)
        keep = len(sample) if self.rng.random() < 0.8 else int(self.rng.integers(len(sample)))
        try:
            record = LOW_STATE.from_wire(bytes(sample[:keep]))
        except CanterError:
            self.refused += 1
            return None
        if not is_sealed(record):
            self.refused += 1
            return None
        self.accepted += 1
        return low_state.robot_state(record, now)


class NoisyWriter(Injection):
    """Somebody sends LowCmd samples of random bytes beside the true ones."""

    answer: Answer = "refuse"

    def command(self, command: JointCommand, now: float) -> JointCommand:
        """Decode what came, as a robot does."""
        sample = bytearray(LOW_CMD.to_wire(low_cmd.from_joint_command(command)))
        start = int(self.rng.choice([0, 4, 100, len(sample) - 64]))
        sample[start:] = self.rng.bytes(len(sample) - start)
        try:
            record = LOW_CMD.from_wire(bytes(sample))
        except CanterError:
            self.refused += 1
            return command
        if low_cmd.refusal(record):
            self.refused += 1
            return command
        self.accepted += 1
        return low_cmd.to_joint_command(record, command.valid_until)


class RandomState(Injection):
    """The numbers of the state are random bits."""

    def state(self, state: RobotState, now: float) -> RobotState:
        """Fill it with random bits; one time in four its arrays have odd sizes too."""
        odd = self.rng.random() < 0.25
        sizes = {"q": 12, "qd": 12, "tau": 12, "quat": 4, "gyro": 3, "accel": 3, "foot_contact": 4}
        given = {name: int(self.rng.integers(20)) if odd else n for name, n in sizes.items()}
        return RobotState(
            time=now, **{name: random_numbers(self.rng, n) for name, n in given.items()}
        )


class RandomCommand(Injection):
    """The numbers of the joint command are random bits."""

    def command(self, command: JointCommand, now: float) -> JointCommand:
        """Fill it with random bits; one time in four its arrays have odd sizes too."""
        odd = self.rng.random() < 0.25
        size = int(self.rng.integers(1, 20)) if odd else JOINTS
        q, kp, kd, tau = (random_numbers(self.rng, size) for _ in range(4))
        return JointCommand(q, kp, kd, tau, command.valid_until)


def random_numbers(rng: np.random.Generator, n: int) -> Array:
    """Return n numbers of random bits, float64."""
    return np.frombuffer(rng.bytes(8 * n), np.float64).copy()
