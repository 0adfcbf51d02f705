"""``canter ros eval``: a task through the ROS graph, on the scenes of ``canter eval TASK``."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rich.console import Console
from std_msgs.msg import String

from canter.control.errors import CanterError
from canter.control.stop import StopRequest
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.tasks.compare import paired as pair_up
from canter.evals.tasks.compare import rates, read_report
from canter.evals.tasks.episode_group import Episode, episode_seeds
from canter.evals.tasks.policy_choice import TELEOP
from canter.evals.tasks.suite_figures import figures
from canter.evals.tasks.suite_table import rates_table
from canter.ros.options import RosEval, RosUp
from canter.ros.ros_graph import graph_of, running
from canter.ros_nodes.commands.stand_up_controller import Mode
from canter.ros_nodes.graph.client import Client
from canter.ros_nodes.graph.settings import Value
from canter.ros_nodes.graph.supervisor import Supervisor
from canter.sim.instructions import instruction_of
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult

STANDING_S = 20.0
"""Longest wait until the robot stands in its new scene, s."""
SETTLE_SIM_S = 0.6
"""Simulated time between standing and the instruction, s."""
SLACK_S = 20.0
"""What an episode may take beyond its time limit, s."""


class Examiner:
    """Puts the robot of a running graph into scene after scene and takes the checker's results.

    An episode whose robot was damped counts as it stands: as a failure, unless it had arrived.

    Attributes:
        faults: why the robot was damped, by seed.
    """

    def __init__(self, client: Client, supervisor: Supervisor, options: RosEval) -> None:
        self._client, self._supervisor, self._options = client, supervisor, options
        self._task = task(options.task)
        self._speaker = client.publisher("instruction", String)
        self.faults: dict[int, str] = {}
        self._facts: dict[str, str] = {}
        client.subscription("sim_node/truth/verdict", DiagnosticStatus, self._hear)

    def examine(self, seed: int) -> Episode:
        """Return how one episode went; a scene or a graph that fails is an error."""
        instruction = ""
        try:
            instruction = instruction_of(self._task.sample(self._request(seed)))
            self._place(seed)
            result = self._drive(instruction)
            if self._fault():
                self.faults[seed] = self._fault()
        except CanterError as error:
            return self._episode(seed, instruction, None, str(error))
        return self._episode(seed, instruction, result)

    def _episode(
        self, seed: int, instruction: str, result: EpisodeResult | None, error: str = ""
    ) -> Episode:
        options = self._options
        return Episode(options.task, seed, options.level, instruction, result, error)

    def _request(self, seed: int) -> SceneRequest:
        return SceneRequest(seed, self._options.level, self._options.split)

    def _place(self, seed: int) -> None:
        """Put the robot into the scene, standing."""
        client, split = self._client, self._options.split
        scene: dict[str, Value] = {
            "scene_task": self._options.task,
            "scene_level": self._options.level,
            "scene_seed": seed,
            "scene_split": split,
            "start": "standing",
        }
        refused = client.set_parameters("sim_node", scene)
        if refused:
            raise CanterError(f"sim_node refused the scene: {refused[0]}")
        client.trigger("vla_node/cancel")
        client.trigger("sim_node/reset")
        client.trigger("safety_node/reset")
        client.trigger("locomotion_node/restart")
        # Heartbeats that were on their way still tell of the scene before.
        self._step(0.3)
        self._until(self._stands, STANDING_S, "the robot did not stand up in its scene")
        self._step(SETTLE_SIM_S / self._options.rate)

    def _drive(self, instruction: str) -> EpisodeResult:
        """Say the instruction and wait for the checker's last word."""
        episode = self._facts.get("episode", "")
        self._speaker.publish(String(data=instruction))
        limit = (self._task.time_limit_s + SLACK_S) / min(self._options.rate, 1.0)
        self._until(lambda: self._decided(episode), limit, "the checker did not decide in time")
        return _result(self._facts)

    def _decided(self, before: str) -> bool:
        new = self._facts.get("episode", "") != before
        return new and (self._facts.get("done") == "True" or bool(self._fault()))

    def _stands(self) -> bool:
        mode = self._supervisor.conditions["locomotion_node"].message
        return mode == Mode.WALKING.value and not self._fault()

    def _fault(self) -> str:
        conditions = self._supervisor.conditions
        faults = [it.message for it in conditions.values() if it.level >= 2]
        return faults[0] if faults else ""

    def _step(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._supervisor.step()

    def _until(self, holds: Any, seconds: float, otherwise: str) -> None:  # noqa: ANN401
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise CanterError(otherwise)
            self._supervisor.step()

    def _hear(self, message: DiagnosticStatus) -> None:
        self._facts = {pair.key: pair.value for pair in message.values}


def main(options: RosEval) -> int:
    """Run the episodes, print a table and write JSON; 0 unless all were errors, 130 after Ctrl-C.

    Raises:
        CanterError: an option that cannot work, or a graph that does not come up.
    """
    if options.policy == TELEOP:
        raise CanterError("--policy teleop: nobody drives an evaluation by hand; leave it out")
    seeds = episode_seeds(options.seed, options.episodes)
    check_writable(options.json)
    before = read_report(options.against)["episodes"] if options.against else []
    graph = graph_of(
        RosUp(
            policy=options.policy,
            robot=options.robot,
            locomotion=options.locomotion,
            rate=options.rate,
            use_sim_time=True,
            logs=options.logs,
        )
    )
    start = time.perf_counter()
    with StopRequest() as stop, running(graph, stop) as (client, supervisor):
        examiner = Examiner(client, supervisor, options)
        outcomes = _run(examiner, seeds, stop)
    report = document(
        f"{options.task} through ROS 2",
        _command(options),
        split=options.split,
        seed=options.seed,
        rate=options.rate,
        **figures(outcomes),
        episodes=[episode.as_dict() for episode in outcomes],
        paired=paired(outcomes, before),
        damped=examiner.faults,
        seconds=time.perf_counter() - start,
    )
    _show(report)
    write_json(options.json, report)
    if stop.asked:
        return stop.exit_code
    return 0 if report["n"] else 1


def paired(outcomes: Sequence[Episode], before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare with the same scenes in one process; empty where there are none.

    Args:
        outcomes: through ROS.
        before: episodes in one process, as a report holds them.

    Returns:
        Strict verdicts as `PairedRates.as_dict`: first in one process, second through ROS.
    """
    pairs = pair_up(before, [outcome.as_dict() for outcome in outcomes])
    every = [pair for mine in pairs.values() for pair in mine]
    return rates(every, "strict").as_dict() if every else {}


def _run(examiner: Examiner, seeds: Sequence[int], stop: StopRequest) -> list[Episode]:
    outcomes: list[Episode] = []
    with episodes_bar() as bar:
        row = bar.add_task("episodes", total=len(seeds))
        for seed in seeds:
            if stop.asked:
                break
            outcomes.append(examiner.examine(seed))
            bar.advance(row)
    return outcomes


def _result(facts: dict[str, str]) -> EpisodeResult:
    """Return the result as the simulator told it."""
    return EpisodeResult(
        strict=facts["strict"] == "True",
        quard=facts["quard"] == "True",
        reason=facts["reason"].strip("'"),
        time=float(facts["time"]),
        distance=float(facts["distance"]),
        touched=facts["touched"] == "True",
        fallen=facts["fallen"] == "True",
    )


def _command(options: RosEval) -> str:
    names = ("task", "level", "split", "episodes", "seed", "policy", "robot", "rate", "against")
    return command_line("ros eval", {name: getattr(options, name) for name in names})


def _show(report: dict[str, Any]) -> None:
    table = rates_table(f"{report['suite']}, {report['split']}, {report['rate']:g} x", report)
    names = {"n": "pairs", "only_first": "one process only", "only_second": "ROS only", "p": "p"}
    for name, told in names.items() if report["paired"] else ():
        table.add_row(f"paired: {told}", f"{report['paired'][name]:.3g}")
    table.add_row("time", f"{report['seconds']:.0f} s")
    console = Console()
    console.print(table)
    for seed, fault in report["damped"].items():
        console.print(f"{seed}: damped: {fault}", markup=False)
    for episode in report["episodes"]:
        if "error" in episode:
            console.print(f"{episode['seed']}: {episode['error']}", markup=False)
