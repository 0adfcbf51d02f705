"""Addresses of policy servers: what is taken, what it means, what is refused."""

import math

import pytest

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.vla.remote.address import (
    ServerAddress,
    check_waits,
    is_address,
    parse_address,
)

USUAL = CameraSpec(height=96, width=128, fovy=1.0, period=0.2)


@pytest.mark.parametrize(
    ("policy", "url", "waits"),
    [
        ("ws://127.0.0.1:8001", "ws://127.0.0.1:8001", True),
        ("ws://localhost", "ws://localhost:8000", True),
        ("wss://robot.lab:443/pi0?time=real", "wss://robot.lab:443/pi0", False),
        ("ws://[::1]:9000?time=wait", "ws://[::1]:9000", True),
    ],
)
def test_an_address_says_where_and_how(policy: str, url: str, waits: bool) -> None:
    assert is_address(policy)
    address = parse_address(policy, waits=True)
    assert (address.url, address.name, address.waits) == (url, url, waits)


def test_where_the_address_does_not_say_it_the_command_does() -> None:
    assert not parse_address("ws://127.0.0.1", waits=False).waits
    assert parse_address("ws://127.0.0.1?time=wait", waits=False).waits


def test_it_may_choose_the_camera_and_the_patience() -> None:
    address = parse_address(
        "ws://h:1?height=224&width=224&fovy_deg=90&period=0.5&answer_s=60", waits=True
    )
    assert address.answer_s == 60.0
    assert address.camera_from(USUAL) == CameraSpec(224, 224, math.pi / 2, 0.5)
    assert ServerAddress("ws://h:1").camera_from(USUAL) == USUAL
    assert parse_address("ws://h:1?height=48", waits=True).camera_from(USUAL).shape == (48, 128, 3)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("ws://", "no address of a policy server; write ws://127.0.0.1:8000"),
        ("ws://h:99999", "no port from 1 to 65535"),
        ("ws://h:x", "no port from 1 to 65535"),
        ("ws://h?time=soon", "choose wait or real"),
        ("ws://h?tme=real", "did you mean 'time'"),
        ("ws://h?real", "is no setting"),
        ("ws://h?height=0", "is no positive number"),
        ("ws://h?height=1.5", "is no positive number"),
        ("ws://h?answer_s=nan", "is no positive number"),
        ("ws://h?period=0.25", "no multiple of 0.1 s"),
        ("ws://h?fovy_deg=200", "below pi"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(policy: str, said: str) -> None:
    with pytest.raises(CanterError, match=said):
        parse_address(policy, waits=True)


def test_where_time_is_not_real_answers_are_waited_for() -> None:
    check_waits(parse_address("ws://h", waits=True))
    with pytest.raises(CanterError, match="leave time=real out"):
        check_waits(parse_address("ws://h?time=real", waits=True))


@pytest.mark.parametrize("policy", ["vla", "runs/ws/policy.onnx", "hf:models/ws", "http://h", ""])
def test_other_policies_are_no_addresses(policy: str) -> None:
    assert not is_address(policy)
