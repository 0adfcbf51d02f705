"""``canter preferences collect``: walk pairs of segments, and let a scripted teacher judge them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from canter.control.errors import CanterError
from canter.control.locomotion import shipped_policy
from canter.control.robot import RobotSpec
from canter.rl.preferences.exported_gait import KIND, ExportedGait, read_gait
from canter.rl.preferences.judged_pairs import counted
from canter.rl.preferences.preference_file import (
    NOT_JUDGED,
    PairOrigin,
    Preferences,
    joined,
    read_preferences,
    write_preferences,
)
from canter.rl.preferences.preference_settings import PreferencesCollect
from canter.rl.preferences.segments import SegmentLengths, Walk, disturbed, noise_scale, walk
from canter.rl.preferences.teachers import judge, packed_scores
from canter.rl.progress import progress_bar
from canter.sim.robots.registry import robot

ROUND = 128
"""Pairs that are walked side by side; the file is written after each round."""


def main(options: PreferencesCollect) -> int:
    """Collect the pairs that the file does not hold yet, and say where they lie.

    Raises:
        CanterError: the options make no pairs, the policy cannot be tuned, or the file holds
            something else.
    """
    options.check()
    spec = robot(options.robot)
    gait = read_gait(options.policy or shipped_policy(spec.name, KIND), spec)
    origin = origin_of(options, spec.name, gait.digest)
    kept = _kept(options, origin)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    scale = noise_scale(gait.network, options.noise, spec, options.seed)
    with progress_bar() as bar:
        task = bar.add_task("pairs", total=options.pairs, completed=_count(kept), report="")
        while (done := _count(kept)) < options.pairs:
            some = collect_round(options, gait, spec, scale, done)
            kept = joined([kept, some]) if kept is not None else some
            write_preferences(options.out, kept)
            bar.update(task, completed=_count(kept))
    console = Console()
    if kept is not None and options.teacher != "none":
        console.print(str(counted(kept)), markup=False)
    wanted = "train gait --preferences" if options.teacher != "none" else "preferences ask"
    console.print(f"wrote {options.out}; go on with: canter {wanted} {options.out}", markup=False)
    return 0


def origin_of(options: PreferencesCollect, robot_name: str, digest: str) -> PairOrigin:
    """Return what a file of these options says of itself, nothing being walked yet."""
    return PairOrigin(
        robot=robot_name,
        policy=digest,
        noise=options.noise,
        teacher=options.teacher,
        err=options.err,
        seed=options.seed,
        walked=0,
    )


def collect_round(
    options: PreferencesCollect, gait: ExportedGait, spec: RobotSpec, scale: float, done: int
) -> Preferences:
    """Return the pairs that follow those which are done, `ROUND` at most, judged."""
    source = np.random.SeedSequence([options.seed, done])
    world, first, second, errors = (int(s) for s in source.generate_state(4))
    count = min(ROUND, options.pairs - done)
    repeats = min(round(options.again * count), count // 2)
    fresh = count - repeats
    lengths = SegmentLengths(options.settle_s, options.segment_s)
    walks = [
        walk(gait.network, disturbed(gait.network, scale, fresh, seed), lengths, spec, world)
        for seed in (first, second)
    ]
    origin = replace(
        origin_of(options, spec.name, gait.digest), walked=2 * fresh * sum(lengths.steps)
    )
    pairs = paired(walks, origin)
    pairs = joined([pairs, exchanged(pairs.take(np.arange(repeats)))]) if repeats else pairs
    rng = np.random.default_rng(errors)
    answers = judge(pairs.scores, pairs.fallen, options.teacher, options.err, rng)
    return replace(pairs, origin=origin, preferred=answers)


def paired(walks: list[Walk], origin: PairOrigin) -> Preferences:
    """Return two walks of N robots as N pairs that nobody has judged."""
    one, _ = walks

    def both(name: str) -> NDArray[np.float32]:
        return np.stack([getattr(w, name) for w in walks], axis=1)

    return Preferences(
        origin=origin,
        observation=both("observation"),
        action=both("action"),
        qpos=both("qpos"),
        command=one.command,
        scores=np.stack([packed_scores(w.style) for w in walks], axis=1),
        fallen=both("fallen").astype(bool),
        preferred=np.full(len(one.command), NOT_JUDGED, np.int8),
    )


def exchanged(pairs: Preferences) -> Preferences:
    """Return pairs with their sides exchanged."""
    sided = ("observation", "action", "qpos", "scores", "fallen")
    return replace(pairs, **{name: getattr(pairs, name)[:, ::-1] for name in sided})


def _count(pairs: Preferences | None) -> int:
    return 0 if pairs is None else len(pairs)


def _kept(options: PreferencesCollect, origin: PairOrigin) -> Preferences | None:
    """Return the pairs that lie in the file, None where it is not there.

    Raises:
        CanterError: it is no such file, or one of other settings.
    """
    if not options.out.exists():
        return None
    kept = read_preferences(options.out)
    steps = SegmentLengths(options.settle_s, options.segment_s).steps[1]
    if replace(kept.origin, walked=0) != origin or kept.action.shape[2] != steps:
        raise CanterError(
            f"'{options.out}' holds pairs of other settings ({_told(kept)}); leave the file as it "
            "is and name another --out"
        )
    return kept


def _told(pairs: Preferences) -> str:
    """Return in a few words what a file holds."""
    origin = pairs.origin
    return (
        f"teacher {origin.teacher}, err {origin.err}, noise {origin.noise}, seed {origin.seed}, "
        f"policy {origin.policy[:8]}, {len(pairs)} pairs of {pairs.action.shape[2]} steps"
    )
