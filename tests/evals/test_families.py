import json
from dataclasses import replace
from pathlib import Path

import pytest

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED
from canter.evals import families
from canter.evals.episodes import episode_seeds
from canter.evals.family_episodes import FamilyGroup, run_expert_group
from canter.evals.options import EvalFamily, EvalGoTo

SEEDS = tuple(episode_seeds(0, 3))


def group(family: str, level: int) -> FamilyGroup:
    return FamilyGroup(family, level, SEEDS, "seen", SHIPPED)


@pytest.mark.parametrize("family", ["go_to", "distinguish", "go_avoid", "go_through", "sequence"])
def test_experts_solve_the_hardest_level(family: str) -> None:
    outcomes = run_expert_group(group(family, 3))
    assert [outcome.seed for outcome in outcomes] == list(SEEDS)
    assert all(o.verdict is not None and o.verdict.strict and o.instruction for o in outcomes)


def test_company_does_not_change_an_episode_and_levels_differ() -> None:
    together = run_expert_group(group("distinguish", 1))
    alone = [run_expert_group(replace(group("distinguish", 1), seeds=(s,)))[0] for s in SEEDS]
    assert [o.instruction for o in together] == [o.instruction for o in alone]
    assert [o.verdict and o.verdict.strict for o in alone] == [True] * 3


def test_scenes_that_cannot_be_drawn_are_errors_not_failures() -> None:
    outcomes = run_expert_group(replace(group("distinguish", 1), split="nowhere"))
    assert all(o.verdict is None and "unknown split" in o.error for o in outcomes)
    figures = families.level_figures(outcomes)
    assert (figures["n"], figures["errors"], figures["failures"]) == (0, 3, [])


def test_a_suite_writes_its_levels_and_the_command_that_repeats_it(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    options = EvalFamily(level=1, episodes=2, workers=1, json=path)
    assert families.distinguish(options) == 0
    report = json.loads(path.read_text())
    assert report["suite"] == "distinguish" and list(report["levels"]) == ["1"]
    level = report["levels"]["1"]
    assert level["n"] == 2 and level["strict"]["rate"] == 1.0 and level["failures"] == []
    assert report["command"].startswith("canter eval distinguish --level 1 --split seen")


def test_levels_of_go_to_ask_for_the_expert() -> None:
    with pytest.raises(CanterError, match="--policy expert"):
        families.go_to(EvalGoTo(level=2))


def test_all_levels_share_their_seeds() -> None:
    options = EvalFamily(episodes=120)
    one, three = (families.groups_of("move", level, options) for level in (1, 3))
    assert [g.seeds for g in one] == [g.seeds for g in three]
    assert [s for g in one for s in g.seeds] == episode_seeds(0, 120)
