"""The protocol's own client drives a simulated robot, over standard input and output and HTTP."""

import asyncio
import base64
import io
import socket
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from canter.cli import main
from canter.mcp.options import McpOptions
from canter.mcp.serve import over_http
from canter.mcp.tools import robot_server
from canter.vla.follower import StopCriterion
from tests.canter.mcp.conftest import Room

REST_S = 0.6
"""Longest time from the word to a robot at rest, s."""
TOOLS = {"say", "stop", "look", "state", "plan"}
PATIENCE_S = 120.0


async def ask(client: ClientSession, tool: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a tool's structured answer."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return cast("dict[str, Any]", result.structured_content)


async def walking(client: ClientSession, text: str) -> None:
    """Wait until the robot walks as it was told."""
    while True:
        report = await ask(client, "state")
        if report["instruction"] == text:
            assert report["progress"] == "following"
            if report["speed_m_s"] > 0.2:
                return


async def talk(client: ClientSession) -> None:
    hello = await client.initialize()
    assert hello.server_info.name == "canter"
    assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS

    start = await ask(client, "state")
    assert start["progress"] == "idle" and "red ball" in start["here"]

    plan = await ask(client, "plan", instruction="go to the red ball")
    assert (plan["understood"], plan["task"]) == ("I go to the red ball", "go_to")
    refused = await client.call_tool("plan", {"instruction": "go to the green gate"})
    assert refused.is_error and "there is no green gate here" in refused.content[0].text

    picture, caption = (await client.call_tool("look", {})).content
    assert picture.mime_type == "image/png" and "idle" in caption.text
    seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.data))))
    assert seen.shape == (96, 96, 3) and seen.std() > 1.0
    assert await ask(client, "state") == start  # all of this moved nothing

    news: list[str] = []

    async def told(progress: float, total: float | None, message: str | None) -> None:
        del progress, total
        news.append(message or "")

    words = {"instruction": "walk forward one metre"}
    ran = await client.call_tool("say", words, progress_callback=told)
    outcome = cast("dict[str, Any]", ran.structured_content)
    assert outcome["outcome"] == "arrived" and outcome["understood"]
    there = outcome["robot"]
    walked = np.hypot(there["x_m"] - start["x_m"], there["y_m"] - start["y_m"])
    assert 0.7 < walked < 1.3

    far = "walk forward 2 metres"
    going = asyncio.create_task(client.call_tool("say", {"instruction": far}))
    await walking(client, far)
    second = await client.call_tool("say", {"instruction": "turn left"})
    assert second.is_error and "call stop first" in second.content[0].text
    stopped = await ask(client, "stop")
    assert stopped["at_rest"] and stopped["after_s"] <= REST_S
    assert (await going).structured_content["outcome"] == "stopped"
    rest = await ask(client, "state")
    assert rest["speed_m_s"] < 0.1 and not rest["fault"]

    unknown = await ask(client, "say", instruction="sing a song at 9 m/s")
    assert unknown["outcome"] == "refused" and unknown["robot"]["speed_m_s"] < 0.1


NOISY = """
import os, sys
from canter.cli import main
from canter.mcp import serve
from canter.mcp.robot_desk import RobotDesk
def noisily(act):
    def acting(*given):
        print("noise"); os.system("echo noise"); os.write(1, b"noise\\n")
        return act(*given)
    return acting
serve.prepare = noisily(serve.prepare)
RobotDesk.plan = noisily(RobotDesk.plan)
sys.exit(main(sys.argv[1:]))
"""
"""The command, with parts that print at two places in three ways each."""


def test_the_protocols_client_drives_the_robot_whatever_else_prints(tmp_path: Path) -> None:
    strange: list[object] = []

    async def hear(message: object) -> None:
        if isinstance(message, Exception):
            strange.append(message)

    async def run() -> None:
        command = ["-c", NOISY, "mcp", "--fast", "--seed", "0"]
        server = StdioServerParameters(command=sys.executable, args=command)
        with (tmp_path / "errors").open("w") as errors:
            async with (
                stdio_client(server, errlog=errors) as (read, write),
                ClientSession(read, write, message_handler=hear) as client,
            ):
                await asyncio.wait_for(talk(client), PATIENCE_S)

    asyncio.run(run())
    assert not strange
    assert (tmp_path / "errors").read_text().count("noise") == 3 * 3  # preparing, and two plans


def test_over_http_on_the_loopback_interface(room: Room) -> None:
    async def plan(options: McpOptions) -> dict[str, Any]:
        serving = asyncio.create_task(over_http(robot_server(room.desk, StopCriterion()), options))
        while not answers(options.port):
            await asyncio.sleep(0.02)
        async with (
            streamable_http_client(f"http://127.0.0.1:{options.port}/mcp") as streams,
            ClientSession(streams[0], streams[1]) as client,
        ):
            await client.initialize()
            found = await ask(client, "plan", instruction="go to the red ball")
        serving.cancel()
        return found

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert asyncio.run(plan(McpOptions(http=True, port=port)))["referents"] == ["red ball"]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--policy", "expert"], "hears no words on its way"),
        (["--policy", "ws://127.0.0.1:9"], "no policy server answers"),
        (["--http", "--port", "0"], "--port 0 is no port"),
        (["--task", "crawll"], "crawl"),
    ],
)
def test_what_cannot_work_is_refused_before_the_protocol_begins(
    words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["mcp", *words]) == 2
    printed = capfd.readouterr()
    assert said in printed.err and not printed.out
