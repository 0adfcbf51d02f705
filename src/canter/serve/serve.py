"""``canter serve policy``: serves until Ctrl-C."""

import sys
import time
from collections.abc import Callable
from typing import Final

from canter.control.stop import StopRequest
from canter.play.address import check_port
from canter.serve.drivers import drivers
from canter.serve.options import ServePolicy
from canter.serve.server import PolicyServer
from canter.sim.robots.registry import robot

LOOK_S: Final = 0.2
"""How often it is looked whether somebody wants it to end, s."""
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def main(options: ServePolicy) -> int:
    """Serve until Ctrl-C, or until the time is up.

    Returns:
        0 where the time is up, 130 after Ctrl-C.

    Raises:
        CanterError: no such policy, or a port that cannot be served on.
    """
    check_port(options.host, options.port)
    with StopRequest() as stop:
        chosen = drivers(options.policy, robot(options.robot), options.provider)
        with PolicyServer(chosen, options.host, options.port, _teller(options)):
            _announce(options, chosen.facts.policy)
            end = time.monotonic() + options.seconds
            while not stop.asked and (options.seconds <= 0 or time.monotonic() < end):
                time.sleep(LOOK_S)
        return stop.exit_code if stop.asked else 0


def _announce(options: ServePolicy, policy: str) -> None:
    host = f"[{options.host}]" if ":" in options.host else options.host
    if options.host not in LOOPBACK:
        print(
            f"canter: {options.host} lets other machines in, and nobody is asked who he is",
            file=sys.stderr,
        )
    if not options.quiet:
        print(f"serving {policy} at ws://{host}:{options.port} (Ctrl-C ends it)", flush=True)


def _teller(options: ServePolicy) -> Callable[[str], None]:
    """Return what tells who comes and goes."""

    def tell(text: str) -> None:
        if not options.quiet:
            print(text, flush=True)

    return tell
