"""Which scenes a round drives in: those that the model masters now and then come first."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError, InstructionError, SceneError
from canter.datasets.language.understanding import understand
from canter.sim.instructions import instruction_of
from canter.sim.scenes.scene_request import MAX_SEED, SceneRequest
from canter.sim.tasks.registry import task
from canter.vla.instruction import InstructionCode

Cell = tuple[str, int]
"""A task and a level."""
Outcome = tuple[str, int, float]
"""Task, level and reward of an episode."""
LEARNABLE = (0.2, 0.8)
"""Success rates from which most rollouts differ from their fellows: eight of a kind are then less
likely than one in five."""
REST = 0.1
"""Weight of a cell outside of these, so that what changes is noticed."""
TRIES = 20
_STREAM = 0x5CE


@dataclass(frozen=True, slots=True)
class ChosenScene:
    """A scene to drive in.

    Attributes:
        task: its task.
        request: draws it.
        instruction: vector of what is said there, (width,).
    """

    task: str
    request: SceneRequest
    instruction: NDArray[np.float32]


def success_rates(
    cells: Sequence[Cell], outcomes: Mapping[Cell, Sequence[float]]
) -> NDArray[np.float64]:
    """Return the success rate of each cell, (cells,), 1/2 where nothing is known.

    Each begins with one success and one failure (Laplace's rule).
    """
    found = [outcomes.get(cell, ()) for cell in cells]
    return np.array([(sum(o) + 1.0) / (len(o) + 2.0) for o in found])


def weights(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities with which cells of these success rates are drawn."""
    low, high = LEARNABLE
    weight = np.where((rates >= low) & (rates <= high), 1.0, REST)
    return np.asarray(weight / weight.sum())


def draw_cells(
    cells: Sequence[Cell],
    outcomes: Mapping[Cell, Sequence[float]],
    count: int,
    rng: np.random.Generator,
) -> list[Cell]:
    """Draw cells by their success rates, each as often as its weight says, to within one."""
    edges = np.cumsum(weights(success_rates(cells, outcomes)))
    marks = (np.arange(count) + rng.uniform()) / count
    picked = np.minimum(np.searchsorted(edges, marks), len(cells) - 1)
    return [cells[i] for i in picked]


def by_cell(outcomes: Sequence[Outcome]) -> dict[Cell, list[float]]:
    """Return rewards by the task and level that they were won in."""
    found: dict[Cell, list[float]] = defaultdict(list)
    for name, level, reward in outcomes:
        found[name, level].append(reward)
    return found


def draw_scenes(
    chosen: Sequence[Cell], tasks: Sequence[str], rng: np.random.Generator
) -> list[ChosenScene]:
    """Return one new training scene for each cell, whose words the model of these tasks knows.

    Raises:
        CanterError: a task has no such scene.
    """
    code = InstructionCode(tasks)
    return [_scene(name, level, code, rng) for name, level in chosen]


def _scene(name: str, level: int, code: InstructionCode, rng: np.random.Generator) -> ChosenScene:
    reason = ""
    for _ in range(TRIES):
        request = SceneRequest(int(rng.integers(MAX_SEED)), level)
        try:
            text = instruction_of(task(name).sample(request))
            return ChosenScene(name, request, code.encode(understand(text)))
        except (SceneError, InstructionError) as error:
            reason = str(error)
    raise CanterError(f"no scene of {name}, level {level}, can be learnt in: {reason}")
