"""Where a brain is: the address of an OpenAI-compatible server, checked before anything is sent."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from canter.control.errors import CanterError

KEY_VARIABLE = "CANTER_BRAIN_KEY"
"""Environment variable that holds the server's key, where it wants one."""
EXAMPLE = "http://127.0.0.1:8080/v1"
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._:-]+")


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server's address.

    Attributes:
        scheme: ``http`` or ``https``.
        host: name or number, without brackets.
        port: of TCP.
        path: before ``/chat/completions``, such as ``/v1``.
    """

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        """Return it as people write it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"

    @property
    def on_this_machine(self) -> bool:
        """Whether what is sent there stays on this machine: the loopback interface alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def notice(self) -> str:
        """What to tell once of where pictures go; empty where they stay on this machine."""
        if self.on_this_machine:
            return ""
        clear = "" if self.scheme == "https" else ", unencrypted"
        return f"the robot's pictures and your words are sent to {self.host}:{self.port}{clear}"


def read_address(text: str) -> ServerAddress:
    """Return the address that a text names.

    Raises:
        CanterError: it is none, or holds what does not belong into it.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _refused(text, str(error)) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _refused(text, "it is no http address")
    if parts.username is not None or parts.password is not None:
        raise CanterError(
            f"--brain holds a user or a password; put the server's key into {KEY_VARIABLE}"
        )
    if parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise _refused(text, "it holds more than host, port and path")
    if not _HOST.fullmatch(parts.hostname):
        raise _refused(text, "its host is no name")
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return ServerAddress(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path)


def _refused(text: str, why: str) -> CanterError:
    shown = "".join(sign if sign.isprintable() else "?" for sign in text[:100])
    return CanterError(f"--brain '{shown}': {why}; give one such as {EXAMPLE}")
