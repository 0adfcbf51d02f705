"""Where a policy server is, and how its answers are waited for: ``ws://HOST:PORT?time=real``."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError, did_you_mean

SCHEMES: Final = ("ws", "wss")
PORT: Final = 8000
"""Of openpi's servers, and of ours."""
ANSWER_S: Final = 10.0
"""After which an answer is lost, s."""
EXAMPLE: Final = f"ws://127.0.0.1:{PORT}"
WAITS: Final = {"wait": True, "real": False}
"""Values of ``time``: the simulation waits for each answer, or goes on as a robot would."""
NUMBERS: Final = ("height", "width", "fovy_deg", "period", "answer_s")
"""Further settings behind the question mark."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A policy server.

    Attributes:
        url: scheme, host, port and path.
        waits: time stands still until an answer is there; else it takes the time that it takes.
        answer_s: an answer that takes longer is lost, s.
        camera: what of the camera is chosen here, in place of what the server says: height and
            width (px), fovy_deg (degrees), period (s).
    """

    url: str
    waits: bool = True
    answer_s: float = ANSWER_S
    camera: tuple[tuple[str, float], ...] = ()

    @property
    def name(self) -> str:
        """How reports call it."""
        return self.url

    def camera_from(self, usual: CameraSpec) -> CameraSpec:
        """Return a camera with what is chosen here.

        Raises:
            CanterError: no camera can be like that.
        """
        chosen = dict(self.camera)
        return CameraSpec(
            height=int(chosen.get("height", usual.height)),
            width=int(chosen.get("width", usual.width)),
            fovy=math.radians(chosen["fovy_deg"]) if "fovy_deg" in chosen else usual.fovy,
            period=chosen.get("period", usual.period),
        )


def is_address(policy: str) -> bool:
    """Tell whether a policy is named by the address of a server."""
    return policy.partition("://")[0] in SCHEMES


def parse_address(policy: str, *, waits: bool) -> ServerAddress:
    """Return the server of an address.

    Args:
        policy: such as ``ws://127.0.0.1:8000?time=real&answer_s=30``.
        waits: where the address does not say it.

    Raises:
        CanterError: it is no address, or has a setting that there is not.
    """
    parts = urlsplit(policy)
    try:
        port = parts.port or PORT
    except ValueError as error:
        raise CanterError(f"'{policy}' has no port from 1 to 65535; write {EXAMPLE}") from error
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise CanterError(f"'{policy}' is no address of a policy server; write {EXAMPLE}")
    asked = _settings(policy, parts)
    time = asked.pop("time", None)
    if time is not None and time not in WAITS:
        raise CanterError(f"'{policy}': time={time}; choose {' or '.join(WAITS)}")
    numbers = {name: _number(policy, name, value) for name, value in asked.items()}
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    address = ServerAddress(
        url=f"{parts.scheme}://{host}:{port}{parts.path}",
        waits=waits if time is None else WAITS[time],
        answer_s=numbers.pop("answer_s", ANSWER_S),
        camera=tuple(numbers.items()),
    )
    address.camera_from(CameraSpec(height=1, width=1, fovy=1.0, period=0.1))
    return address


def _settings(policy: str, parts: SplitResult) -> dict[str, str]:
    try:
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        asked = {}
        if parts.query:
            raise CanterError(
                f"'{policy}': '{parts.query}' is no setting; write {EXAMPLE}?time=real"
            ) from None
    unknown = [name for name in asked if name not in ("time", *NUMBERS)]
    if unknown:
        raise CanterError(
            f"'{policy}': no setting '{unknown[0]}'; {did_you_mean(unknown[0], ('time', *NUMBERS))}"
        )
    return asked


def _number(policy: str, name: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    whole = name not in ("height", "width") or number.is_integer()
    if not (math.isfinite(number) and number > 0 and whole):
        raise CanterError(f"'{policy}': {name}={value} is no positive number; give one")
    return number


def check_waits(address: ServerAddress) -> None:
    """Refuse a server that nobody waits for, where simulated time is not real.

    Raises:
        CanterError: it is such a one.
    """
    if not address.waits:
        raise CanterError(
            f"{address.url}?time=real: here simulated time is as fast as it can be, so answers are "
            "waited for; leave time=real out, or measure real time with 'canter run'"
        )


def described(address: ServerAddress) -> Mapping[str, object]:
    """Return an address as it stands in a report."""
    return {"server": address.url, "time": "wait" if address.waits else "real"}
