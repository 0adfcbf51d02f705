"""Figures of a suite's episodes: rates with intervals, by task and by level; errors apart."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from canter.evals.stats import Rate, mean_rate, wilson
from canter.evals.tasks.episode_group import Episode

VERDICTS = ("strict", "quard")


def figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return the counts and rates of a list of episodes; errors are counted, never judged."""
    judged = [e for e in episodes if e.result is not None]
    results = [e.result for e in judged if e.result is not None]
    n = len(results)
    times = [result.time for result in results if result.strict]
    chances = [e.chance for e in judged if e.chance is not None]
    return {
        "n": n,
        "errors": len(episodes) - n,
        "strict": wilson(sum(result.strict for result in results), n).as_dict(),
        "quard": wilson(sum(result.quard for result in results), n).as_dict(),
        "falls": sum(result.fallen for result in results),
        "touches": sum(result.touched for result in results),
        "reasons": dict(Counter(r.reason for r in results if not r.strict).most_common()),
        "mean_time": sum(times) / len(times) if times else None,
        "refused": sum(bool(e.refused) for e in judged),
        "own_words": sum(e.heard is None for e in judged),
        "chance": sum(chances) / n if chances and len(chances) == n else None,
    }


def suite_figures(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return the figures of all episodes, of each level, kind and task, and means over the tasks.

    A mean gives all tasks equal weight, see :func:`canter.evals.stats.mean_rate`; a task of which
    nothing was judged is left out of it, and there is none where that holds of all.
    """
    tasks = {
        name: figures(mine) | _parts(mine)
        for name, mine in _split(episodes, lambda e: e.task).items()
    }
    judged = [row for row in tasks.values() if row["n"]]
    means = {verdict: [Rate(**row[verdict]) for row in judged] for verdict in VERDICTS}
    return {
        **figures(episodes),
        **_parts(episodes),
        "tasks": tasks,
        "mean": {name: mean_rate(rates).as_dict() for name, rates in means.items() if rates},
    }


def _parts(episodes: Sequence[Episode]) -> dict[str, Any]:
    """Return the figures of each level, and of each kind of condition where there are some."""
    kinds = [episode for episode in episodes if episode.kind]
    return {
        "levels": _each(episodes, lambda e: str(e.level)),
        "kinds": _each(kinds, lambda e: e.kind),
    }


def _each(episodes: Sequence[Episode], key: Callable[[Episode], str]) -> dict[str, Any]:
    return {name: figures(mine) for name, mine in _split(episodes, key).items()}


def _split(episodes: Sequence[Episode], key: Callable[[Episode], str]) -> dict[str, list[Episode]]:
    """Return the episodes by a key, in the key's order."""
    found: dict[str, list[Episode]] = {}
    for episode in sorted(episodes, key=key):
        found.setdefault(key(episode), []).append(episode)
    return found
