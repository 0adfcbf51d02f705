# ruff: noqa: ANN401 - the types on the bus are made at run time
"""A low-level client as a user of Unitree's SDK writes one.

It shares nothing with Canter but the types on the bus: its checksum, its packing into C's layout
and its motor order are its own, from the SDK's documentation.

    python sdk_client.py DOMAIN stand-hold-lie | stand-forever
"""

import json
import struct
import sys
import time
from typing import Any

from cyclonedds.domain import Domain, DomainParticipant
from cyclonedds.pub import DataWriter
from cyclonedds.sub import DataReader
from cyclonedds.topic import Topic

from canter.drivers.unitree.idl import (
    BmsCmd_,
    LowCmd_,
    LowState_,
    MotorCmd_,
    Request_,
    RequestHeader_,
    RequestIdentity_,
    RequestLease_,
    RequestPolicy_,
    Response_,
    SportModeState_,
)

DT = 0.002
LYING = [0.0, 1.36, -2.65] * 4
STANDING = [0.0, 0.67, -1.3] * 4
POS_STOP, VEL_STOP = 2.146e9, 16000.0
INTERFACE = """<CycloneDDS><Domain Id="any"><General><Interfaces>
<NetworkInterface name="lo" priority="default" multicast="default"/>
</Interfaces></General></Domain></CycloneDDS>"""


def table() -> list[int]:
    """The checksum's register after each first byte."""
    found = []
    for byte in range(256):
        register = byte << 24
        for _ in range(8):
            register = (register << 1) ^ (0x04C11DB7 if register & 0x80000000 else 0)
        found.append(register & 0xFFFFFFFF)
    return found


TABLE = table()


def crc(packed: bytes) -> int:
    """The checksum of a packed struct without its last word."""
    register = 0xFFFFFFFF
    for (word,) in struct.iter_unpack("<I", packed[:-4]):
        for byte in word.to_bytes(4, "big"):
            register = (register << 8 & 0xFFFFFFFF) ^ TABLE[register >> 24 ^ byte]
    return register


def pack_command(cmd: Any) -> bytes:
    values = [*cmd.head, cmd.level_flag, cmd.frame_reserve, *cmd.sn, *cmd.version, cmd.bandwidth]
    for motor in cmd.motor_cmd:
        values += [motor.mode, motor.q, motor.dq, motor.tau, motor.kp, motor.kd, *motor.reserve]
    values += [cmd.bms_cmd.off, *cmd.bms_cmd.reserve, *cmd.wireless_remote, *cmd.led, *cmd.fan]
    values += [cmd.gpio, cmd.reserve, cmd.crc]
    return struct.pack("<4B4IH2x" + "B3x5f3I" * 20 + "4B40B12B2BBx2I", *values)


def pack_state(state: Any) -> bytes:
    imu, bms = state.imu_state, state.bms_state
    values = [*state.head, state.level_flag, state.frame_reserve, *state.sn, *state.version]
    values += [state.bandwidth, *imu.quaternion, *imu.gyroscope, *imu.accelerometer, *imu.rpy]
    values += [imu.temperature]
    for m in state.motor_state:
        values += [m.mode, m.q, m.dq, m.ddq, m.tau_est, m.q_raw, m.dq_raw, m.ddq_raw]
        values += [m.temperature, m.lost, *m.reserve]
    values += [bms.version_high, bms.version_low, bms.status, bms.soc, bms.current, bms.cycle]
    values += [*bms.bq_ntc, *bms.mcu_ntc, *bms.cell_vol, *state.foot_force, *state.foot_force_est]
    values += [state.tick, *state.wireless_remote, state.bit_flag, state.adc_reel]
    values += [state.temperature_ntc1, state.temperature_ntc2, state.power_v, state.power_a]
    values += [*state.fan_frequency, state.reserve, state.crc]
    motors = "B3x7fB3x3I" * 20
    layout = "<4B4IH2x13fB3x" + motors + "4BiH4B15H8hI40BB3xf2B2x2f4H2I"
    return struct.pack(layout, *values)


def new_command() -> Any:
    motors = [MotorCmd_(1, POS_STOP, VEL_STOP, 0.0, 0.0, 0.0, [0, 0, 0]) for _ in range(20)]
    return LowCmd_(
        [0xFE, 0xEF], 0xFF, 0, [0, 0], [0, 0], 0, motors, BmsCmd_(0, [0, 0, 0]),
        [0] * 40, [0] * 12, [0, 0], 0, 0, 0,
    )  # fmt: skip


class Client:
    """The robot as the client sees it."""

    def __init__(self, domain: int) -> None:
        self._domain = Domain(domain, INTERFACE)
        self._participant = DomainParticipant(domain)
        self._states = self._reader("rt/lowstate", LowState_)
        self._sport = self._reader("rt/sportmodestate", SportModeState_)
        self._commands = self._writer("rt/lowcmd", LowCmd_)
        self._asked = self._writer("rt/api/motion_switcher/request", Request_)
        self._answers = self._reader("rt/api/motion_switcher/response", Response_)
        self.cmd = new_command()
        self.sent = self.states = self.crc_errors = 0

    def _reader(self, name: str, kind: Any) -> Any:
        return DataReader(self._participant, Topic(self._participant, name, kind))

    def _writer(self, name: str, kind: Any) -> Any:
        return DataWriter(self._participant, Topic(self._participant, name, kind))

    def state(self, timeout: float = 10.0) -> Any:
        """Wait for a state and check its checksum."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for state in self._states.take(10):
                self.states += 1
                self.crc_errors += crc(pack_state(state)) != state.crc
                return state
            time.sleep(0.001)
        raise TimeoutError("no rt/lowstate")

    def height(self) -> float:
        end = time.monotonic() + 5.0
        while time.monotonic() < end:
            for state in self._sport.take(10):
                return float(state.body_height)
            time.sleep(0.001)
        raise TimeoutError("no rt/sportmodestate")

    def release(self) -> None:
        """Release the sport mode."""
        end = time.monotonic() + 15.0
        while not self._asked.get_matched_subscriptions() and time.monotonic() < end:
            time.sleep(0.01)
        while time.monotonic() < end:
            number = time.monotonic_ns()
            head = RequestHeader_(
                RequestIdentity_(number, 1003), RequestLease_(0), RequestPolicy_(0, False)
            )
            self._asked.write(Request_(head, "{}", []))
            time.sleep(0.3)
            for answer in self._answers.take(10):
                if answer.header.identity.id == number and answer.header.status.code == 0:
                    return
        raise TimeoutError("the sport mode was not released")

    def move(self, start: list[float], goal: list[float], seconds: float) -> None:
        """Move all legs from one posture to another, at 500 Hz on absolute deadlines."""
        begin = time.monotonic()
        steps = round(seconds / DT)
        for step in range(steps + 1):
            share = step / steps
            for motor, a, b in zip(self.cmd.motor_cmd, start, goal, strict=False):
                motor.q, motor.kp = (1 - share) * a + share * b, 60.0
                motor.dq, motor.kd = 0.0, 5.0
            self.cmd.crc = crc(pack_command(self.cmd))
            self._commands.write(self.cmd)
            self.sent += 1
            time.sleep(max(begin + step * DT - time.monotonic(), 0.0))


def main() -> None:
    client = Client(int(sys.argv[1]))
    client.release()
    start = [motor.q for motor in client.state().motor_state[:12]]
    begin, heights = time.monotonic(), {}
    client.move(start, LYING, 0.5)
    client.move(LYING, STANDING, 1.0)
    client.move(STANDING, STANDING, 1.0)
    heights["held"] = client.height()
    if sys.argv[2] == "stand-forever":
        print("standing", flush=True)
        client.move(STANDING, STANDING, 60.0)
    client.move(STANDING, LYING, 1.0)
    client.move(LYING, LYING, 0.3)
    heights["lying"] = client.height()
    rate = client.sent / (time.monotonic() - begin)
    client.state()
    found = {"sent": client.sent, "rate": rate, "crc_errors": client.crc_errors, **heights}
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
