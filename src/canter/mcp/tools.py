"""The robot's tools, as the official package of the protocol serves them; needs the extra serve."""

import asyncio
from typing import Any, Final, TypeVar

from mcp.server.mcpserver import Context, Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from canter import __version__
from canter.control.errors import CanterError
from canter.mcp.answers import Outcome, Plan, RobotReport, Seen, StopOutcome
from canter.mcp.robot_desk import RobotDesk
from canter.vla.follower import StopCriterion

NEWS_S: Final = 1.0
"""Between two messages on how a sentence goes, s."""
INSTRUCTIONS: Final = """A four-legged robot in simulation that does what it is told in English.
'state' says what is here to be named; 'plan' says what a sentence would mean, and nothing moves;
'say' does it and answers once it has ended; 'stop' stops at any time; 'look' is what it sees.
It goes to things, turns and walks by numbers, crawls under bars, goes through gates, avoids,
follows, points things out and drops its load. One thing at a time. No word changes its limits."""
Answer = TypeVar("Answer")


class RobotTools:
    """What an agent may ask of a robot; each method's docstring is what the agent reads of it.

    Args:
        desk: takes what is asked.
    """

    def __init__(self, desk: RobotDesk) -> None:
        self._desk = desk

    async def say(self, instruction: str, context: Context, instead: bool = False) -> Outcome:
        """Do what a sentence says, such as "go to the red ball" or "turn left by 90 degrees".

        Answers once it has ended: outcome 'arrived' where it was done. While another sentence is
        carried out it is refused, unless 'instead' puts it in its place.
        """
        doing = asyncio.wrap_future(self._desk.say(instruction, instead=instead))
        try:
            while not (await asyncio.wait({doing}, timeout=NEWS_S))[0]:
                report = await asyncio.wrap_future(self._desk.report())
                await context.report_progress(report.time_s, None, news(report))
        except asyncio.CancelledError:
            self._desk.stop()
            raise
        return await _answered(doing)

    async def stop(self) -> StopOutcome:
        """Stop at once, whoever said what; answers once the robot is at rest."""
        return await _answered(asyncio.wrap_future(self._desk.stop()))

    async def look(self) -> list[Any]:
        """Return the picture of the robot's front camera, and what it takes the words to mean."""
        picture, report = self._desk.look(), self._desk.report()
        shown = Image(data=await asyncio.wrap_future(picture), format="png")
        return [shown, news(await asyncio.wrap_future(report))]

    async def state(self) -> RobotReport:
        """Return where the robot is, what it does and sees, and what is here to be named."""
        return await asyncio.wrap_future(self._desk.report())

    async def plan(self, instruction: str) -> Plan:
        """Return what a sentence would mean: the task, what it names, its stages; nothing moves."""
        try:
            return await asyncio.to_thread(self._desk.plan, instruction)
        except CanterError as error:
            raise ToolError(str(error)) from error


def robot_server(desk: RobotDesk, criterion: StopCriterion) -> MCPServer:
    """Return a server whose tools drive a robot.

    Args:
        desk: takes what is asked.
        criterion: when a sentence ends.
    """
    server = MCPServer(
        "canter",
        title="Canter",
        instructions=f"{INSTRUCTIONS}\nA sentence ends after {criterion.time_limit_s:g} s.",
        version=__version__,
        log_level="WARNING",
    )
    tools = RobotTools(desk)
    for tool in (tools.say, tools.stop, tools.state, tools.plan):
        server.add_tool(tool, structured_output=True)
    server.add_tool(tools.look, structured_output=False)
    return server


def news(report: RobotReport) -> str:
    """Return in one line how what was said goes, and what is seen of what it names."""
    told = f"{report.time_s:.1f} s, {report.progress}"
    told += f": '{report.instruction}'" if report.instruction else ""
    return "; ".join([told, *map(_sight, report.sees)])


def _sight(seen: Seen) -> str:
    if seen.bearing_deg is None or seen.distance_m is None:
        return f"{seen.name} not in view ({seen.probability:.2f})"
    return f"{seen.name} at {seen.bearing_deg:+.0f} degrees, {seen.distance_m:.1f} m"


async def _answered(future: "asyncio.Future[Answer]") -> Answer:
    try:
        return await future
    except CanterError as error:
        raise ToolError(str(error)) from error
