"""The global search: optuna's TPE sampler, its trials kept in a journal that survives a kill."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState

from canter.sim.tune.journal import ProcessLock, drop_broken_tail
from canter.sim.tune.objective import Objective, Tick
from canter.sim.tune.parameters import DELAY, Unknown
from canter.sim.tune.windows import Float

STUDY = "tune"
STARTUP = 24
"""Trials drawn at random before the sampler has a model."""


def search(
    objective: Objective, start: Float, trials: int, seed: int, journal: Path, tick: Tick
) -> list[Float]:
    """Return the coordinates tried, best first, once as many trials are complete.

    The draw of a trial depends on the seed and on the complete trials before it alone; so a search
    that was killed and goes on ends where an unbroken one ends.

    Args:
        objective: what is minimised.
        start: coordinates that are tried first, (n,).
        trials: complete trials in all, those in the journal included.
        seed: seed of the sampler.
        journal: file that holds the trials.
        tick: told the best cost after each trial; those of the journal tick too.
    """
    study = _open(journal)
    wanted = objective.wanted
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)  # a kill broke it off
    done = len(_complete(study))
    for _ in range(min(done, trials)):
        tick(study.best_value)
    if not done:
        first = {u.name: u.decode(float(x)) for u, x in zip(wanted, start, strict=True)}
        study.enqueue_trial(first, skip_if_exists=True)
    for number in range(done, trials):
        study.sampler = _sampler(seed, number)
        asked = study.ask()
        x = np.array([u.encode(_suggest(asked, u)) for u in wanted])
        study.tell(asked, objective.cost(x))
        tick(study.best_value)
    best = sorted(_complete(study), key=lambda trial: (trial.value or 0.0, trial.number))
    return [np.array([u.encode(trial.params[u.name]) for u in wanted]) for trial in best]


def _open(journal: Path) -> optuna.Study:
    """Return the study of a journal, new or begun."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        drop_broken_tail(journal)
        backend = JournalFileBackend(str(journal), ProcessLock(journal))
        return optuna.create_study(
            study_name=STUDY, storage=JournalStorage(backend), load_if_exists=True
        )


def _sampler(seed: int, number: int) -> optuna.samplers.BaseSampler:
    """Return the sampler of one trial."""
    own = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return optuna.samplers.TPESampler(seed=own, multivariate=True, n_startup_trials=STARTUP)


def _suggest(trial: optuna.Trial, unknown: Unknown) -> float:
    """Return a trial's value of an unknown."""
    where = unknown.bounds
    return trial.suggest_float(unknown.name, where.low, where.high, log=unknown.field != DELAY)


def _complete(study: optuna.Study) -> Sequence[FrozenTrial]:
    """Return the complete trials."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
