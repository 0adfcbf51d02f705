"""What a suite of tasks runs: its tasks, their levels, how many scenes of each, in what groups."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from canter.control.adaptation.controller_presets import check_keeps_policy
from canter.control.errors import CanterError
from canter.evals.eyes.eyes_choice import EyesChoice, check_eyes, read_eyes
from canter.evals.options import EvalTask
from canter.evals.tasks.conditions import UNSEEN_CAMERA
from canter.evals.tasks.episode_group import GROUP_SIZE, EpisodeGroup, episode_seeds
from canter.evals.tasks.policy_choice import Place, locomotion_file, vla_file
from canter.evals.words.free_sentences import read_sentences
from canter.sim.robots.registry import robot
from canter.sim.scenes.scene import LEVELS
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.vla.remote.address import ServerAddress, check_waits

ALL, QUARD = "all", "quard"


def tasks_of(suite: str) -> tuple[str, ...]:
    """Return the tasks of a suite: all, those of the QUARD benchmark, or one by its name.

    Raises:
        SceneError: there is no such task.
    """
    if suite == ALL:
        return task_names()
    if suite == QUARD:
        return tuple(name for name in task_names() if task(name).quard)
    return (task(suite).name,)


def plan(suite: str, options: EvalTask) -> list[EpisodeGroup]:
    """Return the groups of a suite's episodes, by task, level and seed.

    Raises:
        CanterError: an option that cannot work.
    """
    names = tasks_of(suite)
    vla = vla_file(options.policy, names)
    if vla is None:
        _check_expert(options)
    if isinstance(vla, ServerAddress):
        check_waits(vla)
    check_keeps_policy(options.controller)
    eyes = _eyes(options, vla)
    levels = LEVELS if options.level is None else (options.level,)
    if options.sentences is not None:
        return _with_eyes(_said_groups(names, levels, options.sentences, options, vla), eyes)
    counts = [options.episodes] * len(levels)
    if suite in (ALL, QUARD):
        counts = shares(options.episodes, len(levels))
    groups = [
        group
        for name in names
        for level, count in zip(levels, counts, strict=True)
        for group in groups_of(name, level, count, options, vla)
    ]
    return _with_eyes(groups, eyes)


def _eyes(options: EvalTask, vla: Place | None) -> EyesChoice | None:
    """Return what finds the things that are named; None for the model's own eyes.

    Raises:
        CanterError: there are no such eyes, or nobody has use for them.
    """
    if not options.eyes:
        return None
    if vla is None or options.hearing != "said":
        raise CanterError(
            "--eyes finds what a model is told to go to; here the expert drives, or the model "
            "hears something else: give a model with --policy and leave --hearing out"
        )
    choice = read_eyes(options.eyes)
    check_eyes(choice)
    return choice


def _with_eyes(groups: list[EpisodeGroup], eyes: EyesChoice | None) -> list[EpisodeGroup]:
    return [replace(group, eyes=eyes) for group in groups]


def _check_expert(options: EvalTask) -> None:
    """Refuse what would change nothing for an expert: it neither hears nor sees."""
    asked = {"--hearing": options.hearing, "--split": options.split}
    in_vain = {"--hearing": ("blank", "permuted"), "--split": (UNSEEN_CAMERA,)}
    for option, value in asked.items():
        if value in in_vain[option]:
            raise CanterError(
                f"{option} {value} is for models: here the expert drives, by the ground truth; "
                "give a model that knows the task with --policy"
            )


def shares(episodes: int, levels: int) -> list[int]:
    """Return how many episodes each level has, the first ones one more where they do not go out.

    Raises:
        CanterError: a level would have none.
    """
    if episodes < levels:
        raise CanterError(
            f"{episodes} episodes asked for; give at least {levels}, one of each level, or choose "
            "one with --level"
        )
    return [len(range(first, episodes, levels)) for first in range(levels)]


def groups_of(
    name: str, level: int, episodes: int, options: EvalTask, vla: Place | None
) -> list[EpisodeGroup]:
    """Share out the seeds of one task and level by their order alone."""
    return _parts(_whole(name, level, episode_seeds(options.seed, episodes), options, vla))


def _whole(
    name: str, level: int, seeds: Sequence[int], options: EvalTask, vla: Place | None
) -> EpisodeGroup:
    """Return one group of all episodes of a task and level."""
    return EpisodeGroup(
        task=name,
        level=level,
        seeds=tuple(seeds),
        split=options.split,
        locomotion=locomotion_file(options.locomotion, vla, robot(options.robot)),
        vla=vla,
        hearing=options.hearing,
        video_dir=options.video_dir,
        robot=options.robot,
        controller=options.controller,
        avoid=options.avoid,
    )


def _parts(whole: EpisodeGroup) -> list[EpisodeGroup]:
    """Return a group in parts of GROUP_SIZE."""
    starts = range(0, len(whole.seeds), GROUP_SIZE)
    parts = [slice(start, start + GROUP_SIZE) for start in starts]
    return [replace(whole, seeds=whole.seeds[part], said=whole.said[part]) for part in parts]


def _said_groups(
    names: Sequence[str],
    levels: Sequence[int],
    sentences: Path,
    options: EvalTask,
    vla: Place | None,
) -> list[EpisodeGroup]:
    """Return the groups of a file's sentences, each said in scenes that hold what it names.

    Raises:
        CanterError: the file cannot be read, asks for none of the tasks, or has more sentences than
            there are episodes.
    """
    told, groups = read_sentences(sentences), list[EpisodeGroup]()
    for name in names:
        mine = [said for said in told if said.task == name]
        if options.episodes < len(mine):
            raise CanterError(
                f"{sentences} has {len(mine)} sentences of {name}: give as many --episodes, or more"
            )
        seeds = episode_seeds(options.seed, options.episodes)
        said = [mine[i % len(mine)] for i in range(len(seeds))] if mine else []
        for first, level in enumerate(levels if mine else ()):
            turns = slice(first, None, len(levels))
            whole = _whole(name, level, seeds[turns], options, vla)
            groups += _parts(replace(whole, said=tuple(said[turns])))
    if not groups:
        raise CanterError(f"{sentences} asks for none of {', '.join(names)}")
    return groups
