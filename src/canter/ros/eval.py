"""``canter ros eval``: a task through the ROS graph, on the scenes of ``canter eval TASK``."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticStatus
from rich.console import Console
from std_msgs.msg import String

from canter.control.errors import CanterError
from canter.control.plain_json import parse_json
from canter.control.stop import StopRequest
from canter.evals.progress import episodes_bar
from canter.evals.report import check_writable, command_line, document, write_json
from canter.evals.stats import mcnemar
from canter.evals.tasks.episode_group import Episode, episode_seeds
from canter.evals.tasks.task_suite import figures, rates_table
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
            return Episode(seed, self._options.level, instruction, None, str(error))
        return Episode(seed, self._options.level, instruction, result)

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
    seeds = episode_seeds(options.seed, options.episodes)
    check_writable(options.json)
    before = _strict_by_seed(options.against)
    graph = graph_of(RosUp(rate=options.rate, use_sim_time=True, logs=options.logs))
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


def paired(outcomes: Sequence[Episode], before: dict[int, bool]) -> dict[str, float]:
    """Compare with the same scenes in one process; empty where there are none.

    Args:
        outcomes: through ROS.
        before: strict result of each scene by its seed, in one process.

    Returns:
        n pairs, successes of each alone, of both, and p of McNemar's exact test.
    """
    pairs = [
        (o.result.strict, before[o.seed])
        for o in outcomes
        if o.result is not None and o.seed in before
    ]
    if not pairs:
        return {}
    here, there = (sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))
    both = sum(a and b for a, b in pairs)
    p = mcnemar(here, there)
    return {"n": len(pairs), "ros only": here, "one process only": there, "both": both, "p": p}


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


def _strict_by_seed(path: Path | None) -> dict[int, bool]:
    if path is None:
        return {}
    try:
        episodes = parse_json(path.read_bytes())["episodes"]
        return {e["seed"]: bool(e["strict"]) for e in episodes if "strict" in e}
    except (ValueError, KeyError, TypeError) as error:
        raise CanterError(
            f"--against {path} is no report of canter eval ({error}); write one with --json"
        ) from error


def _command(options: RosEval) -> str:
    names = ("task", "level", "split", "episodes", "seed", "rate", "against")
    return command_line("ros eval", {name: getattr(options, name) for name in names})


def _show(report: dict[str, Any]) -> None:
    table = rates_table(f"{report['suite']}, {report['split']}, {report['rate']:g} x", report)
    for name, value in report["paired"].items():
        table.add_row(f"paired: {name}", f"{value:.3g}")
    table.add_row("time", f"{report['seconds']:.0f} s")
    console = Console()
    console.print(table)
    for seed, fault in report["damped"].items():
        console.print(f"{seed}: damped: {fault}", markup=False)
    for episode in report["episodes"]:
        if "error" in episode:
            console.print(f"{episode['seed']}: {episode['error']}", markup=False)
