"""Requests and answers over the bus, as the robot's services use them."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cyclonedds.internal import InvalidSample

from canter.control.unitree import api
from canter.drivers.unitree.bus import KEPT, Bus
from canter.drivers.unitree.idl import (
    Request_,
    RequestHeader_,
    RequestIdentity_,
    RequestLease_,
    RequestPolicy_,
    Response_,
    ResponseHeader_,
    ResponseStatus_,
)

POLL_S = 0.002
"""Time between two looks for an answer, s."""
RESEND_S = 0.5
"""Time after which a request without answer is sent again, s."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answers.

    Attributes:
        code: 0, or what went wrong.
        data: JSON.
        binary: bytes, such as a picture.
    """

    code: int
    data: str = ""
    binary: bytes = b""


Handler = Callable[[int, str], Answer | None]
"""From a request's number and JSON to the answer; None gives none."""


class Service:
    """Answers requests whenever it is polled.

    Args:
        bus: where.
        name: of the service.
        handler: knows the answers.
    """

    def __init__(self, bus: Bus, name: str, handler: Handler) -> None:
        self._handler = handler
        self._requests = bus.reader(api.request_topic(name), Request_)
        self._answers = bus.writer(api.response_topic(name), Response_)

    def poll(self) -> None:
        """Answer what has been asked since the last call."""
        for request in self._requests.take(KEPT):
            if isinstance(request, InvalidSample):
                continue
            identity = request.header.identity
            answer = self._handler(identity.api_id, request.parameter)
            if answer is None or request.header.policy.noreply:
                continue
            head = ResponseHeader_(identity, ResponseStatus_(answer.code))
            self._answers.write(Response_(head, answer.data, list(answer.binary)))


class Client:
    """Asks a service.

    Args:
        bus: where.
        name: of the service.
    """

    def __init__(self, bus: Bus, name: str) -> None:
        self._requests = bus.writer(api.request_topic(name), Request_)
        self._answers = bus.reader(api.response_topic(name), Response_)

    @property
    def connected(self) -> bool:
        """Whether a service of this name is on the bus."""
        heard = self._requests.get_matched_subscriptions()
        return bool(heard and self._answers.get_matched_publications())

    def wait(self, timeout_s: float) -> bool:
        """Wait for a service of this name; tell whether it came in time."""
        deadline = time.monotonic() + timeout_s
        while not self.connected and time.monotonic() < deadline:
            time.sleep(POLL_S)
        return self.connected

    def call(
        self, number: int, parameters: Mapping[str, object] | None = None, timeout_s: float = 1.0
    ) -> Answer:
        """Ask, and wait for the answer; code 3104 if none comes in time.

        A service may have answered before it knew of this client; so it is asked again each half
        second, which none of the requests minds.
        """
        asked: set[int] = set()
        begin = time.monotonic()
        while (waited := time.monotonic() - begin) < timeout_s:
            if waited >= len(asked) * RESEND_S:
                asked.add(self._send(number, parameters, noreply=False))
            for answer in self._answers.take(KEPT):
                if not isinstance(answer, InvalidSample) and answer.header.identity.id in asked:
                    return Answer(answer.header.status.code, answer.data, bytes(answer.binary))
            time.sleep(POLL_S)
        return Answer(api.TIMED_OUT)

    def send(self, number: int, parameters: Mapping[str, object] | None = None) -> None:
        """Ask for no answer."""
        self._send(number, parameters, noreply=True)

    def _send(self, number: int, parameters: Mapping[str, object] | None, *, noreply: bool) -> int:
        """Send a request; return its own number."""
        asked = time.monotonic_ns()
        head = RequestHeader_(
            RequestIdentity_(asked, number), RequestLease_(0), RequestPolicy_(0, noreply)
        )
        self._requests.write(Request_(head, json.dumps(parameters or {}), []))
        return asked
