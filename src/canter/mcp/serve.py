"""``canter mcp``: the simulation in this thread, the protocol in another.

Standard output belongs to the protocol: all that anybody else prints goes to standard error.
"""

import asyncio
import io
import os
import sys
import threading
from contextlib import ExitStack
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from canter.control.stop import StopRequest
from canter.evals.tasks.policy_choice import closed_by
from canter.mcp.options import McpOptions
from canter.mcp.robot_desk import RobotDesk
from canter.mcp.tools import robot_server
from canter.play.address import check_port
from canter.run.conversation import Conversation
from canter.run.job import Job, prepare
from canter.run.live import Silence
from canter.run.options import RunOptions
from canter.run.real_time import RealTime
from canter.run.run_episode import RunEpisode, RunResult
from canter.run.summary import broken_off
from canter.sim.scene_env import SceneEnv
from canter.standard_output import kept_standard_output

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
END_S: Final = 2.0
"""How long a protocol is waited for in the end, s."""


def main(options: McpOptions) -> int:
    """Serve until the agent leaves, or Ctrl-C.

    Returns:
        0 where the agent left, 130 after Ctrl-C.

    Raises:
        CanterError: an option that cannot work, or a policy that broke down.
    """
    if options.http:
        check_port(options.host, options.port)
    with StopRequest() as stop, kept_standard_output() as wire:
        job = prepare(_run_options(options), None)
        _serve(options, job, stop, wire)
        return stop.exit_code if stop.asked else 0


def _run_options(options: McpOptions) -> RunOptions:
    """Return the options that `canter run` has too."""
    shared = {field.name for field in fields(RunOptions)} & {f.name for f in fields(McpOptions)}
    return RunOptions(**{name: getattr(options, name) for name in shared}, quiet=True)


def _serve(options: McpOptions, job: Job, stop: StopRequest, wire: int) -> None:
    assert job.vla is not None  # what cannot be talked to was refused
    conversation = Conversation(job.vla, job.scene)
    with ExitStack() as stack:
        closed_by(stack, conversation.driver)
        env = stack.enter_context(
            SceneEnv([job.scene], camera=job.camera, robot=job.locomotion.spec, threads=None)
        )
        left = threading.Event()
        desk = RobotDesk(
            conversation,
            env,
            None if options.fast else RealTime(),
            lambda: left.is_set() or stop.asked,
        )
        server = robot_server(desk, conversation.criterion)
        protocol = threading.Thread(
            target=_speak, args=(server, options, wire, left), name="mcp", daemon=True
        )
        protocol.start()
        ran = RunEpisode(
            job,
            env,
            conversation.policy,
            stop=stop,
            display=Silence(),
            film=None,
            subscribers=(desk,),
            over=desk.over,
        ).run()
        _go_on(desk, ran)
        protocol.join(END_S if left.is_set() else 0.0)


def _go_on(desk: RobotDesk, ran: RunResult) -> None:
    """Tell agents why the robot is damped, for as long as they ask."""
    fault = str(ran.error or "") or broken_off(ran)
    if fault and not ran.interrupted:
        print(f"canter: {fault}", file=sys.stderr, flush=True)
        desk.answer_with_fault(fault)


def _speak(server: "MCPServer", options: McpOptions, wire: int, left: threading.Event) -> None:
    """Speak the protocol until the agent leaves."""
    try:
        asyncio.run(over_http(server, options) if options.http else _over_stdio(server, wire))
    finally:
        left.set()


async def _over_stdio(server: "MCPServer", wire: int) -> None:
    """Speak over standard input and a descriptor that is standard output's, and nobody else's.

    The package's own way gives ``sys.stdout`` back in the end, with what was printed meanwhile.
    """
    import anyio  # noqa: PLC0415 - of the extra
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    text = io.TextIOWrapper(os.fdopen(wire, "wb", closefd=False), encoding="utf-8")
    async with stdio_server(stdout=anyio.wrap_file(text)) as (read, write):
        inner = server._lowlevel_server
        await inner.run(read, write, inner.create_initialization_options())


async def over_http(server: "MCPServer", options: McpOptions) -> None:
    """Serve the tools over HTTP until cancelled, and say where."""
    if options.host not in LOOPBACK:
        print(
            f"canter: {options.host} lets other machines in, and nobody is asked who he is",
            file=sys.stderr,
        )
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(
        f"canter: tools at http://{host}:{options.port}/mcp (Ctrl-C ends it)",
        file=sys.stderr,
        flush=True,
    )
    await server.run_streamable_http_async(host=options.host, port=options.port)
