"""``canter play``: serves the page and keeps the session going until Ctrl-C."""

import io
import time
from contextlib import closing, redirect_stdout

import viser

from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.control.stop import StopRequest
from canter.control.types import GaitCommand
from canter.evals.tasks.policy_choice import TELEOP, Place, locomotion_file, vla_file
from canter.play.address import check_port, shown
from canter.play.live_episode import SceneChoice
from canter.play.options import PlayOptions
from canter.play.page import Page
from canter.play.requests import RequestQueue
from canter.play.session import Session
from canter.sim.robots.registry import robot
from canter.sim.tasks.registry import task
from canter.vla.planned_policy import EXPERT


def main(options: PlayOptions) -> int:
    """Serve until Ctrl-C, or until the time is up.

    Returns:
        0 where the time is up, 130 after Ctrl-C.

    Raises:
        CanterError: no such task, no scene for the seed, a policy that does not fit, or a port
            that cannot be served on.
    """
    task(options.task)
    person = options.policy == TELEOP
    vla = vla_file(EXPERT if person else options.policy, (options.task,), waits=False)
    spec = robot(options.robot)
    policy = OnnxSession(locomotion_file(options.locomotion, vla, spec), robot=spec)
    LocomotionPolicy(policy)
    check_port(options.host, options.port)
    with StopRequest() as stop:
        with redirect_stdout(io.StringIO()):  # its banner; the address is printed once all is ready
            server = viser.ViserServer(options.host, options.port, verbose=False)
        try:
            _serve(options, vla, policy, server, stop)
        finally:
            server.stop()
        return stop.exit_code if stop.asked else 0


def _serve(
    options: PlayOptions,
    vla: Place | None,
    policy: OnnxSession,
    server: viser.ViserServer,
    stop: StopRequest,
) -> None:
    """Run the session on the server's page."""
    requests = RequestQueue()
    page = Page(server, requests, policy.contract.command_ranges)
    choice = SceneChoice(options.task, options.seed, options.level, options.split, vla)
    manual = GaitCommand() if options.policy == TELEOP else None
    with closing(Session(choice, policy, page, requests, manual)) as session:
        print(f"open http://{shown(options.host)}:{options.port} (Ctrl-C ends it)", flush=True)
        end = time.monotonic() + options.seconds
        while not stop.asked and (options.seconds <= 0 or time.monotonic() < end):
            session.step()
