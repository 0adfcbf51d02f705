# ruff: noqa: ANN401 - the types on the bus are made at run time
"""The door over real DDS on loopback: simulated robot, clients and drive in processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cyclonedds", reason="the extra [unitree] is not installed")

from canter.control.errors import CanterError
from canter.control.impedance import JOINT_VALID_S
from canter.control.safety.safety_monitor import SafetyLimits
from canter.control.unitree import api, low_cmd
from canter.control.unitree.crc import seal
from canter.control.unitree.messages import LOW_CMD, SPORT_MODE_STATE, WIRELESS_CONTROLLER
from canter.drivers.unitree import go2_driver
from canter.drivers.unitree.bus import Bus, RecordReader, RecordWriter
from canter.drivers.unitree.link import Link
from canter.drivers.unitree.rpc import Client
from canter.unitree import drive
from canter.unitree.options import UnitreeDrive
from tests.canter.unitree.robots import DOMAINS, python, simulated
from tests.killed_parents import children_of

SDK_CLIENT = str(Path(__file__).with_name("sdk_client.py"))
ATTEMPTS = 3
"""A machine that takes the processor away for longer than the safety monitor allows makes it damp
the robot, as it should; such an attempt must end so, and is repeated."""


@pytest.fixture
def domain() -> int:
    return next(DOMAINS)


@pytest.fixture
def bus(domain: int) -> Iterator[Bus]:
    joined = Bus(domain, "lo")
    yield joined
    joined.close()


def newest(reader: RecordReader, struct: Any) -> Any:
    end = time.monotonic() + 5.0
    while time.monotonic() < end:
        samples = reader.take()
        if samples:
            return struct.from_wire(samples[-1])
        time.sleep(0.005)
    raise AssertionError("nothing came")


def release(bus: Bus) -> None:
    switcher = Client(bus, api.MOTION_SWITCHER)
    assert switcher.wait(10.0)
    assert switcher.call(api.RELEASE_MODE, timeout_s=5.0).code == api.OK


def test_a_low_level_client_of_the_sdk_stands_up_holds_and_lies_down() -> None:
    for _ in range(ATTEMPTS):
        domain = next(DOMAINS)
        with simulated(domain, "--lying") as robot:
            run = python(SDK_CLIENT, str(domain), "stand-hold-lie")
        if run.returncode == 0:
            found = json.loads(run.stdout)
            print(found, robot.report)
            assert found["crc_errors"] == 0
            assert robot.refused() == {}
            if found["held"] > 0.3 and found["lying"] < 0.13:
                assert robot.accepted() > 0.5 * found["sent"]
                return
        assert "TimeoutError" in run.stderr or robot.damped_after_ms() is not None
    raise AssertionError("no attempt came through")


def test_states_and_services(bus: Bus, domain: int) -> None:
    link = Link(bus)
    sport_states = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
    remote = RecordReader(bus, api.WIRELESS_TOPIC, WIRELESS_CONTROLLER)
    with simulated(domain):
        link.wait(10.0)
        before, begin = link.states, time.monotonic()
        while time.monotonic() - begin < 1.0:
            link.poll(time.monotonic())
            time.sleep(0.002)
        assert link.states - before > 20  # 500 where nothing else runs
        assert link.crc_errors == 0
        assert newest(sport_states, SPORT_MODE_STATE)["body_height"] > 0.2
        assert newest(remote, WIRELESS_CONTROLLER)["keys"] == 0
        sport, switcher = Client(bus, api.SPORT), Client(bus, api.MOTION_SWITCHER)
        assert sport.wait(10.0)
        assert switcher.wait(10.0)
        assert sport.call(api.API_VERSION, timeout_s=5.0).data == api.VERSION
        assert sport.call(1016, timeout_s=5.0).code == api.NOT_IMPLEMENTED
        assert sport.call(api.MOVE, {"x": "fast"}, 5.0).code == api.BAD_PARAMETER
        start = newest(sport_states, SPORT_MODE_STATE)["position"][0]
        end = time.monotonic() + 15.0
        while newest(sport_states, SPORT_MODE_STATE)["position"][0] < start + 0.4:
            assert time.monotonic() < end
            sport.send(api.MOVE, {"x": 0.6, "y": 0.0, "z": 0.0})
            time.sleep(0.2)
        assert json.loads(switcher.call(api.CHECK_MODE, timeout_s=5.0).data)["name"] == "normal"
        release(bus)
        assert json.loads(switcher.call(api.CHECK_MODE, timeout_s=5.0).data)["name"] == ""
        assert sport.call(api.STAND_UP, timeout_s=0.7).code == api.TIMED_OUT


def test_broken_commands_are_refused_on_the_bus(bus: Bus, domain: int) -> None:
    writer = RecordWriter(bus, api.LOW_CMD_TOPIC, LOW_CMD)
    with simulated(domain, "--lying") as robot:
        release(bus)
        end = time.monotonic() + 10.0
        while not writer.readers and time.monotonic() < end:
            time.sleep(0.01)
        for rule in ("crc", "mode", "level flag", "head"):
            record = low_cmd.do_nothing()
            if rule == "mode":
                record["motor_cmd"]["mode"][0] = 0x0A
            if rule == "level flag":
                record["level_flag"] = 0xEE
            if rule == "head":
                record["head"] = 0
            seal(record)
            if rule == "crc":
                record["crc"] ^= 0x8000
            for _ in range(20):
                writer.write(record)
                time.sleep(0.004)
    refused = robot.refused()
    assert refused.keys() == {"crc", "mode", "level flag", "head"}
    assert all(0 < count <= 20 for count in refused.values())  # best effort: some may be lost
    assert robot.accepted() == 0


def test_when_the_client_dies_the_robot_is_damped(bus: Bus, domain: int) -> None:
    sport_states = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
    with simulated(domain, "--lying") as robot:
        command = [sys.executable, SDK_CLIENT, str(domain), "stand-forever"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            assert client.stdout.readline() == "standing\n"
            time.sleep(0.3)
            client.kill()
        time.sleep(2.0)
        assert newest(sport_states, SPORT_MODE_STATE)["body_height"] < 0.2
    after = robot.damped_after_ms()
    assert after is not None
    print(f"damped {after:.0f} ms after the last command")
    assert after >= 1e3 * JOINT_VALID_S


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A safety monitor that fits a machine which runs other things besides."""
    monkeypatch.setattr(go2_driver, "LIMITS", SafetyLimits(state_period_s=0.1))


@pytest.mark.usefixtures("patient")
def test_the_stack_drives_the_robot(bus: Bus, domain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive, "Bus", lambda *_: _Borrowed(bus))
    sport_states = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
    for _ in range(ATTEMPTS):
        with simulated(domain) as robot:
            start = newest(sport_states, SPORT_MODE_STATE)["position"][0]
            options = UnitreeDrive(
                velocity=(0.5, 0.0, 0.0), seconds=2.0, domain=domain, yes=True, quiet=True
            )
            code = drive.main(options)
            end = newest(sport_states, SPORT_MODE_STATE)
        assert end["body_height"] < 0.2  # on its belly, or damped
        assert not {"crc", "mode", "head", "level flag", "encoding"} & robot.refused().keys()
        if code == 0:
            assert end["body_height"] < 0.13
            assert end["position"][0] > start + 0.5
            return
    raise AssertionError("no attempt came through")


class _Borrowed:
    """A bus that its borrower cannot close."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    def close(self) -> None:
        """Stay open."""


def test_ctrl_c_lies_down(bus: Bus, domain: int) -> None:
    sport_states = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
    command = [sys.executable, "-m", "canter", "unitree", "drive", "--velocity", "0", "0", "0"]
    command += ["--domain", str(domain), "--yes", "--seconds", "60"]
    for _ in range(ATTEMPTS):
        with simulated(domain, "--lying"):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driving:
                assert driving.stdout is not None
                for line in driving.stdout:
                    if line.startswith("standing up"):
                        break
                time.sleep(3.5)
                driving.send_signal(signal.SIGINT)
                said, _ = driving.communicate(timeout=20)
            height = newest(sport_states, SPORT_MODE_STATE)["body_height"]
        assert height < 0.2
        if "lay down, then damped" in said:
            assert driving.returncode == 130
            assert height < 0.13
            return
        assert "safety monitor" in said
    raise AssertionError("no attempt came through")


def test_when_the_watchdog_dies_the_drive_says_so_and_lies_down(bus: Bus, domain: int) -> None:
    sport_states = RecordReader(bus, api.SPORT_STATE_TOPIC, SPORT_MODE_STATE)
    command = [sys.executable, "-m", "canter", "unitree", "drive", "--velocity", "0.3", "0", "0"]
    command += ["--domain", str(domain), "--yes", "--seconds", "60"]
    for _ in range(ATTEMPTS):
        with simulated(domain, "--lying"):
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as driving:
                assert driving.stdout is not None
                assert any(line.startswith("standing up") for line in driving.stdout)
                time.sleep(4.0)
                for watchdog in children_of(driving.pid):
                    os.kill(watchdog, signal.SIGKILL)
                said, _ = driving.communicate(timeout=20)
            height = newest(sport_states, SPORT_MODE_STATE)["body_height"]
        assert driving.returncode == 1
        assert height < 0.2
        if "safety monitor" not in said:
            assert "watchdog process has ended" in said
            assert "lay down, then damped" in said
            assert height < 0.13
            return
    raise AssertionError("no attempt came through")


def test_when_the_drive_dies_its_watchdog_damps(bus: Bus, domain: int) -> None:
    command = [sys.executable, "-m", "canter", "unitree", "drive", "--velocity", "0", "0", "0"]
    command += ["--domain", str(domain), "--yes", "--seconds", "60"]
    reader = RecordReader(bus, api.LOW_CMD_TOPIC, LOW_CMD)
    with simulated(domain, "--lying") as robot:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as driving:
            assert driving.stdout is not None
            for line in driving.stdout:
                if line.startswith("standing up"):
                    break
            time.sleep(1.0)
            driving.kill()
            killed = time.monotonic()
        first = None
        while first is None and time.monotonic() - killed < 2.0:
            for sample in reader.take():
                motors = LOW_CMD.from_wire(sample)["motor_cmd"][:12]
                if not motors["kp"].any() and motors["kd"].all():
                    first = time.monotonic() - killed
            time.sleep(0.001)
        assert first is not None
        print(f"the watchdog damps {1e3 * first:.0f} ms after the drive was killed")
    assert robot.refused().keys() <= {"sport mode"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (UnitreeDrive(), "either an instruction"),
        (UnitreeDrive(instruction="go to the red ball", velocity=(0, 0, 0)), "either an"),
        (UnitreeDrive(velocity=(0, 0, 0), seconds=float("nan")), "--seconds nan"),
        (UnitreeDrive(instruction="sing"), "sing"),
    ],
)
def test_bad_options_are_refused_before_the_bus_is_joined(
    options: UnitreeDrive, words: str
) -> None:
    with pytest.raises(CanterError, match=words):
        drive.main(options)


def test_a_robot_that_is_not_there(bus: Bus, domain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canter.drivers.unitree.preflight.STATE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(drive, "Bus", lambda *_: _Borrowed(bus))
    with pytest.raises(CanterError, match="no rt/lowstate within"):
        drive.main(UnitreeDrive(velocity=(0, 0, 0), domain=domain, yes=True))


def test_an_interface_that_is_not_there() -> None:
    run = python("-m", "canter", "unitree", "sim", "--interface", "nosuch0", "--domain", "99")
    assert run.returncode == 2
    assert "interface 'nosuch0'" in run.stderr
